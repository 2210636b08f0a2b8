// Products of two quantised tensors, element by element. Called by steps.cc.

#ifndef WRANGLET_KERNELS_MULTIPLY_H_
#define WRANGLET_KERNELS_MULTIPLY_H_

#include <algorithm>
#include <cstdint>

#include "kernels/broadcast.h"
#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/requantize.h"
#include "kernels/simd.h"

namespace wranglet {

// XNNPACK's arithmetic (qs8-vmul, fp32): the product of the values, less their zero points, is
// requantised by `scale`, a's scale * b's / the output's.
struct MultiplyInt8Params {
  Broadcast shape;
  int32_t a_zero_point = 0, b_zero_point = 0;
  float scale = 1.0f;
  Int8Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("shape", shape), v("a_zero_point", a_zero_point), v("b_zero_point", b_zero_point);
    v("scale", scale), v("output", output);
  }
};

// output may be an operand that is not repeated.
inline void MultiplyInt8(const MultiplyInt8Params& params, const int8_t* a, const int8_t* b,
                         int8_t* output) {
  const RequantizeInt8 requantize(params.output);
  const v128_t scale = wasm_f32x4_splat(params.scale);
  const v128_t a_zero_point = wasm_i16x8_splat(static_cast<int16_t>(params.a_zero_point));
  const v128_t b_zero_point = wasm_i16x8_splat(static_cast<int16_t>(params.b_zero_point));
  CombineLanes(params.shape, a, b, output, [&](v128_t a8, v128_t b8) {
    const v128_t x = wasm_i16x8_sub(a8, a_zero_point), y = wasm_i16x8_sub(b8, b_zero_point);
    const v128_t low = wasm_i32x4_extmul_low_i16x8(x, y);
    const v128_t high = wasm_i32x4_extmul_high_i16x8(x, y);
    return wasm_i16x8_extend_low_i8x16(requantize(low, high, scale, scale));
  });
}

// The definition, which tests hold MultiplyInt8 against.
inline void MultiplyInt8Reference(const MultiplyInt8Params& params, const int8_t* a,
                                  const int8_t* b, int8_t* output) {
  CombineReference(params.shape, a, b, output, [&params](int8_t x, int8_t y) {
    const int32_t product = (x - params.a_zero_point) * (y - params.b_zero_point);
    return RequantizeInt8Reference(product, params.scale, params.output);
  });
}

// TensorFlow Lite's arithmetic (reference/integer_ops/mul.h): the product times `scale`.
struct MultiplyInt16Params {
  Broadcast shape;
  FixedPoint scale;
  Int16Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("shape", shape), v("scale", scale), v("output", output);
  }
};

// output may be an operand that is not repeated.
inline void MultiplyInt16(const MultiplyInt16Params& params, const int16_t* a, const int16_t* b,
                          int16_t* output) {
  const MultiplyFixedPoint scale(params.scale);
  const v128_t min = wasm_i16x8_splat(static_cast<int16_t>(params.output.min));
  const v128_t max = wasm_i16x8_splat(static_cast<int16_t>(params.output.max));
  CombineLanes(params.shape, a, b, output, [&](v128_t x, v128_t y) {
    const v128_t low = scale(wasm_i32x4_extmul_low_i16x8(x, y));
    const v128_t high = scale(wasm_i32x4_extmul_high_i16x8(x, y));
    return wasm_i16x8_min(wasm_i16x8_max(wasm_i16x8_narrow_i32x4(low, high), min), max);
  });
}

// The definition.
inline void MultiplyInt16Reference(const MultiplyInt16Params& params, const int16_t* a,
                                   const int16_t* b, int16_t* output) {
  CombineReference(params.shape, a, b, output, [&params](int16_t x, int16_t y) {
    return static_cast<int16_t>(
        std::clamp(MultiplyReference(x * y, params.scale), params.output.min, params.output.max));
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_MULTIPLY_H_
