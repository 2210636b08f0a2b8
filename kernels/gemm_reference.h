// The definition of the matrix products, on plain weights; tests hold the kernels against it.

#ifndef WRANGLET_KERNELS_GEMM_REFERENCE_H_
#define WRANGLET_KERNELS_GEMM_REFERENCE_H_

#include <algorithm>
#include <cstdint>

#include "kernels/gemm_float32.h"
#include "kernels/gemm_quantized.h"
#include "kernels/multiply_add.h"
#include "kernels/requantize_reference.h"
#include "kernels/simd.h"

namespace wranglet {

// `filter` is [cols][depth], `bias` as in the network (the zero point not yet in it).
template <typename In, typename Weight, typename Requantize>
inline void GemmReference(const GemmParams<In, Weight, Requantize>& params,
                          int32_t input_zero_point, const In* input, const Weight* filter,
                          const typename Requantize::Bias* bias,
                          const typename Requantize::Scale* scale, In* output) {
  for (int32_t r = 0; r < params.rows; ++r) {
    for (int32_t c = 0; c < params.cols; ++c) {
      auto sum = static_cast<SumOf<In>>(bias[c]);
      for (int32_t k = 0; k < params.depth; ++k) {
        sum += (input[r * params.depth + k] - input_zero_point) * filter[c * params.depth + k];
      }
      output[r * params.cols + c] = RequantizeReference(sum, scale[c], params.output);
    }
  }
}

// One MultiplyAdd. (What a fused one computes is the engine's affair; multiply_add_test.cc.)
inline float MultiplyAddReference(bool fused, float a, float b, float sum) {
  const v128_t x = wasm_f32x4_splat(a), y = wasm_f32x4_splat(b), z = wasm_f32x4_splat(sum);
  return fused ? wasm_f32x4_extract_lane(MultiplyAdd<true>(x, y, z), 0) : sum + a * b;
}

inline void GemmFloat32Reference(const GemmFloat32Params& params, const float* input,
                                 const float* filter, const float* bias, float* output) {
  for (int32_t r = 0; r < params.rows; ++r) {
    for (int32_t c = 0; c < params.cols; ++c) {
      float sum = bias[c];
      for (int32_t k = 0; k < params.depth; ++k) {
        sum = MultiplyAddReference(params.fused, input[r * params.depth + k],
                                   filter[c * params.depth + k], sum);
      }
      output[r * params.cols + c] = std::clamp(sum, params.output.min, params.output.max);
    }
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_GEMM_REFERENCE_H_
