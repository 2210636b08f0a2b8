// The inner loop of every float32 matrix product and convolution: a few rows of activations by 8
// columns of weights. Products are summed in the order of depth, by one of the two kinds of
// MultiplyAdd, so that the result is the reference's to the bit, on the host as in the Worker.

#ifndef WRANGLET_KERNELS_TILE_FLOAT32_H_
#define WRANGLET_KERNELS_TILE_FLOAT32_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/multiply_add.h"
#include "kernels/params.h"
#include "kernels/quantized.h"
#include "kernels/runs.h"
#include "kernels/simd.h"

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

// What multiplies rows by columns of weights, a tile at a time, as Tile (tile_quantized.h) does;
// where kFused, each product and its sum are rounded once.
//
// The rows were chosen by measuring in V8 on x86-64, as GMAC/s of MobileNetV2's 1x1 convolutions.
// Fused, by 8 columns: 4 24.6, 5 27.7, 6 28.0; 4x12 25.2, 3x16 20.5, 8x4 20.1. Otherwise, where the
// product takes a register too: 4 21.1, 5 20.6, 6 20.5.
template <bool kFused>
struct Float32Tile {
  static constexpr int32_t kRows = kFused ? 6 : 4;

  // `count` (1 to kRows) rows, each of `runs`, against all of `columns`; results of a row are
  // contiguous.
  template <int kCount = kRows>
  static void MultiplyRows(const float* const (&rows)[kRows], int32_t count, const Runs& runs,
                           int32_t columns, const float* weights, const float* bias,
                           const ClampFloat32x4& clamp, float* const (&out)[kRows]) {
    if constexpr (kCount > 1) {
      if (count < kCount) {
        return MultiplyRows<kCount - 1>(rows, count, runs, columns, weights, bias, clamp, out);
      }
    }
    Multiply<kCount>(rows, runs, columns, weights, bias, clamp, out);
  }

 private:
  template <int kCount>
  WRANGLET_NOINLINE static void Multiply(const float* const (&rows)[kRows], const Runs& runs,
                                         int32_t columns, const float* weights, const float* bias,
                                         const ClampFloat32x4& clamp, float* const (&out)[kRows]) {
    const int32_t ends = runs.count * runs.pitch, pitch = runs.pitch, length = runs.length;
    for (int32_t column = 0; column < columns; column += kTileColumns) {
      v128_t low[kCount], high[kCount];
      for (int row = 0; row < kCount; ++row) {
        low[row] = wasm_v128_load(bias + column);
        high[row] = wasm_v128_load(bias + column + 4);
      }
      // Packed weights are [depth][kTileColumns].
      for (int32_t start = 0; start < ends; start += pitch) {
        for (int32_t k = start; k < start + length; ++k, weights += kTileColumns) {
          const v128_t columns_low = wasm_v128_load(weights);
          const v128_t columns_high = wasm_v128_load(weights + 4);
          for (int row = 0; row < kCount; ++row) {
            const v128_t value = wasm_v128_load32_splat(rows[row] + k);
            low[row] = MultiplyAdd<kFused>(value, columns_low, low[row]);
            high[row] = MultiplyAdd<kFused>(value, columns_high, high[row]);
          }
        }
      }
      const auto width = static_cast<size_t>(columns - column);
      for (int row = 0; row < kCount; ++row) {
        StoreUpTo4(out[row] + column, clamp(low[row]), width);
        if (width > 4) StoreUpTo4(out[row] + column + 4, clamp(high[row]), width - 4);
      }
    }
  }
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_FLOAT32_H_
