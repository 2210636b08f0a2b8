// The inner loop of every int8 matrix product and convolution: a few rows of activations by 8
// columns of weights, by i32x4.dot_i16x8_s. Rows are widened to int16 once, so that a pair of depth
// is spread over a vector by a load (v128.load32_splat), which on x86 costs no arithmetic unit
// anything.
//
// 4 rows by 8 columns were chosen by measuring in V8 on x86-64, as GMAC/s of 196x96 by 96x576:
// 4x8 34, 5x8 33, 6x8 34, 3x12 34, 4x12 34, 7x4 30, 2x16 31; spreading by shuffles 26.

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
// Rows deeper than this are widened piece by piece; 4 of them take 16 KB of the stack.
inline constexpr int32_t kWideDepth = 2048;

// Bytes of packed weights a block of kTileColumns columns takes: pairs of depth, each 8 columns
// by 2.
constexpr size_t PackedBlockBytes(int32_t depth) {
  return static_cast<size_t>((depth + 1) / 2) * 2 * kTileColumns;
}

namespace tile_int8_internal {

// int16 elements that a row of `depth` takes when it is widened by eights.
constexpr int32_t WideStride(int32_t depth) { return (depth + 7) / 8 * 8; }

// Widens elements [start, start + depth) of each row; zeros fill the last eight.
template <int kRows>
inline void Widen(const int8_t* const (&rows)[kTileRows], int32_t start, int32_t depth,
                  int16_t* wide) {
  for (int row = 0; row < kRows; ++row) {
    const int8_t* from = rows[row] + start;
    int32_t k = 0;
    for (; k + 8 <= depth; k += 8) wasm_v128_store(wide + k, wasm_i16x8_load8x8(from + k));
    if (k < depth) {
      const v128_t bytes = LoadPartial8(from + k, static_cast<size_t>(depth - k));
      wasm_v128_store(wide + k, wasm_i16x8_extend_low_i8x16(bytes));
    }
    wide += WideStride(depth);
  }
}

// low[row], high[row] += widened activations x 8 columns of `weights`.
template <int kRows>
inline void MultiplyAccumulate(const int16_t* wide, int32_t depth, const int8_t* weights,
                               v128_t (&low)[kRows], v128_t (&high)[kRows]) {
  const int32_t stride = WideStride(depth);
#pragma clang loop unroll_count(2)
  for (int32_t k = 0; k < depth; k += 2, weights += 2 * kTileColumns) {
    const v128_t columns_low = wasm_i16x8_load8x8(weights);
    const v128_t columns_high = wasm_i16x8_load8x8(weights + 8);
    for (int row = 0; row < kRows; ++row) {
      const v128_t pair = wasm_v128_load32_splat(wide + row * stride + k);
      low[row] = wasm_i32x4_add(low[row], wasm_i32x4_dot_i16x8(pair, columns_low));
      high[row] = wasm_i32x4_add(high[row], wasm_i32x4_dot_i16x8(pair, columns_high));
    }
  }
}

// TileRowInt8 for a known number of rows. (What it uses after a store is passed by value or copied:
// bytes may alias anything, so the rest would be loaded again after each store.)
template <int kRows>
inline void MultiplyRows(const int8_t* const (&rows)[kTileRows], int32_t depth, int32_t columns,
                         const int8_t* weights, const int32_t* bias, const float* scale,
                         RequantizeInt8 requantize, int8_t* const (&out)[kTileRows]) {
  alignas(16) int16_t wide[kRows * kWideDepth];
  int8_t* to[kRows];
  for (int row = 0; row < kRows; ++row) to[row] = out[row];
  for (int32_t column = 0; column < columns; column += kTileColumns) {
    v128_t low[kRows], high[kRows];
    for (int row = 0; row < kRows; ++row) {
      low[row] = wasm_v128_load(bias + column);
      high[row] = wasm_v128_load(bias + column + 4);
    }
    for (int32_t start = 0; start < depth; start += kWideDepth) {
      const int32_t piece = std::min(kWideDepth, depth - start);
      if (column == 0 || depth > kWideDepth) Widen<kRows>(rows, start, piece, wide);
      MultiplyAccumulate<kRows>(wide, piece, weights, low, high);
      weights += PackedBlockBytes(piece);
    }
    const auto width = static_cast<size_t>(columns - column);
    const v128_t scale_low = wasm_v128_load(scale + column);
    const v128_t scale_high = wasm_v128_load(scale + column + 4);
    for (int row = 0; row < kRows; ++row) {
      StoreUpTo8(to[row] + column, requantize(low[row], high[row], scale_low, scale_high), width);
    }
  }
}

}  // namespace tile_int8_internal

// `row_count` (1 to kTileRows) rows of `depth` activations against all of `columns`. rows[i] may
// lie anywhere; the results of a row are contiguous from out[i] on. `weights`, `bias` and `scale`
// are PackGemmInt8's.
inline void TileRowInt8(const int8_t* const (&rows)[kTileRows], int32_t row_count, int32_t depth,
                        int32_t columns, const int8_t* weights, const int32_t* bias,
                        const float* scale, const RequantizeInt8& requantize,
                        int8_t* const (&out)[kTileRows]) {
  using tile_int8_internal::MultiplyRows;
  static_assert(kTileRows == 4 && kWideDepth % 8 == 0);
  switch (row_count) {
    case 4:
      return MultiplyRows<4>(rows, depth, columns, weights, bias, scale, requantize, out);
    case 3:
      return MultiplyRows<3>(rows, depth, columns, weights, bias, scale, requantize, out);
    case 2:
      return MultiplyRows<2>(rows, depth, columns, weights, bias, scale, requantize, out);
    default:
      return MultiplyRows<1>(rows, depth, columns, weights, bias, scale, requantize, out);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_INT8_H_
