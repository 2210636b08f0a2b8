// Addition and subtraction of two quantised tensors, each with a scale of its own. Called by
// steps.cc.

#ifndef WRANGLET_KERNELS_ADD_H_
#define WRANGLET_KERNELS_ADD_H_

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "kernels/broadcast.h"
#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// XNNPACK's fixed-point arithmetic (qs8-vadd): out = (bias + a * a_multiplier + b * b_multiplier)
// >> shift, rounded half up.
struct AddInt8Params {
  Broadcast shape;
  int32_t a_multiplier = 0, b_multiplier = 0;
  int32_t bias = 0, shift = 0;
  Int8Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("shape", shape), v("a_multiplier", a_multiplier), v("b_multiplier", b_multiplier);
    v("bias", bias), v("shift", shift), v("output", output);
  }
};

// The parameters for these scales and zero points. The larger of the two scale ratios gets 20 to 21
// bits; a ratio outside [2^-10, 2^8) cannot be expressed and gives nothing. A negative `b_scale`
// subtracts.
inline std::optional<AddInt8Params> MakeAddInt8Params(const Broadcast& shape, float a_scale,
                                                      int32_t a_zero_point, float b_scale,
                                                      int32_t b_zero_point, float output_scale,
                                                      const Int8Output& output) {
  const float a_ratio = a_scale / output_scale, b_ratio = b_scale / output_scale;
  const float larger = std::max(std::fabs(a_ratio), std::fabs(b_ratio));
  if (!(larger >= 0x1p-10f && larger < 0x1p8f)) return std::nullopt;
  const int32_t exponent = static_cast<int32_t>(std::bit_cast<uint32_t>(larger) >> 23) - 127;
  AddInt8Params params{.shape = shape, .shift = 20 - exponent, .output = output};
  params.a_multiplier = static_cast<int32_t>(std::lrintf(std::ldexp(a_ratio, params.shift)));
  params.b_multiplier = static_cast<int32_t>(std::lrintf(std::ldexp(b_ratio, params.shift)));
  params.bias = (int32_t{1} << (params.shift - 1)) - params.a_multiplier * a_zero_point -
                params.b_multiplier * b_zero_point;
  return params;
}

// output may be an operand that is not repeated.
inline void AddInt8(const AddInt8Params& params, const int8_t* a, const int8_t* b, int8_t* output) {
  const v128_t a_multiplier = wasm_i32x4_splat(params.a_multiplier);
  const v128_t b_multiplier = wasm_i32x4_splat(params.b_multiplier);
  const v128_t bias = wasm_i32x4_splat(params.bias);
  const v128_t zero_point = wasm_i16x8_splat(static_cast<int16_t>(params.output.zero_point));
  const v128_t min = wasm_i16x8_splat(static_cast<int16_t>(params.output.min));
  const v128_t max = wasm_i16x8_splat(static_cast<int16_t>(params.output.max));
  const auto scale = [&](v128_t a4, v128_t b4) {
    const v128_t sum = wasm_i32x4_add(wasm_i32x4_add(bias, wasm_i32x4_mul(a4, a_multiplier)),
                                      wasm_i32x4_mul(b4, b_multiplier));
    return wasm_i32x4_shr(sum, static_cast<uint32_t>(params.shift));
  };
  CombineLanes(params.shape, a, b, output, [&](v128_t a8, v128_t b8) {
    const v128_t low = scale(wasm_i32x4_extend_low_i16x8(a8), wasm_i32x4_extend_low_i16x8(b8));
    const v128_t high = scale(wasm_i32x4_extend_high_i16x8(a8), wasm_i32x4_extend_high_i16x8(b8));
    const v128_t sum = wasm_i16x8_add_sat(wasm_i16x8_narrow_i32x4(low, high), zero_point);
    return wasm_i16x8_min(wasm_i16x8_max(sum, min), max);
  });
}

// The definition, which tests hold AddInt8 against.
inline void AddInt8Reference(const AddInt8Params& params, const int8_t* a, const int8_t* b,
                             int8_t* output) {
  CombineReference(params.shape, a, b, output, [&params](int8_t x, int8_t y) {
    const int32_t sum = params.bias + x * params.a_multiplier + y * params.b_multiplier;
    return static_cast<int8_t>(std::clamp((sum >> params.shift) + params.output.zero_point,
                                          params.output.min, params.output.max));
  });
}

// TensorFlow Lite's arithmetic (reference/add.h, sub.h), for int16, and for int8 of scales that
// XNNPACK declines: both operands, shifted to the left, are brought to twice the larger scale, so
// that their sum fits, and the sum to the output's.
template <typename T>
struct AddFixedPointParams {
  static constexpr int32_t kShift = sizeof(T) == 1 ? 20 : 15;

  Broadcast shape;
  bool subtract = false;
  int32_t a_zero_point = 0, b_zero_point = 0, output_zero_point = 0;
  FixedPoint a_scale, b_scale, output_scale;
  int32_t min = std::numeric_limits<T>::min(), max = std::numeric_limits<T>::max();

  template <typename V>
  void ForEachField(V&& v) const {
    v("shape", shape), v("subtract", subtract), v("a_zero_point", a_zero_point);
    v("b_zero_point", b_zero_point), v("output_zero_point", output_zero_point);
    v("a_scale", a_scale), v("b_scale", b_scale), v("output_scale", output_scale);
    v("min", min), v("max", max);
  }
};

// The scales alone. Nothing when the output's is so much smaller than an input's that the sum would
// have to be multiplied by 1 or more, which TensorFlow Lite refuses too.
template <typename T>
inline std::optional<AddFixedPointParams<T>> MakeAddFixedPointParams(float a_scale, float b_scale,
                                                                     float output_scale) {
  using Params = AddFixedPointParams<T>;
  const double twice = 2 * std::max(double{a_scale}, double{b_scale});
  const double to_output = twice / (double{1 << Params::kShift} * double{output_scale});
  if (!(to_output < 1)) return std::nullopt;
  return Params{.a_scale = ToFixedPoint(double{a_scale} / twice),
                .b_scale = ToFixedPoint(double{b_scale} / twice),
                .output_scale = ToFixedPoint(to_output)};
}

// output may be an operand that is not repeated.
template <typename T>
inline void AddFixedPoint(const AddFixedPointParams<T>& params, const T* a, const T* b, T* output) {
  const MultiplyInt16FixedPoint scale_a(params.a_scale), scale_b(params.b_scale);
  const MultiplyFixedPoint scale_output(params.output_scale);
  const auto splat = [](int32_t value) { return wasm_i16x8_splat(static_cast<int16_t>(value)); };
  const v128_t a_zero_point = splat(params.a_zero_point), b_zero_point = splat(params.b_zero_point);
  const v128_t output_zero_point = splat(params.output_zero_point);
  const v128_t min = splat(params.min), max = splat(params.max);
  const auto add = [&](v128_t x, v128_t y) {
    return scale_output(params.subtract ? wasm_i32x4_sub(x, y) : wasm_i32x4_add(x, y));
  };
  // What MultiplyInt16FixedPoint does not shift.
  constexpr uint32_t kShift = AddFixedPointParams<T>::kShift - 15;
  CombineLanes(params.shape, a, b, output, [&](v128_t a8, v128_t b8) {
    const v128_t x = wasm_i16x8_shl(wasm_i16x8_sub(a8, a_zero_point), kShift);
    const v128_t y = wasm_i16x8_shl(wasm_i16x8_sub(b8, b_zero_point), kShift);
    const v128_t low = add(scale_a.Low(x), scale_b.Low(y));
    const v128_t high = add(scale_a.High(x), scale_b.High(y));
    const v128_t sum = wasm_i16x8_add_sat(wasm_i16x8_narrow_i32x4(low, high), output_zero_point);
    return wasm_i16x8_min(wasm_i16x8_max(sum, min), max);
  });
}

// The definition.
template <typename T>
inline void AddFixedPointReference(const AddFixedPointParams<T>& params, const T* a, const T* b,
                                   T* output) {
  CombineReference(params.shape, a, b, output, [&params](T x, T y) {
    constexpr int32_t kOne = 1 << AddFixedPointParams<T>::kShift;
    const int32_t scaled_x = MultiplyReference((x - params.a_zero_point) * kOne, params.a_scale);
    const int32_t scaled_y = MultiplyReference((y - params.b_zero_point) * kOne, params.b_scale);
    const int32_t sum = params.subtract ? scaled_x - scaled_y : scaled_x + scaled_y;
    return static_cast<T>(
        std::clamp(MultiplyReference(sum, params.output_scale) + params.output_zero_point,
                   params.min, params.max));
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_ADD_H_
