// Matrix product of float32 activations and packed weights; the quantised one is gemm_quantized.h.

#ifndef WRANGLET_KERNELS_GEMM_FLOAT32_H_
#define WRANGLET_KERNELS_GEMM_FLOAT32_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/tile_float32.h"

namespace wranglet {

struct GemmFloat32Params {
  int32_t rows = 1, depth = 1, cols = 1;
  FloatOutput output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("cols", cols), v("output", output);
  }
};

// output[r][c] = clamp(bias[c] + sum over k of input[r][k] * filter[c][k]); PackGemmFloat32 packs.
inline void GemmFloat32(const GemmFloat32Params& params, const float* input,
                        const float* packed_filter, const float* bias, float* output) {
  const ClampFloat32x4 clamp(params.output);
  for (int32_t row = 0; row < params.rows; row += kTileRows) {
    const int32_t count = std::min(kTileRows, params.rows - row);
    const float* rows[kTileRows];
    float* out[kTileRows];
    for (int32_t i = 0; i < kTileRows; ++i) {
      const auto at = static_cast<size_t>(row + std::min(i, count - 1));
      rows[i] = input + at * static_cast<size_t>(params.depth);
      out[i] = output + at * static_cast<size_t>(params.cols);
    }
    TileRowFloat32(rows, count, params.depth, params.cols, packed_filter, bias, clamp, out);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_GEMM_FLOAT32_H_
