// Softmax over the last axis. Called by steps.cc.

#ifndef WRANGLET_KERNELS_SOFTMAX_H_
#define WRANGLET_KERNELS_SOFTMAX_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/exp.h"
#include "kernels/params.h"
#include "kernels/requantize.h"

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

inline void SoftmaxFloat32(const SoftmaxFloat32Params& params, const float* input, float* output) {
  const auto depth = static_cast<size_t>(params.depth);
  for (int32_t row = 0; row < params.rows; ++row, input += depth, output += depth) {
    const float largest = *std::max_element(input, input + depth);
    float sum = 0;
    for (size_t i = 0; i < depth; ++i) {
      output[i] = Exp((input[i] - largest) * params.beta);
      sum += output[i];
    }
    for (size_t i = 0; i < depth; ++i) output[i] /= sum;
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_SOFTMAX_H_
