// Softmax over the last axis. Called by steps.cc.

#ifndef WRANGLET_KERNELS_SOFTMAX_H_
#define WRANGLET_KERNELS_SOFTMAX_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels/fixed_point.h"
#include "kernels/math_float32.h"
#include "kernels/params.h"
#include "kernels/unary_int16.h"

namespace wranglet {

struct SoftmaxInt8Params {
  int32_t rows = 1, depth = 1;
  float output_scale = 1.0f / 256;
  Int8Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("output_scale", output_scale), v("output", output);
  }
};

struct SoftmaxFloat32Params {
  int32_t rows = 1, depth = 1;
  float beta = 1.0f;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("beta", beta);
  }
};

// The table SoftmaxInt8 takes: entry i is exp(-i * scale * beta), for a logit i steps below the
// largest. Only the compiler makes one. TensorFlow Lite takes the C library's expf; the double
// rounded to float is what a correctly rounded expf gives.
inline std::array<float, 256> MakeSoftmaxTable(float input_scale, float beta) {
  const float step = -input_scale * beta;
  std::array<float, 256> table;
  for (size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<float>(std::exp(static_cast<double>(step * static_cast<float>(i))));
  }
  return table;
}

// input, output [rows][depth]; TensorFlow Lite's lookup-table softmax (optimized_ops.h): only the
// distance of a logit to the largest counts, of which there are 256. The sum is taken in order, and
// the quotient is rounded half away from zero, as there. A gather is all there is to the rest, so
// this is its own reference: there is nothing to vectorise.
inline void SoftmaxInt8(const SoftmaxInt8Params& params, const int8_t* input, const float* table,
                        int8_t* output) {
  const auto depth = static_cast<size_t>(params.depth);
  for (int32_t row = 0; row < params.rows; ++row, input += depth, output += depth) {
    const int32_t largest = *std::max_element(input, input + depth);
    float sum = 0;
    for (size_t i = 0; i < depth; ++i) sum += table[largest - input[i]];
    const float factor = 1.0f / (sum * params.output_scale);
    for (size_t i = 0; i < depth; ++i) {
      // Not negative; exact in double, where a float just below a half stays below the next
      // integer.
      const double scaled = static_cast<double>(table[largest - input[i]] * factor);
      const int32_t value = static_cast<int32_t>(scaled + 0.5) + params.output.zero_point;
      output[i] = static_cast<int8_t>(std::clamp(value, params.output.min, params.output.max));
    }
  }
}

struct SoftmaxInt16Params {
  int32_t rows = 1, depth = 1;
  FixedPoint input_scale;  // the input's scale * beta, in steps of exp's table

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("input_scale", input_scale);
  }
};

// The most elements of a row: each adds up to 32767 to its sum, an int32.
inline constexpr int32_t kMaxSoftmaxInt16Depth = std::numeric_limits<int32_t>::max() / 32767;

// The largest difference of logits whose exp is in the table; exp(-10) counts as any below.
inline constexpr double kSoftmaxInt16Range = 10;

// input, output [rows][depth], no deeper than kMaxSoftmaxInt16Depth; TensorFlow Lite's SoftmaxInt16
// (reference/softmax.h), whose output has scale 2^-15. Both tables are Lookup16's, with 15 bits of
// fraction: exp(x) for x in [-10, 0], and 1 / (1 + x) for x in [0, 1]. output may not be input.
// Gathers again: its own reference.
inline void SoftmaxInt16(const SoftmaxInt16Params& params, const int16_t* input,
                         const int16_t* exp_table, const int16_t* inverse_table, int16_t* output) {
  const auto depth = static_cast<size_t>(params.depth);
  const auto saturated = [](int32_t value) {
    return static_cast<int16_t>(std::clamp(value, -32768, 32767));
  };
  for (int32_t row = 0; row < params.rows; ++row, input += depth, output += depth) {
    const int32_t largest = *std::max_element(input, input + depth);
    int32_t sum = 0;
    for (size_t i = 0; i < depth; ++i) {
      const int32_t below = MultiplyReference(input[i] - largest, params.input_scale);
      output[i] = LookUp16(exp_table, saturated(below + 32767));
      sum += output[i];
    }
    // sum = (1 + x) * 2^(30 - headroom), x in [0, 1) with 16 bits of fraction.
    const int32_t headroom = std::countl_zero(static_cast<uint32_t>(sum)) - 1;
    const auto one_and_x = static_cast<int32_t>(((int64_t{sum} << headroom) + (1 << 13)) >> 14);
    const int32_t inverse = LookUp16(inverse_table, saturated(one_and_x - (1 << 16) - (1 << 15)));
    const int32_t shift = 30 - headroom;
    for (size_t i = 0; i < depth; ++i) {
      const int32_t value = (output[i] * inverse + (1 << (shift - 1))) >> shift;
      output[i] = static_cast<int16_t>(std::clamp(value, 0, 32767));
    }
  }
}

// input, output [rows][depth]; output may be input. The sum is taken in order.
inline void SoftmaxFloat32(const SoftmaxFloat32Params& params, const float* input, float* output) {
  const auto depth = static_cast<size_t>(params.depth);
  const v128_t beta = wasm_f32x4_splat(params.beta);
  for (int32_t row = 0; row < params.rows; ++row, input += depth, output += depth) {
    const v128_t largest = wasm_f32x4_splat(*std::max_element(input, input + depth));
    for (size_t i = 0; i < depth; i += 4) {
      const v128_t below = wasm_f32x4_sub(LoadUpTo4(input + i, depth - i), largest);
      StoreUpTo4(output + i, ExpFloat32x4(wasm_f32x4_mul(below, beta)), depth - i);
    }
    float sum = 0;
    for (size_t i = 0; i < depth; ++i) sum += output[i];
    for (size_t i = 0; i < depth; ++i) output[i] /= sum;
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_SOFTMAX_H_
