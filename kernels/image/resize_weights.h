// Bilinear interpolation along one axis, antialiased when shrinking, as integer weights: the
// algorithm of Pillow's Resample.c with its BILINEAR filter (a triangle, as wide as the distance of
// two output pixels in the source, but no less than two source pixels) for 8-bit pixels. Results
// equal Pillow's `resize(size, BILINEAR, box)` byte for byte.

#ifndef WRANGLET_KERNELS_IMAGE_RESIZE_WEIGHTS_H_
#define WRANGLET_KERNELS_IMAGE_RESIZE_WEIGHTS_H_

#include <cstddef>
#include <cstdint>

#include "kernels/image/array.h"
#include "kernels/image/crop.h"

namespace wranglet {

// Fraction bits of a weight: a sum of weights times 8-bit pixels must fit in 32 bits with 2 to
// spare for filters with negative lobes (Pillow's PRECISION_BITS = 32 - 8 - 2).
inline constexpr int kWeightBits = 22;
inline constexpr int32_t kWeightHalf = 1 << (kWeightBits - 1);

// Output pixel i is (sum over k < count of weights[k] * input[first + k] + kWeightHalf) >>
// kWeightBits.
struct WeightWindow {
  int32_t first = 0, count = 0;
  const int32_t* weights = nullptr;
};

// The windows of `out_length` pixels that `source`, a part of `in_length` pixels, becomes.
class ResizeWeights {
 public:
  // False when there is no memory. 0 <= source.begin < source.end <= in_length; lengths are at
  // least 1.
  [[nodiscard]] bool Init(int32_t in_length, Interval source, int32_t out_length);

  int32_t out_length() const { return out_length_; }
  // Zeros follow a window's weights up to a multiple of 4.
  int32_t max_count() const { return max_count_; }
  // `first` and `first + count` grow with i.
  WeightWindow operator[](int32_t i) const {
    return {first_[i], count_[i], weights_.get() + static_cast<size_t>(i) * stride_};
  }

 private:
  int32_t out_length_ = 0, max_count_ = 0, stride_ = 0;
  Array<int32_t> first_, count_, weights_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_RESIZE_WEIGHTS_H_
