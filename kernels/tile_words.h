// Products of int8 by int8 where no instruction multiplies bytes: both factors are widened to
// int16, and i32x4.dot_i16x8_s sums up two of depth. This is done once for a panel of many rows:
// weights are widened by 8 columns, and activations as 4 rows in turn, so that what the inner loop
// reads lies together.

#ifndef WRANGLET_KERNELS_TILE_WORDS_H_
#define WRANGLET_KERNELS_TILE_WORDS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/even_part.h"
#include "kernels/quantized.h"
#include "kernels/runs.h"
#include "kernels/simd.h"
#include "kernels/tile_quads.h"
#include "kernels/word_pairs.h"

namespace wranglet {

// How rows that are `runs` are put into panels.
struct WordPanel {
  static constexpr int32_t kTile = kWordRows;
  static constexpr int32_t kMostRows = 64;  // of a panel: widening weights then costs little
  // int16 elements that a panel and 8 columns of weights take together, unless 4 rows take more.
  static constexpr int32_t kElements = 28672;

  int32_t run;    // elements of a run that is filled up to pairs
  int32_t depth;  // of a row
  int32_t rows;   // of a panel, at most

  constexpr explicit WordPanel(const Runs& runs)
      : run((runs.length + 1) / 2 * 2),
        depth(runs.count * run),
        rows(std::clamp((kElements - kBeyond - WeightElements()) / depth / kTile * kTile, kTile,
                        kMostRows)) {}

  // Rows of each panel that `count` rows make.
  constexpr int32_t RowsOf(int32_t count) const { return EvenPart(count, rows, kTile); }
  constexpr int32_t PanelElements() const { return rows * depth + kBeyond; }
  constexpr int32_t ScratchElements() const { return PanelElements() + WeightElements(); }

 private:
  static constexpr int32_t kBeyond = 8 * kTile;  // what is written behind a panel

  constexpr int32_t WeightElements() const { return (depth + 2) * kTileColumns; }
};

namespace words_internal {

// Widens a block of packed weights, quads of depth, to pairs: [pairs of a run][8 columns][2] for
// each run. Returns where they end.
WRANGLET_NOINLINE inline const int8_t* WidenWeights(const Runs& runs, int32_t filled,
                                                    const int8_t* weights, int16_t* to) {
  const int32_t length = runs.length, step = filled * kTileColumns;
  for (int32_t run = 0; run < runs.count; ++run, to += step) {
    // What the last quad has beyond the last pair is written over.
    int16_t* quad = to;
    for (int32_t k = 0; k < length; k += 4, weights += 4 * kTileColumns, quad += 4 * kTileColumns) {
      for (int32_t half = 0; half < 2; ++half) {
        const v128_t a = wasm_i16x8_load8x8(weights + 16 * half);
        const v128_t b = wasm_i16x8_load8x8(weights + 16 * half + 8);
        wasm_v128_store(quad + 8 * half, wasm_i32x4_shuffle(a, b, 0, 2, 4, 6));
        wasm_v128_store(quad + 16 + 8 * half, wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
      }
    }
  }
  return weights;
}

// Widens 4 rows, moved by 128 to be unsigned, as PackGemm expects: [pairs of a run][4 rows][2] for
// each run. Reads up to 7 bytes behind a run.
WRANGLET_NOINLINE inline void WidenRows(const int8_t* const* rows, const Runs& runs, int32_t filled,
                                        int16_t* to) {
  constexpr int kTile = WordPanel::kTile;
  const int32_t ends = runs.count * runs.pitch, pitch = runs.pitch, length = runs.length;
  const int32_t step = filled * kTile;
  const int8_t* from[kTile];
  for (int row = 0; row < kTile; ++row) from[row] = rows[row];
  const v128_t sign = wasm_i8x16_splat(-128);
  for (int32_t start = 0; start < ends; start += pitch, to += step) {
    // What lies behind the last pair is written over.
    int16_t* pairs = to;
#pragma clang loop unroll(disable)
    for (int32_t k = start; k < start + length; k += 8, pairs += 8 * kTile) {
      v128_t low, high;
      InterleavePairs(from[0] + k, from[1] + k, from[2] + k, from[3] + k, low, high);
      low = wasm_v128_xor(low, sign), high = wasm_v128_xor(high, sign);
      wasm_v128_store(pairs, wasm_u16x8_extend_low_u8x16(low));
      wasm_v128_store(pairs + 8, wasm_u16x8_extend_high_u8x16(low));
      wasm_v128_store(pairs + 16, wasm_u16x8_extend_low_u8x16(high));
      wasm_v128_store(pairs + 24, wasm_u16x8_extend_high_u8x16(high));
    }
  }
}

// Multiplies a panel of `count` rows by one block of weights, both widened.
WRANGLET_NOINLINE inline void MultiplyBlock(const int16_t* panel, int32_t count, int32_t depth,
                                            const int16_t* weights, const int32_t* bias,
                                            const float* scale, const RequantizeInt8& requantize,
                                            int8_t* const* out, int32_t column, int32_t columns) {
  constexpr int kTile = WordPanel::kTile;
  const int32_t size = kTile * depth;
  for (int32_t first = 0; first < count; first += kTile, panel += size) {
    RequantizeInt8::Sums<kTile> sums(bias + column);
    AddPairs(panel, size, weights, sums.low, sums.high);
    int8_t* to[kTile];
    for (int row = 0; row < kTile; ++row) to[row] = out[first + row];
    quads_internal::FinishBlock(sums, scale, requantize, to, column, columns);
  }
}

}  // namespace words_internal

// As MultiplyRuns (tile_quads.h), of rows of int8 as they are, no more than a panel takes; up to 7
// bytes behind a run are read. `scratch` has panel.ScratchElements. Rows from `count` up to a
// multiple of kTile are the last, again.
inline void MultiplyByWords(const WordPanel& panel, const int8_t* const* rows, int32_t count,
                            const Runs& runs, int32_t columns, const int8_t* weights,
                            const int32_t* bias, const float* scale,
                            const RequantizeInt8& requantize, int8_t* const* out,
                            int16_t* scratch) {
  using namespace words_internal;
  int16_t* const widened = scratch + panel.PanelElements();
  for (int32_t row = 0; row < count; row += WordPanel::kTile) {
    WidenRows(rows + row, runs, panel.run, scratch + row * panel.depth);
  }
  for (int32_t column = 0; column < columns; column += kTileColumns) {
    weights = WidenWeights(runs, panel.run, weights, widened);
    MultiplyBlock(scratch, count, panel.depth, widened, bias, scale, requantize, out, column,
                  columns);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_WORDS_H_
