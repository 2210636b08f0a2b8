// The definition of the matrix products, on plain weights; tests hold the kernels against it.

#ifndef WRANGLET_KERNELS_GEMM_REFERENCE_H_
#define WRANGLET_KERNELS_GEMM_REFERENCE_H_

#include <algorithm>
#include <cstdint>

#include "kernels/gemm_float32.h"
#include "kernels/gemm_int8.h"
#include "kernels/requantize.h"

namespace wranglet {

// `filter` is [cols][depth], `bias` as in the network (the zero point not yet in it).
inline void GemmInt8Reference(const GemmInt8Params& params, int32_t input_zero_point,
                              const int8_t* input, const int8_t* filter, const int32_t* bias,
                              const float* scale, int8_t* output) {
  for (int32_t r = 0; r < params.rows; ++r) {
    for (int32_t c = 0; c < params.cols; ++c) {
      int32_t sum = bias[c];
      for (int32_t k = 0; k < params.depth; ++k) {
        sum += (input[r * params.depth + k] - input_zero_point) * filter[c * params.depth + k];
      }
      output[r * params.cols + c] = RequantizeInt8Reference(sum, scale[c], params.output);
    }
  }
}

inline void GemmFloat32Reference(const GemmFloat32Params& params, const float* input,
                                 const float* filter, const float* bias, float* output) {
  for (int32_t r = 0; r < params.rows; ++r) {
    for (int32_t c = 0; c < params.cols; ++c) {
      float sum = bias[c];
      for (int32_t k = 0; k < params.depth; ++k) {
        sum += input[r * params.depth + k] * filter[c * params.depth + k];
      }
      output[r * params.cols + c] = std::clamp(sum, params.output.min, params.output.max);
    }
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_GEMM_REFERENCE_H_
