// Between float32, int8 and int16: what lies where the parts of a network, or the world around it,
// differ in precision. (From 8 bits to 8 or 16, a table does it: lookup.h.) Called by steps.cc.

#ifndef WRANGLET_KERNELS_QUANTIZE_H_
#define WRANGLET_KERNELS_QUANTIZE_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/broadcast.h"
#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

struct QuantizeFloat32Int8Params {
  int32_t count = 0;
  float inverse_scale = 1.0f;
  Int8Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("inverse_scale", inverse_scale), v("output", output);
  }
};

// output = clamp(round_half_even(input * inverse_scale) + zero_point), as XNNPACK has it. NaN
// becomes output.min.
inline void QuantizeFloat32Int8(const QuantizeFloat32Int8Params& params, const float* input,
                                int8_t* output) {
  const Int8Output& range = params.output;
  const v128_t inverse_scale = wasm_f32x4_splat(params.inverse_scale);
  const v128_t least = wasm_f32x4_splat(static_cast<float>(range.min - range.zero_point));
  const v128_t most = wasm_f32x4_splat(static_cast<float>(range.max - range.zero_point));
  const v128_t zero_point = wasm_i16x8_splat(static_cast<int16_t>(range.zero_point));
  const auto quantize = [&](v128_t x) {
    const v128_t rounded = wasm_f32x4_nearest(wasm_f32x4_mul(x, inverse_scale));
    // What is not greater than the least, NaN among it, becomes the least.
    return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_pmin(wasm_f32x4_pmax(least, rounded), most));
  };
  const auto count = static_cast<size_t>(params.count);
  for (size_t i = 0; i < count; i += 8) {
    const size_t left = count - i;
    const v128_t low = quantize(LoadUpTo4(input + i, left));
    const v128_t high = left > 4 ? quantize(LoadUpTo4(input + i + 4, left - 4)) : low;
    StoreLanes(output + i, wasm_i16x8_add(wasm_i16x8_narrow_i32x4(low, high), zero_point), left);
  }
}

// The definition, which tests hold QuantizeFloat32Int8 against.
inline void QuantizeFloat32Int8Reference(const QuantizeFloat32Int8Params& params,
                                         const float* input, int8_t* output) {
  const auto least = static_cast<float>(params.output.min - params.output.zero_point);
  const auto most = static_cast<float>(params.output.max - params.output.zero_point);
  for (int32_t i = 0; i < params.count; ++i) {
    const float scaled = std::nearbyint(input[i] * params.inverse_scale);
    const float clamped = scaled > least ? std::min(scaled, most) : least;
    output[i] = static_cast<int8_t>(static_cast<int32_t>(clamped) + params.output.zero_point);
  }
}

struct QuantizeFloat32Int16Params {
  int32_t count = 0;
  float scale = 1.0f;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("scale", scale);
  }
};

// output = round_half_away_from_zero(input / scale), saturated, in double precision as TensorFlow
// Lite has it (AffineQuantize). NaN becomes 0.
inline void QuantizeFloat32Int16(const QuantizeFloat32Int16Params& params, const float* input,
                                 int16_t* output) {
  const auto scale = static_cast<double>(params.scale);
  for (int32_t i = 0; i < params.count; ++i) {
    const double steps = static_cast<double>(input[i]) / scale;
    const double moved = steps + (steps < 0 ? -0.5 : 0.5);
    const double clamped = moved > -32768.0 ? std::min(moved, 32767.0) : -32768.0;
    output[i] = steps == steps ? static_cast<int16_t>(clamped) : int16_t{0};
  }
}

// Of int8 or int16: one struct each, for a kernel is known by its params.
template <typename T>
struct DequantizeParams {
  int32_t count = 0;
  float scale = 1.0f;
  int32_t zero_point = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("scale", scale), v("zero_point", zero_point);
  }
};

// output = scale * (input - zero_point)
template <typename T>
inline void DequantizeToFloat32(const DequantizeParams<T>& params, const T* input, float* output) {
  const v128_t scale = wasm_f32x4_splat(params.scale);
  const v128_t zero_point = wasm_i32x4_splat(params.zero_point);
  const auto dequantize = [&](v128_t x) {
    return wasm_f32x4_mul(scale, wasm_f32x4_convert_i32x4(wasm_i32x4_sub(x, zero_point)));
  };
  const auto count = static_cast<size_t>(params.count);
  for (size_t i = 0; i < count; i += 8) {
    const size_t left = count - i;
    const v128_t x = LoadLanes(input + i, left);
    StoreUpTo4(output + i, dequantize(wasm_i32x4_extend_low_i16x8(x)), left);
    if (left > 4) {
      StoreUpTo4(output + i + 4, dequantize(wasm_i32x4_extend_high_i16x8(x)), left - 4);
    }
  }
}

struct RequantizeInt16Int8Params {
  int32_t count = 0;
  FixedPoint scale;  // the input's / the output's
  int32_t zero_point = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("scale", scale), v("zero_point", zero_point);
  }
};

// output = input * scale + zero_point, saturated (TensorFlow Lite's Requantize).
inline void RequantizeInt16Int8(const RequantizeInt16Int8Params& params, const int16_t* input,
                                int8_t* output) {
  const MultiplyFixedPoint scale(params.scale);
  const v128_t zero_point = wasm_i16x8_splat(static_cast<int16_t>(params.zero_point));
  const auto count = static_cast<size_t>(params.count);
  for (size_t i = 0; i < count; i += 8) {
    const v128_t x = LoadUpTo8(input + i, count - i);
    const v128_t y = wasm_i16x8_narrow_i32x4(scale(wasm_i32x4_extend_low_i16x8(x)),
                                             scale(wasm_i32x4_extend_high_i16x8(x)));
    StoreLanes(output + i, wasm_i16x8_add_sat(y, zero_point), count - i);
  }
}

// The definition.
inline void RequantizeInt16Int8Reference(const RequantizeInt16Int8Params& params,
                                         const int16_t* input, int8_t* output) {
  for (int32_t i = 0; i < params.count; ++i) {
    const int64_t value = int64_t{MultiplyReference(input[i], params.scale)} + params.zero_point;
    output[i] = static_cast<int8_t>(std::clamp<int64_t>(value, -128, 127));
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_QUANTIZE_H_
