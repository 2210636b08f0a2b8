// Where the activations lie that a tile multiplies.

#ifndef WRANGLET_KERNELS_RUNS_H_
#define WRANGLET_KERNELS_RUNS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/simd.h"

namespace wranglet {

// A row of a matrix as `count` runs of `length` elements, `pitch` elements apart: the rows of a
// window where they lie in the image; all of it one run in a matrix.
struct Runs {
  int32_t count = 1, pitch = 1, length = 0;
};

// The rows of a matrix of int8, no deeper than kMostDepth, to be read by eights: up to 7 bytes
// behind each. Those behind which the matrix ends are copied.
template <int32_t kMostDepth>
class RowsByEights {
 public:
  RowsByEights(const int8_t* matrix, int32_t rows, int32_t depth)
      : matrix_(matrix),
        depth_(depth),
        inside_(rows - std::min(rows, ((depth + 7) / 8 * 8 - 1) / depth)) {
    CopyBytes(last_, matrix + inside_ * depth, static_cast<size_t>((rows - inside_) * depth));
  }

  const int8_t* operator[](int32_t row) const {
    return row < inside_ ? matrix_ + row * depth_ : last_ + (row - inside_) * depth_;
  }

 private:
  const int8_t* matrix_;
  int32_t depth_, inside_;
  int8_t last_[kMostDepth + 16];
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_RUNS_H_
