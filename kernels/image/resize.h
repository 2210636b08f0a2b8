// Resizes a part of a picture that comes row by row: bilinear, antialiased when shrinking
// (resize_weights.h).

#ifndef WRANGLET_KERNELS_IMAGE_RESIZE_H_
#define WRANGLET_KERNELS_IMAGE_RESIZE_H_

#include <cstddef>
#include <cstdint>

#include "kernels/image/array.h"
#include "kernels/image/crop.h"
#include "kernels/image/resize_kernels.h"
#include "kernels/image/resize_weights.h"

namespace wranglet {

// Each row is resized along x as it comes, and kept until the output rows that need it are done; so
// what is held is 2 * (source height / output height) output rows, or 3 when enlarging.
template <int kPixelBytes>
class Resizer {
 public:
  // `source_x` by `source_y` of a picture of in_width by in_height becomes out_width by out_height.
  // False when there is no memory.
  [[nodiscard]] bool Init(int32_t in_width, int32_t in_height, Interval source_x, Interval source_y,
                          int32_t out_width, int32_t out_height) {
    if (!x_.Init(in_width, source_x, out_width) || !y_.Init(in_height, source_y, out_height))
      return false;
    bytes_ = out_width * kPixelBytes;
    stride_ = (bytes_ + 15) / 16 * 16;
    rows_ = AllocateArray<uint8_t>(int64_t{y_.max_count()} * stride_);
    out_ = AllocateArray<uint8_t>(stride_);
    return rows_ != nullptr && out_ != nullptr;
  }

  // Takes the picture's next row (with kRowSlack bytes behind it), and calls `emit(y, pixels)` for
  // each row y of the output that is thereby complete; y counts up from 0.
  template <typename Emit>
  void Push(const uint8_t* row, Emit emit) {
    const int32_t capacity = y_.max_count();
    const int32_t y = next_in_++;
    if (next_out_ == y_.out_length() || y < y_[next_out_].first)
      return;  // above or below what is wanted
    ResizeRow<kPixelBytes>(row, x_, rows_.get() + static_cast<size_t>(y % capacity) * stride_);
    for (; next_out_ < y_.out_length(); ++next_out_) {
      const WeightWindow window = y_[next_out_];
      if (window.first + window.count > next_in_) return;
      BlendRows({.data = rows_.get(), .stride = stride_, .capacity = capacity}, window, bytes_,
                out_.get());
      emit(next_out_, out_.get());
    }
  }

 private:
  ResizeWeights x_, y_;
  int32_t bytes_ = 0, stride_ = 0;
  int32_t next_in_ = 0, next_out_ = 0;
  Array<uint8_t> rows_, out_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_RESIZE_H_
