// Where the activations lie that a tile multiplies.

#ifndef WRANGLET_KERNELS_RUNS_H_
#define WRANGLET_KERNELS_RUNS_H_

#include <cstdint>

namespace wranglet {

// A row of a matrix as `count` runs of `length` elements, `pitch` elements apart: the rows of a
// window where they lie in the image; all of it one run in a matrix.
struct Runs {
  int32_t count = 1, pitch = 1, length = 0;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_RUNS_H_
