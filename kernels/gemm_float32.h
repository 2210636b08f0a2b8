// Matrix product of float32 activations and packed weights; the quantised one is gemm_quantized.h.

#ifndef WRANGLET_KERNELS_GEMM_FLOAT32_H_
#define WRANGLET_KERNELS_GEMM_FLOAT32_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/runs.h"
#include "kernels/tile_float32.h"

namespace wranglet {

struct GemmFloat32Params {
  int32_t rows = 1, depth = 1, cols = 1;
  FloatOutput output;
  bool fused = false;  // see MultiplyAdd

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("cols", cols), v("output", output), v("fused", fused);
  }
};

namespace gemm_internal {

template <bool kFused>
WRANGLET_NOINLINE inline void MultiplyFloat32(const GemmFloat32Params& params, const float* input,
                                              const float* packed_filter, const float* bias,
                                              float* output) {
  using Tile = Float32Tile<kFused>;
  const ClampFloat32x4 clamp(params.output);
  const Runs all{.length = params.depth};
  for (int32_t row = 0; row < params.rows; row += Tile::kRows) {
    const int32_t count = std::min(Tile::kRows, params.rows - row);
    const float* rows[Tile::kRows];
    float* out[Tile::kRows];
    for (int32_t i = 0; i < Tile::kRows; ++i) {
      const auto at = static_cast<size_t>(row + std::min(i, count - 1));
      rows[i] = input + at * static_cast<size_t>(params.depth);
      out[i] = output + at * static_cast<size_t>(params.cols);
    }
    Tile::MultiplyRows(rows, count, all, params.cols, packed_filter, bias, clamp, out);
  }
}

}  // namespace gemm_internal

// output[r][c] = clamp(bias[c] + sum over k of input[r][k] * filter[c][k]); PackGemmFloat32 packs.
WRANGLET_INLINE inline void GemmFloat32(const GemmFloat32Params& params, const float* input,
                                        const float* packed_filter, const float* bias,
                                        float* output) {
  using namespace gemm_internal;
  const auto multiply = params.fused ? MultiplyFloat32<true> : MultiplyFloat32<false>;
  multiply(params, input, packed_filter, bias, output);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_GEMM_FLOAT32_H_
