// The inner loop of matrix products and convolutions in which one factor has more than 8 bits: a
// few rows of activations by 8 columns of weights, by i32x4.dot_i16x8_s. Rows are widened to int16
// once, so that a pair of depth is spread over a vector by a load (v128.load32_splat), which on x86
// costs no arithmetic unit anything.
//
// Activations are int16 and weights int8, "16x8"; or activations int8 and weights int16, where a
// filter has a zero point and its weights, less that, take 9 bits.
//
// 4 rows by 8 columns were chosen by measuring in V8 on x86-64, as GMAC/s of 196x96 by 96x576:
// 4x8 34, 5x8 33, 6x8 34, 3x12 34, 4x12 34, 7x4 30, 2x16 31; spreading by shuffles 26.

#ifndef WRANGLET_KERNELS_TILE_PAIRS_H_
#define WRANGLET_KERNELS_TILE_PAIRS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/quantized.h"
#include "kernels/simd.h"

namespace wranglet {

// The most rows a tile has: with 8 columns that is 8 accumulators, which with the operands fit the
// 16 vector registers that engines have on x86.
inline constexpr int32_t kTileRows = 4;
// Rows deeper than this are widened piece by piece; 4 of them take 16 KB of the stack.
inline constexpr int32_t kWideDepth = 2048;

namespace tile_internal {

// int16 elements that a row of `depth` takes when it is widened by eights.
constexpr int32_t WideStride(int32_t depth) { return (depth + 7) / 8 * 8; }

// 8 elements as int16.
inline v128_t LoadWide(const int8_t* from) { return wasm_i16x8_load8x8(from); }
inline v128_t LoadWide(const int16_t* from) { return wasm_v128_load(from); }

// The first `count` of 8, zeros after them.
inline v128_t LoadWidePartial(const int8_t* from, size_t count) {
  return wasm_i16x8_extend_low_i8x16(LoadPartial8(from, count));
}
inline v128_t LoadWidePartial(const int16_t* from, size_t count) { return LoadUpTo8(from, count); }

// Widens elements [start, start + depth) of each row; zeros fill the last eight.
template <int kRows, typename In>
inline void Widen(const In* const (&rows)[kTileRows], int32_t start, int32_t depth, int16_t* wide) {
  for (int row = 0; row < kRows; ++row) {
    const In* from = rows[row] + start;
    int32_t k = 0;
    for (; k + 8 <= depth; k += 8) wasm_v128_store(wide + k, LoadWide(from + k));
    if (k < depth) {
      wasm_v128_store(wide + k, LoadWidePartial(from + k, static_cast<size_t>(depth - k)));
    }
    wide += WideStride(depth);
  }
}

// low[row], high[row] += activations x 8 columns of `weights`. Of a row of odd depth one element
// more is read.
template <int kRows, typename Weight>
inline void MultiplyAccumulate(const int16_t* const (&wide)[kRows], int32_t depth,
                               const Weight* weights, v128_t (&low)[kRows], v128_t (&high)[kRows]) {
#pragma clang loop unroll(disable)
  for (int32_t k = 0; k < depth; k += 2, weights += 2 * kTileColumns) {
    const v128_t columns_low = LoadWide(weights);
    const v128_t columns_high = LoadWide(weights + 8);
    for (int row = 0; row < kRows; ++row) {
      const v128_t pair = wasm_v128_load32_splat(wide[row] + k);
      low[row] = wasm_i32x4_add(low[row], wasm_i32x4_dot_i16x8(pair, columns_low));
      high[row] = wasm_i32x4_add(high[row], wasm_i32x4_dot_i16x8(pair, columns_high));
    }
  }
}

// PairTile's product for a known number of rows. (What it uses after a store is passed by value or
// copied: bytes may alias anything, so the rest would be loaded again after each store.)
template <int kRows, typename In, typename Weight, typename Requantize>
WRANGLET_NOINLINE inline void MultiplyRows(const In* const (&rows)[kTileRows], int32_t depth,
                                           int32_t columns, const Weight* weights,
                                           const typename Requantize::Bias* bias,
                                           const typename Requantize::Scale* scale,
                                           Requantize requantize, In* const (&out)[kTileRows]) {
  constexpr int32_t kPiece = std::min(kWideDepth, Requantize::kMostDepth);
  static_assert(kPiece % 8 == 0);
  alignas(16) int16_t wide[kRows * kPiece];
  const int16_t* from[kRows] = {};  // GCC takes them for maybe uninitialized otherwise
  In* to[kRows];
  for (int row = 0; row < kRows; ++row) to[row] = out[row];
  const auto widen = [&](int32_t start, int32_t piece) {
    const bool is_wide = sizeof(In) == 2 && piece % 2 == 0;  // and can be read where it is
    for (int row = 0; row < kRows; ++row) {
      from[row] = is_wide ? reinterpret_cast<const int16_t*>(rows[row] + start)
                          : wide + row * WideStride(piece);
    }
    if (!is_wide) Widen<kRows>(rows, start, piece, wide);
  };
  if (depth <= kPiece) widen(0, depth);
  for (int32_t column = 0; column < columns; column += Requantize::kColumns) {
    typename Requantize::template Sums<kRows> sums(bias + column);
    for (int32_t start = 0; start < depth; start += kPiece) {
      const int32_t piece = std::min(kPiece, depth - start);
      if (depth > kPiece) widen(start, piece);
      if (start > 0) sums.Carry();
      MultiplyAccumulate<kRows>(from, piece, weights, sums.low, sums.high);
      weights += PackedElements(piece, 2);
    }
    const auto width = static_cast<size_t>(std::min(columns - column, Requantize::kColumns));
    const typename Requantize::Scales scales(scale + column);
    FinishSums(requantize, sums, scales);
    for (int row = 0; row < kRows; ++row) {
      StoreUpTo8(to[row] + column, requantize(sums, row, scales), width);
    }
  }
}

}  // namespace tile_internal

// What multiplies rows of In by columns of Weight, a tile at a time: see Tile.
template <typename In, typename Weight>
struct PairTile {
  static constexpr int32_t kRows = kTileRows;
  static constexpr int32_t kDepthStep = 2;
  static constexpr int32_t kActivationOffset = 0;

  template <typename Requantize>
  static void MultiplyRows(const In* const (&rows)[kRows], int32_t count, int32_t depth,
                           int32_t columns, const Weight* weights,
                           const typename Requantize::Bias* bias,
                           const typename Requantize::Scale* scale, const Requantize& requantize,
                           In* const (&out)[kRows]) {
    static_assert(kRows == 4);
    const auto multiply = [&]<int kCount>() {
      tile_internal::MultiplyRows<kCount>(rows, depth, columns, weights, bias, scale, requantize,
                                          out);
    };
    switch (count) {
      case 4:
        return multiply.template operator()<4>();
      case 3:
        return multiply.template operator()<3>();
      case 2:
        return multiply.template operator()<2>();
      default:
        return multiply.template operator()<1>();
    }
  }
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_PAIRS_H_
