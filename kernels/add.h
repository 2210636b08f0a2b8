// Addition of two int8 tensors of one shape, each with a scale of its own, by XNNPACK's fixed-point
// arithmetic (qs8-vadd): out = (bias + a * a_multiplier + b * b_multiplier) >> shift, rounded half
// up. Called by steps.cc.

#ifndef WRANGLET_KERNELS_ADD_H_
#define WRANGLET_KERNELS_ADD_H_

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

struct AddInt8Params {
  int32_t count = 0;
  int32_t a_multiplier = 0, b_multiplier = 0;
  int32_t bias = 0, shift = 0;
  Int8Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("a_multiplier", a_multiplier), v("b_multiplier", b_multiplier);
    v("bias", bias), v("shift", shift), v("output", output);
  }
};

// The parameters for these scales and zero points. The larger of the two scale ratios gets 20 to 21
// bits; a ratio outside [2^-10, 2^8) cannot be expressed and gives nothing. A negative `b_scale`
// subtracts.
inline std::optional<AddInt8Params> MakeAddInt8Params(int32_t count, float a_scale,
                                                      int32_t a_zero_point, float b_scale,
                                                      int32_t b_zero_point, float output_scale,
                                                      const Int8Output& output) {
  const float a_ratio = a_scale / output_scale, b_ratio = b_scale / output_scale;
  const float larger = std::max(std::fabs(a_ratio), std::fabs(b_ratio));
  if (!(larger >= 0x1p-10f && larger < 0x1p8f)) return std::nullopt;
  const int32_t exponent = static_cast<int32_t>(std::bit_cast<uint32_t>(larger) >> 23) - 127;
  AddInt8Params params{.count = count, .shift = 20 - exponent, .output = output};
  params.a_multiplier = static_cast<int32_t>(std::lrintf(std::ldexp(a_ratio, params.shift)));
  params.b_multiplier = static_cast<int32_t>(std::lrintf(std::ldexp(b_ratio, params.shift)));
  params.bias = (int32_t{1} << (params.shift - 1)) - params.a_multiplier * a_zero_point -
                params.b_multiplier * b_zero_point;
  return params;
}

// a, b, output: params.count elements; output may be a or b.
inline void AddInt8(const AddInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output) {
  const v128_t a_multiplier = wasm_i32x4_splat(params.a_multiplier);
  const v128_t b_multiplier = wasm_i32x4_splat(params.b_multiplier);
  const v128_t bias = wasm_i32x4_splat(params.bias);
  const v128_t zero_point = wasm_i16x8_splat(static_cast<int16_t>(params.output.zero_point));
  const v128_t min = wasm_i8x16_splat(static_cast<int8_t>(params.output.min));
  const v128_t max = wasm_i8x16_splat(static_cast<int8_t>(params.output.max));
  const auto scale = [&](v128_t a4, v128_t b4) {
    const v128_t sum = wasm_i32x4_add(wasm_i32x4_add(bias, wasm_i32x4_mul(a4, a_multiplier)),
                                      wasm_i32x4_mul(b4, b_multiplier));
    return wasm_i32x4_shr(sum, static_cast<uint32_t>(params.shift));
  };
  const auto count = static_cast<size_t>(params.count);
  for (size_t i = 0; i < count; i += 8) {
    const v128_t a8 = wasm_i16x8_extend_low_i8x16(LoadUpTo8(a + i, count - i));
    const v128_t b8 = wasm_i16x8_extend_low_i8x16(LoadUpTo8(b + i, count - i));
    const v128_t low = scale(wasm_i32x4_extend_low_i16x8(a8), wasm_i32x4_extend_low_i16x8(b8));
    const v128_t high = scale(wasm_i32x4_extend_high_i16x8(a8), wasm_i32x4_extend_high_i16x8(b8));
    const v128_t wide = wasm_i16x8_add_sat(wasm_i16x8_narrow_i32x4(low, high), zero_point);
    const v128_t bytes = wasm_i8x16_narrow_i16x8(wide, wide);
    StoreUpTo8(output + i, wasm_i8x16_min(wasm_i8x16_max(bytes, min), max), count - i);
  }
}

// The definition, which tests hold AddInt8 against.
inline void AddInt8Reference(const AddInt8Params& params, const int8_t* a, const int8_t* b,
                             int8_t* output) {
  for (int32_t i = 0; i < params.count; ++i) {
    const int32_t sum = params.bias + a[i] * params.a_multiplier + b[i] * params.b_multiplier;
    output[i] = static_cast<int8_t>(std::clamp((sum >> params.shift) + params.output.zero_point,
                                               params.output.min, params.output.max));
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_ADD_H_
