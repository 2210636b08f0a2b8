// Rows divided by their Euclidean length. Called by steps.cc.

#ifndef WRANGLET_KERNELS_L2_NORMALIZATION_H_
#define WRANGLET_KERNELS_L2_NORMALIZATION_H_

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels/fixed_point.h"
#include "kernels/simd.h"

namespace wranglet {

struct L2NormalizationFloat32Params {
  int32_t rows = 1, depth = 1;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth);
  }
};

// input, output [rows][depth]; output may be input. No length is less than 1e-6.
inline void L2NormalizationFloat32(const L2NormalizationFloat32Params& params, const float* input,
                                   float* output) {
  const auto depth = static_cast<size_t>(params.depth);
  for (int32_t row = 0; row < params.rows; ++row, input += depth, output += depth) {
    v128_t sums = wasm_f32x4_splat(0.0f);
    for (size_t i = 0; i < depth; i += 4) {
      const v128_t x = LoadUpTo4(input + i, depth - i);
      sums = wasm_f32x4_add(sums, wasm_f32x4_mul(x, x));
    }
    const float sum = wasm_f32x4_extract_lane(sums, 0) + wasm_f32x4_extract_lane(sums, 1) +
                      wasm_f32x4_extract_lane(sums, 2) + wasm_f32x4_extract_lane(sums, 3);
    const v128_t length = wasm_f32x4_splat(std::max(std::sqrt(sum), 1e-6f));
    for (size_t i = 0; i < depth; i += 4) {
      StoreUpTo4(output + i, wasm_f32x4_div(LoadUpTo4(input + i, depth - i), length), depth - i);
    }
  }
}

// The bits of fraction that an int8 element of length 1 has.
inline constexpr int32_t kL2NormalizationBits = 7;

struct L2NormalizationInt8Params {
  int32_t rows = 1, depth = 1;
  int32_t input_zero_point = 0;
  // Of the output's bits of fraction, those that elements get before they are multiplied: all of
  // them in TensorFlow Lite's kernel of uint8, none in that of int8. They round otherwise.
  int32_t early_bits = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("input_zero_point", input_zero_point);
    v("early_bits", early_bits);
  }
};

// More elements than that may overflow the sum of their squares.
inline constexpr int32_t kMaxL2NormalizationInt8Depth =
    std::numeric_limits<int32_t>::max() / (255 * 255);

namespace l2_normalization_internal {

// 2^7 / sqrt(sum), with as many bits as TensorFlow Lite's GetInvSqrtQuantizedMultiplierExp gives
// it, on which the first of MultiplyReference's roundings depends.
inline FixedPoint InverseLength(int32_t sum) {
  if (sum <= 1) return {std::numeric_limits<int32_t>::max(), kL2NormalizationBits};
  int32_t shift = 11, shifted = sum;
  for (; shifted >= 1 << 29; shifted /= 4) ++shift;
  shift -= (std::countl_zero(static_cast<uint32_t>(shifted)) - 1) / 2 - 1;
  shift = std::max(shift, 0);
  const double inverse = std::ldexp(1 / std::sqrt(static_cast<double>(sum)), 31 + shift);
  return {static_cast<int32_t>(std::min(inverse + 0.5, 2147483647.0)),
          kL2NormalizationBits - shift};
}

}  // namespace l2_normalization_internal

// input, output [rows][depth]; the output's scale is 2^-7, its zero point 0 (TensorFlow Lite's
// reference/integer_ops/l2normalization.h, and reference/l2normalization.h of uint8).
// output may be input. Its own reference: there is little to vectorise in rows as short as networks
// have.
inline void L2NormalizationInt8(const L2NormalizationInt8Params& params, const int8_t* input,
                                int8_t* output) {
  const auto depth = static_cast<size_t>(params.depth);
  for (int32_t row = 0; row < params.rows; ++row, input += depth, output += depth) {
    int32_t sum = 0;
    for (size_t i = 0; i < depth; ++i) {
      const int32_t x = input[i] - params.input_zero_point;
      sum += x * x;
    }
    FixedPoint inverse = l2_normalization_internal::InverseLength(sum);
    inverse.exponent -= params.early_bits;
    for (size_t i = 0; i < depth; ++i) {
      const int32_t early = (input[i] - params.input_zero_point) * (1 << params.early_bits);
      const int32_t x = MultiplyReference(early, inverse);
      output[i] = static_cast<int8_t>(std::clamp(x, -128, 127));
    }
  }
}

struct L2NormalizationInt16Params {
  int32_t rows = 1, depth = 1;
  float least_sum = 1.0f;  // of the squares of stored values: what one of 1e-12 is in these
  float output_scale = 0x1p-15f;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("least_sum", least_sum);
    v("output_scale", output_scale);
  }
};

// The same of int16, which TensorFlow Lite has no kernel for: the nearest to the quotient.
inline void L2NormalizationInt16(const L2NormalizationInt16Params& params, const int16_t* input,
                                 int16_t* output) {
  const auto depth = static_cast<size_t>(params.depth);
  const auto scale = static_cast<double>(params.output_scale);
  const auto least_sum = static_cast<double>(params.least_sum);
  for (int32_t row = 0; row < params.rows; ++row, input += depth, output += depth) {
    int64_t sum = 0;
    for (size_t i = 0; i < depth; ++i) sum += int64_t{input[i]} * input[i];
    const double bounded = std::max(static_cast<double>(sum), least_sum);
    const double factor = 1 / (std::sqrt(bounded) * scale);
    for (size_t i = 0; i < depth; ++i) {
      const double x = std::nearbyint(input[i] * factor);
      output[i] = static_cast<int16_t>(std::clamp(x, -32768.0, 32767.0));
    }
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_L2_NORMALIZATION_H_
