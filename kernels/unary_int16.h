// Functions of each int16 element by itself: by a table, where TensorFlow Lite has one; in fixed
// point, where they are two straight lines; in float32, for the rest. Called by steps.cc.

#ifndef WRANGLET_KERNELS_UNARY_INT16_H_
#define WRANGLET_KERNELS_UNARY_INT16_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "kernels/broadcast.h"
#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/unary_float32.h"

namespace wranglet {

struct Lookup16Params {
  int32_t count = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count);
  }
};

// Entries of Lookup16's table: of every 128th input from the least on, and of the one beyond.
inline constexpr size_t kLookup16Entries = 513;

// Between two entries the output goes straight (TensorFlow Lite's LUTLookup).
inline int16_t LookUp16(const int16_t* table, int16_t x) {
  const int16_t* entry = table + 256 + (x >> 7);
  const auto slope = static_cast<int16_t>(entry[1] - entry[0]);
  return static_cast<int16_t>(entry[0] + ((slope * (x & 127) + 64) >> 7));
}

// output may be input.
inline void Lookup16(const Lookup16Params& params, const int16_t* input, const int16_t* table,
                     int16_t* output) {
  for (int32_t i = 0; i < params.count; ++i) output[i] = LookUp16(table, input[i]);
}

// input * multiplier / 2^shift, rounded half up, is 2^12 * 3 times the number, which is what the
// table's steps of 1/24 go by.
struct SigmoidInt16Params {
  int32_t count = 0;
  int32_t multiplier = 3, shift = 0;
  bool is_tanh = false;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("multiplier", multiplier), v("shift", shift), v("is_tanh", is_tanh);
  }
};

inline constexpr size_t kSigmoidEntries = 256;

// Logistic and tanh of TensorFlow Lite (reference/integer_ops/logistic.h, tanh.h): entry i of the
// table is 2^16 / (1 + exp(-i / 24)), and tanh(x) = 2 logistic(2x) - 1. The output's scale is
// 2^-15. output may be input.
inline void SigmoidInt16(const SigmoidInt16Params& params, const int16_t* input,
                         const uint16_t* table, int16_t* output) {
  const int32_t half = params.shift > 0 ? int32_t{1} << (params.shift - 1) : 0;
  const int32_t bits = params.is_tanh ? 8 : 9;  // of an input's distance to an entry
  for (int32_t i = 0; i < params.count; ++i) {
    const int32_t scaled = (input[i] * params.multiplier + half) >> params.shift;
    const int32_t magnitude = std::abs(scaled);
    const int32_t entry = magnitude >> bits;
    // The logistic function of the magnitude, with 16 + bits of fraction.
    int32_t value = (params.is_tanh ? 0xffff : 0x10000 - 2) << bits;
    if (entry < 255) {
      const int32_t a = table[entry], b = table[entry + 1];
      value = (a << bits) + (magnitude & ((1 << bits) - 1)) * (b - a);
    }
    if (params.is_tanh) {
      value -= 1 << 23;
      output[i] = static_cast<int16_t>(((scaled >= 0 ? value : -value - 1) + (1 << 7)) >> 8);
    } else {
      if (scaled < 0) value = (1 << 25) - value - 1;
      output[i] = static_cast<int16_t>((value + (1 << 9)) >> 10);
    }
  }
}

// Relu, LeakyRelu, Abs, and any change of scale: each element times one of two numbers.
struct ScaleInt16Params {
  int32_t count = 0;
  FixedPoint positive, negative;  // what elements of either sign are multiplied by
  bool absolute = false;          // whether after taking the absolute value
  Int16Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("positive", positive), v("negative", negative);
    v("absolute", absolute), v("output", output);
  }
};

// output may be input.
inline void ScaleInt16(const ScaleInt16Params& params, const int16_t* input, int16_t* output) {
  const MultiplyFixedPoint positive(params.positive), negative(params.negative);
  const v128_t min = wasm_i16x8_splat(static_cast<int16_t>(params.output.min));
  const v128_t max = wasm_i16x8_splat(static_cast<int16_t>(params.output.max));
  const auto scale = [&](v128_t x) {
    const v128_t value = params.absolute ? wasm_i32x4_abs(x) : x;
    return wasm_v128_bitselect(negative(value), positive(value), wasm_i32x4_shr(x, 31));
  };
  const auto count = static_cast<size_t>(params.count);
  for (size_t i = 0; i < count; i += 8) {
    const v128_t x = LoadUpTo8(input + i, count - i);
    const v128_t y = wasm_i16x8_narrow_i32x4(scale(wasm_i32x4_extend_low_i16x8(x)),
                                             scale(wasm_i32x4_extend_high_i16x8(x)));
    StoreUpTo8(output + i, wasm_i16x8_min(wasm_i16x8_max(y, min), max), count - i);
  }
}

// The definition, which tests hold ScaleInt16 against.
inline void ScaleInt16Reference(const ScaleInt16Params& params, const int16_t* input,
                                int16_t* output) {
  for (int32_t i = 0; i < params.count; ++i) {
    const int32_t value = params.absolute ? std::abs(input[i]) : input[i];
    const FixedPoint& by = input[i] < 0 ? params.negative : params.positive;
    output[i] = static_cast<int16_t>(
        std::clamp(MultiplyReference(value, by), params.output.min, params.output.max));
  }
}

struct UnaryInt16Params {
  int32_t count = 0;
  UnaryKind kind = UnaryKind::kAbs;
  float alpha = 1.0f, beta = 0.0f;
  float input_scale = 1.0f, output_scale = 1.0f;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("kind", kind), v("alpha", alpha), v("beta", beta);
    v("input_scale", input_scale), v("output_scale", output_scale);
  }
};

// The function of the number, rounded half to even, but of kSqrt down, as in TensorFlow Lite. NaN
// becomes 0. output may be input.
inline void UnaryInt16(const UnaryInt16Params& params, const int16_t* input, int16_t* output) {
  const v128_t scale = wasm_f32x4_splat(params.input_scale);
  const v128_t output_scale = wasm_f32x4_splat(params.output_scale);
  const auto count = static_cast<size_t>(params.count);
  WithUnary(params.kind, params.alpha, params.beta, [&](const auto& function) {
    const auto apply = [&](v128_t x) {
      const v128_t y = function(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(x), scale));
      const v128_t steps = wasm_f32x4_div(y, output_scale);
      return wasm_i32x4_trunc_sat_f32x4(
          params.kind == UnaryKind::kSqrt ? wasm_f32x4_floor(steps) : wasm_f32x4_nearest(steps));
    };
    for (size_t i = 0; i < count; i += 8) {
      const v128_t x = LoadUpTo8(input + i, count - i);
      const v128_t y = wasm_i16x8_narrow_i32x4(apply(wasm_i32x4_extend_low_i16x8(x)),
                                               apply(wasm_i32x4_extend_high_i16x8(x)));
      StoreUpTo8(output + i, y, count - i);
    }
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_UNARY_INT16_H_
