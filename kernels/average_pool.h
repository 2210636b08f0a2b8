// Average pooling of NHWC images: the mean of the elements in the image of each window, clamped to
// a fused activation. Input and output share scale and zero point. Called by steps.cc.
//
// Integers by TensorFlow Lite's own arithmetic (reference_integer_ops, pooling.h), which LiteRT
// uses, for XNNPACK has no such kernel: the mean of the stored values, halves rounded away from
// zero, or, where they stand for another type's, from its zero. Floats as XNNPACK's f32-avgpool:
// the sum times the reciprocal of the count.

#ifndef WRANGLET_KERNELS_AVERAGE_POOL_H_
#define WRANGLET_KERNELS_AVERAGE_POOL_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/params.h"
#include "kernels/pool.h"
#include "kernels/simd.h"

namespace wranglet {

template <typename Output>
struct AveragePoolParams {
  WindowShape window;  // out_c is in_c, every window holds a pixel, and kMostPoolPixels at most
  // Whether the mean is that of the whole window, whose pixels beyond the image are 0.
  bool counts_padding = false;
  int32_t origin = 0;  // of integers: halves are rounded away from it
  Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("counts_padding", counts_padding), v("origin", origin);
    v("output", output);
  }
};
using AveragePoolInt8Params = AveragePoolParams<Int8Output>;
using AveragePoolInt16Params = AveragePoolParams<Int16Output>;
using AveragePoolFloat32Params = AveragePoolParams<FloatOutput>;

// So many elements of T, counted from another, sum up in an int32, with room for half their number.
template <typename T>
inline constexpr int32_t kMostPoolPixels = (1 << 30) >> (8 * sizeof(T) - 1);

namespace average_pool_internal {

// The stored value of 0.
inline int32_t ZeroOf(const Int8Output& output) { return output.zero_point; }
inline int32_t ZeroOf(const Int16Output&) { return 0; }

template <typename Params>
inline int32_t CountOf(const Params& params, const PoolWindow& window) {
  return params.counts_padding ? params.window.kernel_h * params.window.kernel_w
                               : window.ys.Count() * window.xs.Count();
}

// Four sums' means, halves rounded away from zero. Exact: the quotients of integers of 32 bits are
// never rounded up to an integer in double.
inline v128_t MeansOf(v128_t sums, int32_t count) {
  const v128_t half = wasm_i32x4_splat(count / 2), sign = wasm_i32x4_shr(sums, 31);
  const v128_t more = wasm_i32x4_add(sums, wasm_i32x4_sub(wasm_v128_xor(half, sign), sign));
  const v128_t counts = wasm_f64x2_splat(count);
  const auto divide = [&](v128_t two) {
    return wasm_i32x4_trunc_sat_f64x2_zero(
        wasm_f64x2_div(wasm_f64x2_convert_low_i32x4(two), counts));
  };
  return wasm_i64x2_shuffle(divide(more), divide(wasm_i64x2_shuffle(more, more, 1, 1)), 0, 2);
}

// The sums of a block of int16 channels.
class SumsInt16 {
 public:
  explicit SumsInt16(int32_t start) : low_(wasm_i32x4_splat(start)), high_(low_) {}

  void Add(v128_t lanes) {
    low_ = wasm_i32x4_add(low_, wasm_i32x4_extend_low_i16x8(lanes));
    high_ = wasm_i32x4_add(high_, wasm_i32x4_extend_high_i16x8(lanes));
  }
  void EndRow() {}

  // Their means and `more`, as int16.
  v128_t Means(int32_t count, int32_t more) const {
    const v128_t lanes = wasm_i32x4_splat(more);
    return wasm_i16x8_narrow_i32x4(wasm_i32x4_add(MeansOf(low_, count), lanes),
                                   wasm_i32x4_add(MeansOf(high_, count), lanes));
  }

 private:
  v128_t low_, high_;
};

// The sums of a block of int8 channels: in int16 while they fit.
class SumsInt8 {
 public:
  explicit SumsInt8(int32_t start) : low_(start), high_(start) {}

  void Add(v128_t lanes) {
    row_low_ = wasm_i16x8_add(row_low_, wasm_i16x8_extend_low_i8x16(lanes));
    row_high_ = wasm_i16x8_add(row_high_, wasm_i16x8_extend_high_i8x16(lanes));
    if (++added_ == kMostAdded) EndRow();
  }
  void EndRow() {
    low_.Add(row_low_);
    high_.Add(row_high_);
    row_low_ = row_high_ = wasm_i16x8_splat(0);
    added_ = 0;
  }

  v128_t Means(int32_t count, int32_t more) const {
    return wasm_i8x16_narrow_i16x8(low_.Means(count, more), high_.Means(count, more));
  }

 private:
  static constexpr int32_t kMostAdded = 255;  // of -128 each

  SumsInt16 low_, high_;
  v128_t row_low_ = wasm_i16x8_splat(0), row_high_ = row_low_;
  int32_t added_ = 0;
};

inline v128_t Clamp(const Int8Output& output, v128_t lanes) {
  return wasm_i8x16_min(wasm_i8x16_max(lanes, wasm_i8x16_splat(static_cast<int8_t>(output.min))),
                        wasm_i8x16_splat(static_cast<int8_t>(output.max)));
}
inline v128_t Clamp(const Int16Output& output, v128_t lanes) {
  return wasm_i16x8_min(wasm_i16x8_max(lanes, wasm_i16x8_splat(static_cast<int16_t>(output.min))),
                        wasm_i16x8_splat(static_cast<int16_t>(output.max)));
}

template <typename Sums, typename T, typename Params>
inline void AveragePool(const Params& params, const T* input, T* output) {
  const WindowShape& w = params.window;
  const auto channels = static_cast<size_t>(w.in_c);
  const size_t row = static_cast<size_t>(w.in_w) * channels;
  ForEachPoolBlock(w, input, output, [&](const PoolWindow& window, const T* from, size_t lanes) {
    const auto& [ys, xs] = window;
    const int32_t count = CountOf(params, window);
    Sums sums((count - ys.Count() * xs.Count()) * ZeroOf(params.output) - count * params.origin);
    for (int32_t y = ys.begin; y < ys.end; y += ys.step) {
      ForEachPoolPixel(xs, channels, from + static_cast<size_t>(y) * row, lanes,
                       [&](v128_t pixel) { sums.Add(pixel); });
      sums.EndRow();
    }
    return Clamp(params.output, sums.Means(count, params.origin));
  });
}

}  // namespace average_pool_internal

// input [batch][in_h][in_w][in_c], output [batch][out_h][out_w][in_c].
inline void AveragePoolInt8(const AveragePoolInt8Params& params, const int8_t* input,
                            int8_t* output) {
  average_pool_internal::AveragePool<average_pool_internal::SumsInt8>(params, input, output);
}
inline void AveragePoolInt16(const AveragePoolInt16Params& params, const int16_t* input,
                             int16_t* output) {
  average_pool_internal::AveragePool<average_pool_internal::SumsInt16>(params, input, output);
}

inline void AveragePoolFloat32(const AveragePoolFloat32Params& params, const float* input,
                               float* output) {
  const WindowShape& w = params.window;
  const v128_t min = wasm_f32x4_splat(params.output.min);
  const v128_t max = wasm_f32x4_splat(params.output.max);
  const auto channels = static_cast<size_t>(w.in_c);
  const size_t row = static_cast<size_t>(w.in_w) * channels;
  ForEachPoolBlock(
      w, input, output, [&](const PoolWindow& window, const float* from, size_t lanes) {
        const auto& [ys, xs] = window;
        v128_t sum = wasm_f32x4_splat(0.0f);
        for (int32_t y = ys.begin; y < ys.end; y += ys.step) {
          ForEachPoolPixel(xs, channels, from + static_cast<size_t>(y) * row, lanes,
                           [&](v128_t pixel) { sum = wasm_f32x4_add(sum, pixel); });
        }
        const auto count = static_cast<float>(average_pool_internal::CountOf(params, window));
        const v128_t mean = wasm_f32x4_mul(sum, wasm_f32x4_splat(1.0f / count));
        return wasm_f32x4_pmin(wasm_f32x4_pmax(mean, min), max);
      });
}

// The definition, which tests hold the kernels against: means of integers rounded in real numbers.
template <typename Output, typename T>
inline void AveragePoolReference(const AveragePoolParams<Output>& params, const T* input,
                                 T* output) {
  const WindowShape& w = params.window;
  for (int32_t i = 0; i < w.batch * w.out_h * w.out_w * w.in_c; ++i) {
    std::conditional_t<std::is_same_v<T, float>, float, double> sum = 0;
    int32_t count = 0;
    ForEachPoolTap(w, i, [&](int32_t at) { sum += input[at], ++count; });
    const int32_t all = params.counts_padding ? w.kernel_h * w.kernel_w : count;
    if constexpr (std::is_same_v<T, float>) {
      output[i] =
          std::clamp(sum * (1.0f / static_cast<float>(all)), params.output.min, params.output.max);
    } else {
      sum += (all - count) * average_pool_internal::ZeroOf(params.output);
      const auto mean =
          static_cast<int32_t>(std::lround((sum - all * params.origin) / all)) + params.origin;
      output[i] = static_cast<T>(std::clamp(mean, params.output.min, params.output.max));
    }
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_AVERAGE_POOL_H_
