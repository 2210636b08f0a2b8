// Matrix product of int8 by int8 whose sums fit int16, bias included: a column is a lane from the
// products (PairDot) to the requantisation (requantize_lanes.h). For rows so short that
// requantisation would take as long as products: the first layers of small networks.

#ifndef WRANGLET_KERNELS_GEMM_LANES_H_
#define WRANGLET_KERNELS_GEMM_LANES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/byte_dot.h"
#include "kernels/pair_dot.h"
#include "kernels/params.h"
#include "kernels/quantized.h"
#include "kernels/requantize_lanes.h"
#include "kernels/runs.h"
#include "kernels/simd.h"
#include "kernels/tile_words.h"

namespace wranglet {

// Which products, and how their rows and columns are divided.
struct LaneProduct {
  static constexpr int32_t kRows = 4, kColumns = 16;  // that are multiplied at once
  static constexpr int32_t kMostDepth = 32;
  // Columns whose weights, by pairs of depth, are kept.
  static constexpr int32_t kMostColumns = 512;

  static constexpr bool Serves(int32_t depth, int32_t columns) {
    return depth <= kMostDepth && columns <= kMostColumns;
  }

  // Whether that is faster than pairs, too: where vectors of columns are mostly full. In V8 on
  // x86-64 without AVX-VNNI, beside ByPairs: 2304x8x48 0.59, 12544x16x96 0.59, 3136x24x144 0.62,
  // 784x32x192 0.62, 576x16x32 0.66, 12544x24x16 0.72; and 2304x16x8 1.24.
  static constexpr bool Pays(int32_t rows, int32_t depth, int32_t columns) {
    const int32_t filled = (columns + kColumns - 1) / kColumns * kColumns;
    return Serves(depth, columns) && rows >= kRows && 4 * columns >= 3 * filled;
  }
};

namespace gemm_lanes_internal {

inline constexpr int32_t kRows = LaneProduct::kRows, kColumns = LaneProduct::kColumns;

// Packed quads of depth of 8 columns become pairs of depth: [pairs][16 columns][2], of which these
// are the columns from `to` on.
inline void PairWeights(const int8_t* quads, int32_t depth, int8_t* to) {
  for (int32_t k = 0; k < depth; k += 4, quads += 4 * kTileColumns, to += 4 * kColumns) {
    const v128_t low = wasm_v128_load(quads), high = wasm_v128_load(quads + 16);
    wasm_v128_store(to, wasm_i16x8_shuffle(low, high, 0, 2, 4, 6, 8, 10, 12, 14));
    wasm_v128_store(to + 2 * kColumns, wasm_i16x8_shuffle(low, high, 1, 3, 5, 7, 9, 11, 13, 15));
  }
}

// Copies 4 rows, moved by 128 to be unsigned, each pair of depth twice: [pairs][4 rows][2][2].
// Reads up to 7 bytes behind them.
inline void CopyPairs(const int8_t* const (&rows)[kRows], int32_t depth, uint8_t* to) {
  const v128_t sign = wasm_i8x16_splat(-128);
  for (int32_t k = 0; k < depth; k += 8) {
    v128_t halves[2];
    words_internal::InterleavePairs(rows[0] + k, rows[1] + k, rows[2] + k, rows[3] + k, halves[0],
                                    halves[1]);
    for (const v128_t half : halves) {
      const v128_t bytes = wasm_v128_xor(half, sign);
      wasm_v128_store(to, wasm_i16x8_shuffle(bytes, bytes, 0, 0, 1, 1, 2, 2, 3, 3));
      wasm_v128_store(to + 16, wasm_i16x8_shuffle(bytes, bytes, 4, 4, 5, 5, 6, 6, 7, 7));
      to += 32;
    }
  }
}

// Multiplies 4 rows by all columns.
WRANGLET_NOINLINE inline void MultiplyRows(const uint8_t* panel, int32_t pairs,
                                           const int8_t* weights, const int16_t* starts,
                                           const int16_t* multipliers, int32_t columns,
                                           const RequantizeLanes& requantize,
                                           int8_t* const* all_out) {
  int8_t* out[kRows];
  for (int row = 0; row < kRows; ++row) out[row] = all_out[row];
  for (int32_t column = 0; column < columns; column += kColumns) {
    v128_t low[kRows], high[kRows];
    const v128_t start_low = wasm_v128_load(starts + column);
    const v128_t start_high = wasm_v128_load(starts + column + 8);
    for (int row = 0; row < kRows; ++row) low[row] = start_low, high[row] = start_high;
    const uint8_t* at = panel;
#pragma clang loop unroll(disable)
    for (const uint8_t* const end = panel + pairs * 4 * kRows; at < end; at += 4 * kRows) {
      const v128_t first = wasm_v128_load(weights), second = wasm_v128_load(weights + 16);
      for (int row = 0; row < kRows; ++row) {
        const v128_t pair = wasm_v128_load32_splat(at + 4 * row);
        low[row] = wasm_i16x8_add(low[row], PairDot(first, pair));
        high[row] = wasm_i16x8_add(high[row], PairDot(second, pair));
      }
      weights += 2 * kColumns;
    }
    ReloadConstants();
    const RequantizeLanes constants = requantize;
    const v128_t multiplier_low = wasm_v128_load(multipliers + column);
    const v128_t multiplier_high = wasm_v128_load(multipliers + column + 8);
    const auto count = static_cast<size_t>(columns - column);
    for (int row = 0; row < kRows; ++row) {
      const v128_t result = constants(low[row], high[row], multiplier_low, multiplier_high);
      int8_t* const to = out[row] + column;
      if (count >= 16) {
        wasm_v128_store(to, result);
      } else {
        StoreUpTo8(to, result, count);
        if (count > 8) StoreUpperUpTo8(to + 8, result, count - 8);
      }
    }
  }
}

}  // namespace gemm_lanes_internal

// A product that LaneProduct serves, where use_pair_dot; LaneSums tells which filters. The packed
// arguments are PackGemm's.
WRANGLET_NOINLINE inline void GemmByLanes(int32_t rows, int32_t depth, int32_t columns,
                                          const Int8Output& output, const int8_t* input,
                                          const int8_t* packed_filter, const int32_t* bias,
                                          const float* scale, int8_t* out) {
  using namespace gemm_lanes_internal;
  const RequantizeLanes requantize(output);
  const int32_t quads = (depth + 3) / 4, pairs = 2 * quads;
  const int32_t block = pairs * 2 * kColumns, whole = columns / kColumns;
  alignas(16) int8_t weights[LaneProduct::kMostColumns * LaneProduct::kMostDepth];
  alignas(16) int16_t starts[LaneProduct::kMostColumns], multipliers[LaneProduct::kMostColumns];
  if (columns % kColumns > 0) {
    // Of these packed weights may have half.
    std::fill_n(weights + whole * block, block, int8_t{0});
    std::fill_n(starts + whole * kColumns, kColumns, int16_t{0});
    std::fill_n(multipliers + whole * kColumns, kColumns, int16_t{0});
  }
  for (int32_t column = 0; column < columns; column += kTileColumns) {
    const int32_t half = column % kColumns * 2;
    PairWeights(packed_filter, depth, weights + column / kColumns * block + half);
    packed_filter += 4 * kTileColumns * quads;
    StoreMultipliers(scale + column, multipliers + column);
    wasm_v128_store(starts + column, wasm_i16x8_narrow_i32x4(wasm_v128_load(bias + column),
                                                             wasm_v128_load(bias + column + 4)));
  }
  alignas(16) uint8_t panel[kRows * 2 * LaneProduct::kMostDepth];
  const RowsByEights<LaneProduct::kMostDepth> all(input, rows, depth);
  for (int32_t row = 0; row < rows; row += kRows) {
    const int8_t* from[kRows];
    int8_t* to[kRows];
    for (int32_t i = 0; i < kRows; ++i) {
      const int32_t at = std::min(row + i, rows - 1);
      from[i] = all[at], to[i] = out + at * columns;
    }
    CopyPairs(from, depth, panel);
    MultiplyRows(panel, pairs, weights, starts, multipliers, columns, requantize, to);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_GEMM_LANES_H_
