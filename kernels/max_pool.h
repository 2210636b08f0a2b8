// Max pooling of NHWC images: the greatest element in the image of each window, clamped to a fused
// activation. Input and output share scale and zero point. Called by steps.cc.

#ifndef WRANGLET_KERNELS_MAX_POOL_H_
#define WRANGLET_KERNELS_MAX_POOL_H_

#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/params.h"
#include "kernels/pool.h"
#include "kernels/simd.h"

namespace wranglet {

template <typename Output>
struct MaxPoolParams {
  WindowShape window;  // out_c is in_c, and every window holds a pixel
  Output output;       // whose zero point does not matter

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("output", output);
  }
};
using MaxPoolInt8Params = MaxPoolParams<Int8Output>;
using MaxPoolInt16Params = MaxPoolParams<Int16Output>;
using MaxPoolFloat32Params = MaxPoolParams<FloatOutput>;

namespace max_pool_internal {

inline v128_t Splat(int8_t value) { return wasm_i8x16_splat(value); }
inline v128_t Splat(int16_t value) { return wasm_i16x8_splat(value); }
inline v128_t Splat(float value) { return wasm_f32x4_splat(value); }

// The greater (lesser) of each pair of elements of type T. A NaN of floats is less than nothing.
template <typename T>
inline v128_t Max(v128_t a, v128_t b) {
  if constexpr (sizeof(T) == 1) return wasm_i8x16_max(a, b);
  if constexpr (sizeof(T) == 2) return wasm_i16x8_max(a, b);
  return wasm_f32x4_pmax(a, b);
}
template <typename T>
inline v128_t Min(v128_t a, v128_t b) {
  if constexpr (sizeof(T) == 1) return wasm_i8x16_min(a, b);
  if constexpr (sizeof(T) == 2) return wasm_i16x8_min(a, b);
  return wasm_f32x4_pmin(a, b);
}

template <typename T, typename Params>
inline void MaxPool(const Params& params, const T* input, T* output) {
  const v128_t min = Splat(static_cast<T>(params.output.min));
  const v128_t max = Splat(static_cast<T>(params.output.max));
  const auto channels = static_cast<size_t>(params.window.in_c);
  const size_t row = static_cast<size_t>(params.window.in_w) * channels;
  ForEachPoolBlock(params.window, input, output,
                   [&](const PoolWindow& window, const T* from, size_t count) {
                     const auto& [ys, xs] = window;
                     v128_t most = min;
                     for (int32_t y = ys.begin; y < ys.end; y += ys.step) {
                       ForEachPoolPixel(xs, channels, from + static_cast<size_t>(y) * row, count,
                                        [&](v128_t lanes) { most = Max<T>(most, lanes); });
                     }
                     return Min<T>(most, max);
                   });
}

template <typename T, typename Params>
inline void Reference(const Params& params, const T* input, T* output) {
  const WindowShape& w = params.window;
  for (int32_t i = 0; i < w.batch * w.out_h * w.out_w * w.in_c; ++i) {
    T most = std::numeric_limits<T>::lowest();
    ForEachPoolTap(w, i, [&](int32_t at) { most = std::max(most, input[at]); });
    output[i] =
        std::clamp(most, static_cast<T>(params.output.min), static_cast<T>(params.output.max));
  }
}

}  // namespace max_pool_internal

// input [batch][in_h][in_w][in_c], output [batch][out_h][out_w][in_c].
inline void MaxPoolInt8(const MaxPoolInt8Params& params, const int8_t* input, int8_t* output) {
  max_pool_internal::MaxPool(params, input, output);
}
inline void MaxPoolInt16(const MaxPoolInt16Params& params, const int16_t* input, int16_t* output) {
  max_pool_internal::MaxPool(params, input, output);
}
inline void MaxPoolFloat32(const MaxPoolFloat32Params& params, const float* input, float* output) {
  max_pool_internal::MaxPool(params, input, output);
}

// The definition, which tests hold the kernels against.
template <typename Output, typename T>
inline void MaxPoolReference(const MaxPoolParams<Output>& params, const T* input, T* output) {
  max_pool_internal::Reference(params, input, output);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_MAX_POOL_H_
