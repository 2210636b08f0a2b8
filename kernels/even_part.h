// How rows, tiles and bands are shared out to the passes that take a few of them at a time.

#ifndef WRANGLET_KERNELS_EVEN_PART_H_
#define WRANGLET_KERNELS_EVEN_PART_H_

#include <cstdint>

namespace wranglet {

// The size of the parts that `count` is cut into, none larger than `most` and all about alike: a
// multiple of `unit`, as `most` is.
constexpr int32_t EvenPart(int32_t count, int32_t most, int32_t unit = 1) {
  const int32_t parts = (count + most - 1) / most;
  return ((count + parts - 1) / parts + unit - 1) / unit * unit;
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_EVEN_PART_H_
