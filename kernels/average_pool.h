// Average pooling of int8 images by TensorFlow Lite's own arithmetic (reference_integer_ops,
// pooling.h), which LiteRT uses, for XNNPACK has no such kernel: the mean of the stored values that
// lie in the image, halves rounded away from zero. Input and output share scale and zero point.
// Called by steps.cc.

#ifndef WRANGLET_KERNELS_AVERAGE_POOL_H_
#define WRANGLET_KERNELS_AVERAGE_POOL_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

struct AveragePoolInt8Params {
  // Dilations are 1, out_c is in_c, every window holds a pixel, and at most 2^23 of them.
  WindowShape window;
  Int8Output output;  // whose zero point does not matter

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("output", output);
  }
};

// The mean of `count` stored values of this sum.
inline int8_t AverageOf(int32_t sum, int32_t count, const Int8Output& output) {
  const int32_t mean = (sum + (sum > 0 ? count / 2 : -(count / 2))) / count;
  return static_cast<int8_t>(std::clamp(mean, output.min, output.max));
}

// Where the window of output `out` begins and ends in a dimension of an image.
struct PoolRange {
  PoolRange(int32_t out, int32_t stride, int32_t padding, int32_t kernel, int32_t size)
      : begin(std::max(out * stride - padding, 0)),
        end(std::min(out * stride - padding + kernel, size)) {}
  int32_t begin, end;
};

// One window's means of 8 channels, or of the `left` channels if they are fewer; `input` is where
// the first of them is in the image's first pixel.
inline void AveragePoolPixelInt8(const AveragePoolInt8Params& params, const PoolRange& ys,
                                 const PoolRange& xs, const int8_t* input, size_t left,
                                 int8_t* output) {
  const WindowShape& w = params.window;
  v128_t low = wasm_i32x4_splat(0), high = low;
  for (int32_t y = ys.begin; y < ys.end; ++y) {
    for (int32_t x = xs.begin; x < xs.end; ++x) {
      const auto pixel =
          static_cast<size_t>(y) * static_cast<size_t>(w.in_w) + static_cast<size_t>(x);
      const v128_t values =
          wasm_i16x8_extend_low_i8x16(LoadUpTo8(input + pixel * static_cast<size_t>(w.in_c), left));
      low = wasm_i32x4_add(low, wasm_i32x4_extend_low_i16x8(values));
      high = wasm_i32x4_add(high, wasm_i32x4_extend_high_i16x8(values));
    }
  }
  int32_t sums[8];
  wasm_v128_store(sums, low);
  wasm_v128_store(sums + 4, high);
  const int32_t count = (ys.end - ys.begin) * (xs.end - xs.begin);
  for (size_t i = 0; i < std::min<size_t>(left, 8); ++i) {
    output[i] = AverageOf(sums[i], count, params.output);
  }
}

// input [batch][in_h][in_w][in_c], output [batch][out_h][out_w][in_c].
inline void AveragePoolInt8(const AveragePoolInt8Params& params, const int8_t* input,
                            int8_t* output) {
  const WindowShape& w = params.window;
  const auto channels = static_cast<size_t>(w.in_c);
  const size_t image = static_cast<size_t>(w.in_h) * static_cast<size_t>(w.in_w) * channels;
  for (int32_t batch = 0; batch < w.batch; ++batch, input += image) {
    for (int32_t y = 0; y < w.out_h; ++y) {
      const PoolRange ys(y, w.stride_h, w.pad_top, w.kernel_h, w.in_h);
      for (int32_t x = 0; x < w.out_w; ++x, output += channels) {
        const PoolRange xs(x, w.stride_w, w.pad_left, w.kernel_w, w.in_w);
        for (size_t c = 0; c < channels; c += 8) {
          AveragePoolPixelInt8(params, ys, xs, input + c, channels - c, output + c);
        }
      }
    }
  }
}

// The definition, which tests hold AveragePoolInt8 against: rounded in real numbers.
inline void AveragePoolInt8Reference(const AveragePoolInt8Params& params, const int8_t* input,
                                     int8_t* output) {
  const WindowShape& w = params.window;
  for (int32_t i = 0; i < w.batch * w.out_h * w.out_w * w.in_c; ++i) {
    const int32_t c = i % w.in_c, x = i / w.in_c % w.out_w, y = i / w.in_c / w.out_w % w.out_h;
    const int32_t batch = i / w.in_c / w.out_w / w.out_h;
    double sum = 0;
    int32_t count = 0;
    for (int32_t tap = 0; tap < w.kernel_h * w.kernel_w; ++tap) {
      const int32_t in_y = y * w.stride_h - w.pad_top + tap / w.kernel_w;
      const int32_t in_x = x * w.stride_w - w.pad_left + tap % w.kernel_w;
      if (in_y < 0 || in_y >= w.in_h || in_x < 0 || in_x >= w.in_w) continue;
      sum += input[((batch * w.in_h + in_y) * w.in_w + in_x) * w.in_c + c];
      ++count;
    }
    const auto mean = static_cast<int32_t>(std::lround(sum / count));
    output[i] = static_cast<int8_t>(std::clamp(mean, params.output.min, params.output.max));
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_AVERAGE_POOL_H_
