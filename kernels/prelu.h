// PRelu of quantised tensors: elements below zero are multiplied by slopes of their own. TensorFlow
// Lite's arithmetic (reference/prelu.h), which XNNPACK leaves to it. (In float32 it is a
// BinaryKind.) Called by steps.cc.

#ifndef WRANGLET_KERNELS_PRELU_H_
#define WRANGLET_KERNELS_PRELU_H_

#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/broadcast.h"
#include "kernels/fixed_point.h"
#include "kernels/simd.h"

namespace wranglet {

// Of int8 or int16. The input is operand a, the slopes b.
template <typename T>
struct PReluParams {
  Broadcast shape;
  int32_t input_zero_point = 0, slope_zero_point = 0, output_zero_point = 0;
  FixedPoint positive;  // the input's scale / the output's
  FixedPoint negative;  // the input's scale * the slopes' / the output's

  template <typename V>
  void ForEachField(V&& v) const {
    v("shape", shape), v("input_zero_point", input_zero_point);
    v("slope_zero_point", slope_zero_point), v("output_zero_point", output_zero_point);
    v("positive", positive), v("negative", negative);
  }
};

// output may be input.
template <typename T>
inline void PReluQuantized(const PReluParams<T>& params, const T* input, const T* slopes,
                           T* output) {
  const MultiplyFixedPoint positive(params.positive), negative(params.negative);
  const v128_t input_zero = wasm_i16x8_splat(static_cast<int16_t>(params.input_zero_point));
  const v128_t slope_zero = wasm_i16x8_splat(static_cast<int16_t>(params.slope_zero_point));
  const v128_t output_zero = wasm_i16x8_splat(static_cast<int16_t>(params.output_zero_point));
  const auto choose = [&](v128_t x, v128_t product) {
    return wasm_v128_bitselect(negative(product), positive(x), wasm_i32x4_shr(x, 31));
  };
  CombineLanes(params.shape, input, slopes, output, [&](v128_t a, v128_t b) {
    const v128_t x = wasm_i16x8_sub(a, input_zero), slope = wasm_i16x8_sub(b, slope_zero);
    const v128_t low =
        choose(wasm_i32x4_extend_low_i16x8(x), wasm_i32x4_extmul_low_i16x8(x, slope));
    const v128_t high =
        choose(wasm_i32x4_extend_high_i16x8(x), wasm_i32x4_extmul_high_i16x8(x, slope));
    return wasm_i16x8_add_sat(wasm_i16x8_narrow_i32x4(low, high), output_zero);
  });
}

// The definition, which tests hold PReluQuantized against.
template <typename T>
inline void PReluReference(const PReluParams<T>& params, const T* input, const T* slopes,
                           T* output) {
  CombineReference(params.shape, input, slopes, output, [&params](T a, T b) {
    const int32_t x = a - params.input_zero_point;
    const int64_t scaled =
        x >= 0 ? MultiplyReference(x, params.positive)
               : MultiplyReference(x * (b - params.slope_zero_point), params.negative);
    return static_cast<T>(std::clamp<int64_t>(scaled + params.output_zero_point,
                                              std::numeric_limits<T>::min(),
                                              std::numeric_limits<T>::max()));
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_PRELU_H_
