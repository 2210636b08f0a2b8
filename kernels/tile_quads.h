// The inner loop of matrix products and convolutions of int8 by int8: 6 rows of activations by 8
// columns of weights, four of depth in each lane. Rows are copied once, moved by 128 to be
// unsigned, so that a quad of depth is spread over a vector by a load (v128.load32_splat), which on
// x86 costs no arithmetic unit anything.
//
// 6 rows by 8 columns were chosen by measuring in V8 on x86-64 with AVX-VNNI, as GMAC/s of
// 12544x16x96, 196x576x96 and 49x960x160, rows x columns: 6x8 54 94 88, 5x8 51 80 81, 4x8 44 72 71;
// 12 sums and their operands just fit in 15 registers, if constants that come after are kept out of
// them (6x8 with these: 42 55 50). Moved to unsigned in the loop, 5x8 takes a quarter longer.

#ifndef WRANGLET_KERNELS_TILE_QUADS_H_
#define WRANGLET_KERNELS_TILE_QUADS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/byte_dot.h"
#include "kernels/pair_dot.h"
#include "kernels/quantized.h"
#include "kernels/runs.h"
#include "kernels/simd.h"

namespace wranglet {

namespace quads_internal {

// Rows deeper than this are copied piece by piece.
inline constexpr int32_t kPiece = 2048;

// Elements that a copied row takes.
constexpr int32_t Stride(int32_t depth) { return (depth + 15) / 16 * 16; }

// The two ways to multiply. Each copies 16 activations (Store) and adds the products of kRows rows
// with 8 columns to `low` and `high` (MultiplyAccumulate).

struct ByBytes {
  using Copied = uint8_t;
  static constexpr int kRows = 6;
  static constexpr bool kHasSingle = true;  // whether the last row alone has code of its own

  static void Store(v128_t bytes, uint8_t* to) { wasm_v128_store(to, bytes); }

  template <int kRows>
  static void MultiplyAccumulate(const uint8_t* copied, int32_t depth, const int8_t* weights,
                                 v128_t (&low)[kRows], v128_t (&high)[kRows]) {
    const int32_t stride = Stride(depth);
    const uint8_t* rows[kRows];
    for (int row = 0; row < kRows; ++row) rows[row] = copied + row * stride;
    MultiplyAccumulate(rows, 0, depth, weights, low, high);
  }

  // Adds the products of bytes [start, end) of rows that lie anywhere. Returns where the weights
  // end.
  template <int kRows>
  static const int8_t* MultiplyAccumulate(const uint8_t* const (&rows)[kRows], int32_t start,
                                          int32_t end, const int8_t* weights, v128_t (&low)[kRows],
                                          v128_t (&high)[kRows]) {
    int32_t k = start;
    if constexpr (kRows == 1) {
      // Two more sums, since each waits for itself.
      v128_t low_odd = wasm_i32x4_splat(0), high_odd = low_odd;
      for (; k + 8 <= end; k += 8, weights += 8 * kTileColumns) {
        const v128_t even = wasm_v128_load32_splat(rows[0] + k);
        const v128_t odd = wasm_v128_load32_splat(rows[0] + k + 4);
        low[0] = ByteDotAdd(wasm_v128_load(weights), even, low[0]);
        high[0] = ByteDotAdd(wasm_v128_load(weights + 16), even, high[0]);
        low_odd = ByteDotAdd(wasm_v128_load(weights + 32), odd, low_odd);
        high_odd = ByteDotAdd(wasm_v128_load(weights + 48), odd, high_odd);
      }
      low[0] = wasm_i32x4_add(low[0], low_odd), high[0] = wasm_i32x4_add(high[0], high_odd);
    }
#pragma clang loop unroll(disable)
    for (; k < end; k += 4, weights += 4 * kTileColumns) {
      const v128_t columns_low = wasm_v128_load(weights);
      const v128_t columns_high = wasm_v128_load(weights + 16);
      for (int row = 0; row < kRows; ++row) {
        const v128_t quad = wasm_v128_load32_splat(rows[row] + k);
        low[row] = ByteDotAdd(columns_low, quad, low[row]);
        high[row] = ByteDotAdd(columns_high, quad, high[row]);
      }
    }
    return weights;
  }
};

// Bytes of weights that fit PairLanes::OfRuns: the products of two quads are summed in int16 before
// they are widened. In V8 on x86-64 without AVX-VNNI, beside widening activations to int16, of
// 12544x16x96, 784x32x192 and 196x384x64: 3 rows 0.82 0.78 0.68 of the time, 4 rows 0.76 0.72 0.61,
// 6 rows, one half of the columns after the other, 0.76 0.79 0.80; each quad widened by itself, 4
// rows 0.85 0.83 0.76.
struct ByPairs {
  static constexpr int kRows = 4;
  static constexpr bool kHasSingle = false;

  template <int kRows>
  static const int8_t* MultiplyAccumulate(const uint8_t* const (&rows)[kRows], int32_t start,
                                          int32_t end, const int8_t* weights, v128_t (&low)[kRows],
                                          v128_t (&high)[kRows]) {
    int32_t k = start;
#pragma clang loop unroll(disable)
    for (; k + 4 < end; k += 8, weights += 8 * kTileColumns) {
      const v128_t even_low = wasm_v128_load(weights), even_high = wasm_v128_load(weights + 16);
      const v128_t odd_low = wasm_v128_load(weights + 32), odd_high = wasm_v128_load(weights + 48);
      for (int row = 0; row < kRows; ++row) {
        const v128_t even = wasm_v128_load32_splat(rows[row] + k);
        const v128_t odd = wasm_v128_load32_splat(rows[row] + k + 4);
        const v128_t pairs_low = wasm_i16x8_add(PairDot(even_low, even), PairDot(odd_low, odd));
        const v128_t pairs_high = wasm_i16x8_add(PairDot(even_high, even), PairDot(odd_high, odd));
        low[row] = AddWidened(pairs_low, low[row]), high[row] = AddWidened(pairs_high, high[row]);
      }
    }
    if (k >= end) return weights;
    const AddProducts<true> add;
    for (int row = 0; row < kRows; ++row) {
      const v128_t quad = wasm_v128_load32_splat(rows[row] + k);
      low[row] = add(wasm_v128_load(weights), quad, low[row]);
      high[row] = add(wasm_v128_load(weights + 16), quad, high[row]);
    }
    return weights + 4 * kTileColumns;
  }
};

// Each quad as its even elements and then its odd ones, since that is how weights are widened.
struct ByWords {
  using Copied = int16_t;

  static void Store(v128_t bytes, int16_t* to) {
    const v128_t even = wasm_v128_and(bytes, wasm_i16x8_splat(0xff));
    const v128_t odd = wasm_u16x8_shr(bytes, 8);
    wasm_v128_store(to, wasm_i32x4_shuffle(even, odd, 0, 4, 1, 5));
    wasm_v128_store(to + 8, wasm_i32x4_shuffle(even, odd, 2, 6, 3, 7));
  }

  template <int kRows>
  static void MultiplyAccumulate(const int16_t* copied, int32_t depth, const int8_t* weights,
                                 v128_t (&low)[kRows], v128_t (&high)[kRows]) {
    const int32_t stride = Stride(depth);
    const auto add = [=](const int16_t* quad, const int8_t* columns, v128_t(&sums)[kRows]) {
      const v128_t bytes = wasm_v128_load(columns);
      const v128_t even = wasm_i16x8_shr(wasm_i16x8_shl(bytes, 8), 8);
      const v128_t odd = wasm_i16x8_shr(bytes, 8);
      for (int row = 0; row < kRows; ++row, quad += stride) {
        sums[row] =
            wasm_i32x4_add(sums[row], wasm_i32x4_dot_i16x8(wasm_v128_load32_splat(quad), even));
        sums[row] =
            wasm_i32x4_add(sums[row], wasm_i32x4_dot_i16x8(wasm_v128_load32_splat(quad + 2), odd));
      }
    };
    for (int32_t k = 0; k < depth; k += 4, weights += 4 * kTileColumns) {
      add(copied + k, weights, low);
      add(copied + k, weights + 16, high);
    }
  }
};

// Rows of less than 16 are rare, and the code that loads them is long.
WRANGLET_NOINLINE inline v128_t LoadShortRow(const int8_t* from, size_t count) {
  return LoadUpTo16(from, count);
}

// Copies elements [start, start + depth) of each row.
template <typename By, int kRows>
inline void Copy(const int8_t* const (&rows)[kRows], int32_t start, int32_t depth,
                 typename By::Copied* to) {
  const v128_t sign = wasm_i8x16_splat(-128);
#pragma clang loop unroll(disable)
  for (int row = 0; row < kRows; ++row) {
    const int8_t* from = rows[row] + start;
    int32_t k = 0;
    for (; k + 16 <= depth; k += 16, to += 16) {
      By::Store(wasm_v128_xor(wasm_v128_load(from + k), sign), to);
    }
    if (k < depth) {
      const auto left = static_cast<size_t>(depth - k);
      const v128_t tail = k > 0 ? LoadLast16(from + k, left) : LoadShortRow(from, left);
      By::Store(wasm_v128_xor(tail, sign), to);
      to += 16;
    }
  }
}

// 8 results of each row, of which `count` are stored.
template <int kRows>
inline void StoreResults(const RequantizeInt8::Sums<kRows>& sums,
                         const RequantizeInt8::Scales& scales, const RequantizeInt8& requantize,
                         int8_t* const (&out)[kRows], int32_t column, size_t count) {
  v128_t wide[kRows];
  for (int row = 0; row < kRows; ++row) {
    wide[row] = requantize.WidenBounded(sums.low[row], sums.high[row], scales.low, scales.high);
  }
  for (int row = 0; row < kRows; row += 2) {
    const v128_t both = requantize.NarrowBounded(wide[row], wide[std::min(row + 1, kRows - 1)]);
    StoreUpTo8(out[row] + column, both, count);
    if (row + 1 < kRows) StoreUpperUpTo8(out[row + 1] + column, both, count);
  }
}

// Requantises and stores a block's sums. The constants are copied, since bytes may alias anything,
// and each store would have them loaded again.
template <int kRows>
inline void FinishBlock(const RequantizeInt8::Sums<kRows>& sums, const float* scale,
                        const RequantizeInt8& requantize, int8_t* const (&out)[kRows],
                        int32_t column, int32_t columns) {
  ReloadConstants();
  const RequantizeInt8 constants = requantize;
  StoreResults(sums, RequantizeInt8::Scales(scale + column), constants, out, column,
               static_cast<size_t>(std::min(columns - column, kTileColumns)));
}

// QuadTile's product of the first `count` of kRows rows.
template <typename By, int kRows>
WRANGLET_NOINLINE inline void MultiplyRows(const int8_t* const* all_rows, int32_t count,
                                           int32_t depth, int32_t columns, const int8_t* weights,
                                           const int32_t* bias, const float* scale,
                                           const RequantizeInt8& requantize, int8_t* const* out) {
  alignas(16) typename By::Copied copied[kRows * kPiece];
  const int8_t* rows[kRows];
  int8_t* to[kRows];
  for (int row = 0; row < kRows; ++row) {
    const int from = std::min(row, count - 1);
    rows[row] = all_rows[from], to[row] = out[from];
  }
  for (int32_t column = 0; column < columns; column += kTileColumns) {
    RequantizeInt8::Sums<kRows> sums(bias + column);
    for (int32_t start = 0; start < depth; start += kPiece) {
      const int32_t piece = std::min(kPiece, depth - start);
      if (column == 0 || depth > kPiece) Copy<By>(rows, start, piece, copied);
      By::template MultiplyAccumulate<kRows>(copied, piece, weights, sums.low, sums.high);
      weights += PackedElements(piece, 4);
    }
    // Rows beyond the last are it, again.
    FinishBlock(sums, scale, requantize, to, column, columns);
  }
}

// MultiplyRuns of the first of kRows windows.
template <typename By, int kRows>
WRANGLET_NOINLINE inline void MultiplyRuns(const uint8_t* const* all_windows, const Runs& runs,
                                           int32_t columns, const int8_t* weights,
                                           const int32_t* bias, const float* scale,
                                           const RequantizeInt8& requantize, int8_t* const* out) {
  const uint8_t* windows[kRows];
  int8_t* to[kRows];
  for (int row = 0; row < kRows; ++row) windows[row] = all_windows[row], to[row] = out[row];
  const int32_t ends = runs.count * runs.pitch, pitch = runs.pitch, length = runs.length;
  for (int32_t column = 0; column < columns; column += kTileColumns) {
    RequantizeInt8::Sums<kRows> sums(bias + column);
    for (int32_t start = 0; start < ends; start += pitch) {
      weights =
          By::MultiplyAccumulate(windows, start, start + length, weights, sums.low, sums.high);
    }
    FinishBlock(sums, scale, requantize, to, column, columns);
  }
}

}  // namespace quads_internal

// What multiplies rows of int8 by columns of int8, a tile at a time: see Tile. No sum, times its
// scale, may exceed RequantizeInt8::kMostBounded: the compiler knows from weights and bias, and
// takes int16 weights where it may.
struct QuadTile {
  static constexpr int32_t kRows = 6;
  static constexpr int32_t kDepthStep = 4;
  static constexpr int32_t kActivationOffset = 128;

  static void MultiplyRows(const int8_t* const (&rows)[kRows], int32_t count, int32_t depth,
                           int32_t columns, const int8_t* weights, const int32_t* bias,
                           const float* scale, const RequantizeInt8& requantize,
                           int8_t* const (&out)[kRows]) {
    if (use_byte_dot) {
      return MultiplyRowsBy<quads_internal::ByBytes>(rows, count, depth, columns, weights, bias,
                                                     scale, requantize, out);
    }
    MultiplyRowsBy<quads_internal::ByWords>(rows, count, depth, columns, weights, bias, scale,
                                            requantize, out);
  }

 protected:
  template <typename By>
  static void MultiplyRowsBy(const int8_t* const (&rows)[kRows], int32_t count, int32_t depth,
                             int32_t columns, const int8_t* weights, const int32_t* bias,
                             const float* scale, const RequantizeInt8& requantize,
                             int8_t* const (&out)[kRows]) {
    if (count == 1) {
      quads_internal::MultiplyRows<By, 1>(rows, 1, depth, columns, weights, bias, scale, requantize,
                                          out);
    } else {
      quads_internal::MultiplyRows<By, kRows>(rows, count, depth, columns, weights, bias, scale,
                                              requantize, out);
    }
  }
};

// QuadTile where !use_byte_dot, for what has a way of its own (MultiplyRuns) where it is: modules
// need not hold both.
struct WordQuadTile : QuadTile {
  static void MultiplyRows(const int8_t* const (&rows)[kRows], int32_t count, int32_t depth,
                           int32_t columns, const int8_t* weights, const int32_t* bias,
                           const float* scale, const RequantizeInt8& requantize,
                           int8_t* const (&out)[kRows]) {
    MultiplyRowsBy<quads_internal::ByWords>(rows, count, depth, columns, weights, bias, scale,
                                            requantize, out);
  }
};

// Calls `use.operator()<By>()` with what MultiplyRuns multiplies by here. For use where
// MultipliesBytes<kFit>(); kFit tells that weights fit PairLanes::OfRuns.
template <bool kFit, typename Use>
inline void WithBytes(Use&& use) {
  if (MultipliesPairs<kFit>()) {
    use.template operator()<quads_internal::ByPairs>();
  } else {
    use.template operator()<quads_internal::ByBytes>();
  }
}

// As QuadTile::MultiplyRows, of windows that lie where they are in memory that has been moved to
// unsigned (CopyUnsigned); up to 3 bytes behind a run are read, and the packed weights have whole
// quads for each. Windows beyond `count` are the last, again.
template <typename By>
inline void MultiplyRuns(const uint8_t* const (&windows)[By::kRows], int32_t count,
                         const Runs& runs, int32_t columns, const int8_t* weights,
                         const int32_t* bias, const float* scale, const RequantizeInt8& requantize,
                         int8_t* const (&out)[By::kRows]) {
  using namespace quads_internal;
  if constexpr (By::kHasSingle) {
    if (count == 1) {
      return MultiplyRuns<By, 1>(windows, runs, columns, weights, bias, scale, requantize, out);
    }
  }
  MultiplyRuns<By, By::kRows>(windows, runs, columns, weights, bias, scale, requantize, out);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_QUADS_H_
