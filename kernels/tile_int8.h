// The inner loop of every int8 matrix product and convolution: kRows rows of activations by 8
// columns of weights, by i32x4.dot_i16x8_s.

#ifndef WRANGLET_KERNELS_TILE_INT8_H_
#define WRANGLET_KERNELS_TILE_INT8_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/requantize.h"
#include "kernels/simd.h"

namespace wranglet {

// Packed weights, bias and scale come in blocks of this many columns, the last one filled with
// zeros.
inline constexpr int32_t kTileColumns = 8;
// The most rows a tile has: with 8 columns that is 8 accumulators, which with the operands fit the
// 16 vector registers that engines have on x86.
inline constexpr int32_t kTileRows = 4;

// Bytes of packed weights a block of kTileColumns columns takes: pairs of depth, each 8 columns
// by 2.
constexpr size_t PackedBlockBytes(int32_t depth) {
  return static_cast<size_t>((depth + 1) / 2) * 2 * kTileColumns;
}

namespace tile_int8_internal {

// acc[row] += activations (int16, one pair of depth chosen by kPair) x 8 columns of `weights`.
template <int kRows, int kPair>
inline void MultiplyPair(const v128_t (&activations)[kRows], const int8_t* weights,
                         v128_t (&low)[kRows], v128_t (&high)[kRows]) {
  const v128_t columns_low = wasm_i16x8_load8x8(weights);
  const v128_t columns_high = wasm_i16x8_load8x8(weights + 8);
  for (int row = 0; row < kRows; ++row) {
    const v128_t pair =
        wasm_i32x4_shuffle(activations[row], activations[row], kPair, kPair, kPair, kPair);
    low[row] = wasm_i32x4_add(low[row], wasm_i32x4_dot_i16x8(pair, columns_low));
    high[row] = wasm_i32x4_add(high[row], wasm_i32x4_dot_i16x8(pair, columns_high));
  }
}

}  // namespace tile_int8_internal

// One tile. rows[i] points to `depth` activations, out[i] to `columns` (1 to 8) results; `weights`,
// `bias` and `scale` are one packed block.
template <int kRows>
inline void TileInt8(const int8_t* const (&rows)[kTileRows], int32_t depth, const int8_t* weights,
                     const int32_t* bias, const float* scale, const RequantizeInt8& requantize,
                     int8_t* const (&out)[kTileRows], size_t columns) {
  using tile_int8_internal::MultiplyPair;
  v128_t low[kRows], high[kRows], activations[kRows];
  for (int row = 0; row < kRows; ++row) {
    low[row] = wasm_v128_load(bias);
    high[row] = wasm_v128_load(bias + 4);
  }
  int32_t k = 0;
  for (; k + 8 <= depth; k += 8, weights += 8 * kTileColumns) {
    for (int row = 0; row < kRows; ++row) activations[row] = wasm_i16x8_load8x8(rows[row] + k);
    MultiplyPair<kRows, 0>(activations, weights, low, high);
    MultiplyPair<kRows, 1>(activations, weights + 16, low, high);
    MultiplyPair<kRows, 2>(activations, weights + 32, low, high);
    MultiplyPair<kRows, 3>(activations, weights + 48, low, high);
  }
  if (const int32_t left = depth - k; left > 0) {
    for (int row = 0; row < kRows; ++row) {
      const v128_t bytes = LoadPartial8(rows[row] + k, static_cast<size_t>(left));
      activations[row] = wasm_i16x8_extend_low_i8x16(bytes);
    }
    MultiplyPair<kRows, 0>(activations, weights, low, high);
    if (left > 2) MultiplyPair<kRows, 1>(activations, weights + 16, low, high);
    if (left > 4) MultiplyPair<kRows, 2>(activations, weights + 32, low, high);
    if (left > 6) MultiplyPair<kRows, 3>(activations, weights + 48, low, high);
  }
  const v128_t scale_low = wasm_v128_load(scale);
  const v128_t scale_high = wasm_v128_load(scale + 4);
  for (int row = 0; row < kRows; ++row) {
    StoreUpTo8(out[row], requantize(low[row], high[row], scale_low, scale_high), columns);
  }
}

// `row_count` (1 to kTileRows) rows against all of `columns`; results of a row are contiguous.
inline void TileRowInt8(const int8_t* const (&rows)[kTileRows], int32_t row_count, int32_t depth,
                        int32_t columns, const int8_t* weights, const int32_t* bias,
                        const float* scale, const RequantizeInt8& requantize,
                        int8_t* const (&out)[kTileRows]) {
  for (int32_t column = 0; column < columns; column += kTileColumns) {
    int8_t* tile_out[kTileRows];
    for (int row = 0; row < kTileRows; ++row) tile_out[row] = out[row] + column;
    const auto width = static_cast<size_t>(std::min(kTileColumns, columns - column));
    const auto run = [&]<int kRows>() {
      TileInt8<kRows>(rows, depth, weights, bias + column, scale + column, requantize, tile_out,
                      width);
    };
    switch (row_count) {
      case 4:
        run.operator()<4>();
        break;
      case 3:
        run.operator()<3>();
        break;
      case 2:
        run.operator()<2>();
        break;
      default:
        run.operator()<1>();
    }
    weights += PackedBlockBytes(depth);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_INT8_H_
