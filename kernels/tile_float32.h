// The inner loop of every float32 matrix product and convolution: kRows rows of activations by 8
// columns of weights. Products are summed in the order of depth, without contraction, so that the
// result is the reference's to the bit, on the host as in the Worker.

#ifndef WRANGLET_KERNELS_TILE_FLOAT32_H_
#define WRANGLET_KERNELS_TILE_FLOAT32_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_pairs.h"

namespace wranglet {

// Keeps values in [min, max], as std::clamp does.
class ClampFloat32x4 {
 public:
  explicit ClampFloat32x4(const FloatOutput& output)
      : min_(wasm_f32x4_splat(output.min)), max_(wasm_f32x4_splat(output.max)) {}

  v128_t operator()(v128_t value) const {
    return wasm_f32x4_pmin(wasm_f32x4_pmax(value, min_), max_);
  }

 private:
  v128_t min_, max_;
};

// One tile; see MultiplyRows. Packed weights are [depth][kTileColumns].
template <int kRows>
inline void TileFloat32(const float* const (&rows)[kTileRows], int32_t depth, const float* weights,
                        const float* bias, const ClampFloat32x4& clamp,
                        float* const (&out)[kTileRows], size_t columns) {
  v128_t low[kRows], high[kRows];
  for (int row = 0; row < kRows; ++row) {
    low[row] = wasm_v128_load(bias);
    high[row] = wasm_v128_load(bias + 4);
  }
  for (int32_t k = 0; k < depth; ++k, weights += kTileColumns) {
    const v128_t columns_low = wasm_v128_load(weights);
    const v128_t columns_high = wasm_v128_load(weights + 4);
    for (int row = 0; row < kRows; ++row) {
      const v128_t value = wasm_v128_load32_splat(rows[row] + k);
      low[row] = wasm_f32x4_add(low[row], wasm_f32x4_mul(value, columns_low));
      high[row] = wasm_f32x4_add(high[row], wasm_f32x4_mul(value, columns_high));
    }
  }
  for (int row = 0; row < kRows; ++row) {
    StoreUpTo4(out[row], clamp(low[row]), columns);
    if (columns > 4) StoreUpTo4(out[row] + 4, clamp(high[row]), columns - 4);
  }
}

// `row_count` (1 to kTileRows) rows against all of `columns`; results of a row are contiguous.
WRANGLET_NOINLINE inline void TileRowFloat32(const float* const (&rows)[kTileRows],
                                             int32_t row_count, int32_t depth, int32_t columns,
                                             const float* weights, const float* bias,
                                             const ClampFloat32x4& clamp,
                                             float* const (&out)[kTileRows]) {
  for (int32_t column = 0; column < columns; column += kTileColumns) {
    float* tile_out[kTileRows];
    for (int row = 0; row < kTileRows; ++row) tile_out[row] = out[row] + column;
    const auto width = static_cast<size_t>(std::min(kTileColumns, columns - column));
    if (row_count == kTileRows) {
      TileFloat32<kTileRows>(rows, depth, weights, bias + column, clamp, tile_out, width);
    } else {
      for (int32_t row = 0; row < row_count; ++row) {
        const float* const one_row[kTileRows] = {rows[row]};
        float* const one_out[kTileRows] = {tile_out[row]};
        TileFloat32<1>(one_row, depth, weights, bias + column, clamp, one_out, width);
      }
    }
    weights += static_cast<size_t>(depth) * kTileColumns;
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_FLOAT32_H_
