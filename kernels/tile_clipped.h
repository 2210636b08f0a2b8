// Products of int8 by int8 by pairs (pair_dot.h) where filters do not fit that whatever the bytes:
// of each 8 of depth, bytes are clipped to as many values, around the input's zero point, as the
// filter leaves room for, some 100 of them; and what is beyond, which is little if the activations
// are those of a trained network, is multiplied apart. The sums are the same to the bit. What is
// beyond is found once for a panel of rows, and a panel of which much is goes another way: no image
// takes long.
//
// Splitting off what is rarely large is known from LLM.int8() (Dettmers et al. 2022), which takes
// such columns to float16.

#ifndef WRANGLET_KERNELS_TILE_CLIPPED_H_
#define WRANGLET_KERNELS_TILE_CLIPPED_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/pair_dot.h"
#include "kernels/quantized.h"
#include "kernels/simd.h"
#include "kernels/tile_quads.h"
#include "kernels/word_pairs.h"

namespace wranglet {
namespace clipped_internal {

// Depth whose products share lanes, two quads, and whose bytes are clipped alike.
inline constexpr int32_t kGroup = 8;
// What bytes may be under any weights, if two quads do not share lanes.
inline constexpr int32_t kMostOfQuad = 127;

// The unsigned bytes of a group that are multiplied by pairs.
struct ClippedBytes {
  // `most` is of PairLimits.
  ClippedBytes(int32_t most, int32_t input_zero_point)
      : from(std::clamp(input_zero_point + 128 - most / 2, 0, 255 - most)), to(from + most) {}

  int32_t from, to;
};

// Bytes that 4 clipped rows take.
constexpr int32_t ClippedTileBytes(int32_t depth) {
  return (depth + kGroup - 1) / kGroup * kGroup * kWordRows;
}

// Blocks of columns whose sums begin together, and the most tiles a panel has.
inline constexpr int32_t kBlocks = 4, kTiles = 16;
// Sums of a block: of 4 rows by 8 columns in each slot (ClippedPanel).
inline constexpr int32_t kBlockSums = (kTiles + 1) * kWordRows * kTileColumns;

// What is beyond in a panel: quads of single rows.
class Beyond {
 public:
  static constexpr int32_t kMost = 1024, kBytes = 8 * kMost;

  explicit Beyond(uint8_t* at) : entries_(reinterpret_cast<Entry*>(at)) {}

  int32_t count() const { return count_; }

  // Adds a quad of each of 4 rows, the first of which is `row`, unless all of its bytes are 0: how
  // far above (`sign` 1) or below (-1) they are. False if there are too many.
  bool Add(v128_t quads, int16_t sign, int32_t quad, int32_t row) {
    const v128_t most = wasm_i8x16_splat(kMostOfQuad);
    // Mostly once, and never three times.
    for (; wasm_v128_any_true(quads); quads = wasm_u8x16_sub_sat(quads, most)) {
      if (count_ > kMost - kWordRows) return false;
      alignas(16) uint32_t bytes[kWordRows];
      wasm_v128_store(bytes, wasm_u8x16_min(quads, most));
      for (int i = 0; i < kWordRows; ++i) {
        entries_[count_] = {bytes[i], sign, static_cast<uint8_t>(quad),
                            static_cast<uint8_t>(row + i)};
        count_ += bytes[i] != 0;
      }
    }
    return true;
  }

  // Adds the products with `count` blocks of 8 columns to the sums of each row.
  void Multiply(const int8_t* weights, int32_t block, int32_t count, int32_t* sums) const {
#pragma clang loop unroll(disable)
    for (const Entry* entry = entries_; entry < entries_ + count_; ++entry) {
      const int8_t* columns = weights + 4 * kTileColumns * entry->quad;
      int32_t* to = sums + kTileColumns * entry->row;
      const v128_t bytes = wasm_v128_load32_splat(&entry->bytes);
      const v128_t sign = wasm_v128_load16_splat(&entry->sign);
      const auto add = [&](int half) {
        const v128_t pairs = PairDot(wasm_v128_load(columns + 16 * half), bytes);
        const v128_t sum = wasm_v128_load(to + 4 * half);
        wasm_v128_store(to + 4 * half, wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(pairs, sign)));
      };
#pragma clang loop unroll(disable)
      for (int32_t i = 0; i < count; ++i, columns += block, to += kBlockSums) add(0), add(1);
    }
  }

 private:
  struct Entry {
    uint32_t bytes;
    int16_t sign;
    uint8_t quad, row;
  };
  static_assert(sizeof(Entry) * kMost == kBytes);

  Entry* entries_;
  int32_t count_ = 0;
};

// A panel of clipped rows. Sums of a block of columns begin in slots of 4 rows, one for all tiles
// of which nothing is beyond, and one for each other tile.
struct ClippedPanel {
  int32_t count, depth;  // rows and their depth
  int32_t input_zero_point;
  const int8_t* limits;  // PairLimits
  uint8_t* rows;
  Beyond beyond;
  int32_t slots = 1;
  uint8_t slot_of[kTiles] = {};  // a tile

  ClippedBytes BytesAt(int32_t k) const { return {limits[k / kGroup], input_zero_point}; }
};

// 8 bytes of each of 4 rows: [4 rows][4] of each quad.
inline void InterleaveQuads(const int8_t* const (&rows)[kWordRows], int32_t k, v128_t& even,
                            v128_t& odd) {
  const auto load = [&](int row) { return wasm_v128_load64_zero(rows[row] + k); };
  const v128_t ab = wasm_i32x4_shuffle(load(0), load(1), 0, 4, 1, 5);
  const v128_t cd = wasm_i32x4_shuffle(load(2), load(3), 0, 4, 1, 5);
  even = wasm_i64x2_shuffle(ab, cd, 0, 2), odd = wasm_i64x2_shuffle(ab, cd, 1, 3);
}

// Clips 4 rows to [8 of depth][2 quads][4 rows][4]; false if too much is beyond.
WRANGLET_NOINLINE inline bool ClipRows(const int8_t* const* all_rows, uint8_t* to, int32_t tile,
                                       ClippedPanel& panel) {
  const v128_t sign = wasm_i8x16_splat(-128);
  const int8_t* rows[kWordRows];
  for (int row = 0; row < kWordRows; ++row) rows[row] = all_rows[row];
  const int32_t depth = panel.depth;
  for (int32_t k = 0; k < depth; k += kGroup, to += kGroup * kWordRows) {
    const ClippedBytes clipped = panel.BytesAt(k);
    const v128_t from = wasm_i8x16_splat(static_cast<int8_t>(clipped.from));
    const v128_t last = wasm_i8x16_splat(static_cast<int8_t>(clipped.to));
    v128_t quads[2];
    InterleaveQuads(rows, k, quads[0], quads[1]);
    v128_t above[2], below[2];
    for (int i = 0; i < 2; ++i) {
      const v128_t bytes = wasm_v128_xor(quads[i], sign);
      above[i] = wasm_u8x16_sub_sat(bytes, last), below[i] = wasm_u8x16_sub_sat(from, bytes);
      wasm_v128_store(to + 16 * i, wasm_u8x16_sub_sat(wasm_u8x16_min(bytes, last), from));
    }
    const v128_t all =
        wasm_v128_or(wasm_v128_or(above[0], above[1]), wasm_v128_or(below[0], below[1]));
    if (!wasm_v128_any_true(all)) continue;
    if (panel.slot_of[tile] == 0) panel.slot_of[tile] = static_cast<uint8_t>(panel.slots++);
    // Of the last group there may be weights for one quad alone.
    for (int i = 0; i < 2 && k + 4 * i < depth; ++i) {
      const int32_t row = panel.slot_of[tile] * kWordRows;
      if (!panel.beyond.Add(above[i], 1, k / 4 + i, row) ||
          !panel.beyond.Add(below[i], -1, k / 4 + i, row)) {
        return false;
      }
    }
  }
  return true;
}

// Adds the products of 4 clipped rows with 8 columns.
inline void AddClipped(const uint8_t* rows, int32_t depth, const int8_t* weights,
                       v128_t (&low)[kWordRows], v128_t (&high)[kWordRows]) {
  int32_t k = 0;
#pragma clang loop unroll(disable)
  for (; k + 4 < depth; k += kGroup, rows += 32, weights += kGroup * kTileColumns) {
    const v128_t even_low = wasm_v128_load(weights), even_high = wasm_v128_load(weights + 16);
    const v128_t odd_low = wasm_v128_load(weights + 32), odd_high = wasm_v128_load(weights + 48);
    for (int row = 0; row < kWordRows; ++row) {
      const v128_t even = wasm_v128_load32_splat(rows + 4 * row);
      const v128_t odd = wasm_v128_load32_splat(rows + 16 + 4 * row);
      const v128_t pairs_low = wasm_i16x8_add(PairDot(even_low, even), PairDot(odd_low, odd));
      const v128_t pairs_high = wasm_i16x8_add(PairDot(even_high, even), PairDot(odd_high, odd));
      low[row] = AddWidened(pairs_low, low[row]), high[row] = AddWidened(pairs_high, high[row]);
    }
  }
  if (k >= depth) return;
  const v128_t columns_low = wasm_v128_load(weights), columns_high = wasm_v128_load(weights + 16);
  for (int row = 0; row < kWordRows; ++row) {
    const v128_t quad = wasm_v128_load32_splat(rows + 4 * row);
    low[row] = AddWidened(PairDot(columns_low, quad), low[row]);
    high[row] = AddWidened(PairDot(columns_high, quad), high[row]);
  }
}

// Multiplies a panel by a block of weights.
WRANGLET_NOINLINE inline void MultiplyBlock(const ClippedPanel& panel, const int8_t* weights,
                                            const int32_t* sums_by_slot, const float* scale,
                                            const RequantizeInt8& requantize, int8_t* const* out,
                                            int32_t column, int32_t columns) {
  const int32_t depth = panel.depth, size = ClippedTileBytes(depth);
  const uint8_t* tile = panel.rows;
  for (int32_t first = 0; first < panel.count; first += kWordRows, tile += size) {
    const int32_t slot = panel.slot_of[first / kWordRows];
    const int32_t* from = sums_by_slot + slot * kWordRows * kTileColumns;
    RequantizeInt8::Sums<kWordRows> sums(from);
    for (int row = 0; row < kWordRows; ++row, from += kTileColumns) {
      sums.low[row] = wasm_v128_load(from), sums.high[row] = wasm_v128_load(from + 4);
    }
    AddClipped(tile, depth, weights, sums.low, sums.high);
    int8_t* to[kWordRows];
    for (int row = 0; row < kWordRows; ++row) to[row] = out[first + row];
    quads_internal::FinishBlock(sums, scale, requantize, to, column, columns);
  }
}

// Adds what clipped bytes are moved by, times 8 columns.
inline void AddMoved(const ClippedPanel& panel, const int8_t* weights, v128_t& low, v128_t& high) {
  const v128_t ones = wasm_i8x16_splat(1);
  for (int32_t k = 0; k < panel.depth; k += 4, weights += 4 * kTileColumns) {
    const v128_t from = wasm_i16x8_splat(static_cast<int16_t>(panel.BytesAt(k).from));
    const v128_t sum_low = PairDot(wasm_v128_load(weights), ones);
    const v128_t sum_high = PairDot(wasm_v128_load(weights + 16), ones);
    low = wasm_i32x4_add(low, wasm_i32x4_dot_i16x8(sum_low, from));
    high = wasm_i32x4_add(high, wasm_i32x4_dot_i16x8(sum_high, from));
  }
}

// Begins the sums of `count` blocks: with the bias, with what clipped bytes are moved by, and with
// the products of what is beyond.
WRANGLET_NOINLINE inline void BeginSums(const ClippedPanel& panel, const int8_t* weights,
                                        int32_t block, int32_t count, const int32_t* bias,
                                        int32_t* sums) {
  for (int32_t i = 0; i < count; ++i, bias += kTileColumns) {
    v128_t low = wasm_v128_load(bias), high = wasm_v128_load(bias + 4);
    if (panel.input_zero_point > -128) AddMoved(panel, weights + i * block, low, high);
    int32_t* to = sums + i * kBlockSums;
    for (int32_t row = 0; row < panel.slots * kWordRows; ++row, to += kTileColumns) {
      wasm_v128_store(to, low), wasm_v128_store(to + 4, high);
    }
  }
  panel.beyond.Multiply(weights, block, count, sums);
}

}  // namespace clipped_internal

// What MultiplyByClipping needs for so many rows, at most kClippedRows.
inline constexpr int32_t kClippedRows = clipped_internal::kTiles * kWordRows;
constexpr int32_t ClippedScratchBytes(int32_t rows, int32_t depth) {
  using namespace clipped_internal;
  return Beyond::kBytes + kBlocks * kBlockSums * static_cast<int32_t>(sizeof(int32_t)) +
         (rows + kWordRows - 1) / kWordRows * ClippedTileBytes(depth);
}

// As MultiplyByWords (tile_words.h), of rows that are one run; behind the packed weights lie their
// PairLimits. `scratch` has ClippedScratchBytes. False, and nothing is done, if too much is beyond.
inline bool MultiplyByClipping(const int8_t* const* rows, int32_t count, int32_t depth,
                               int32_t columns, const int8_t* weights, int32_t input_zero_point,
                               const int32_t* bias, const float* scale,
                               const RequantizeInt8& requantize, int8_t* const* out,
                               uint8_t* scratch) {
  using namespace clipped_internal;
  const auto block = static_cast<int32_t>(PackedElements(depth, 4));
  const int32_t blocks = (columns + kTileColumns - 1) / kTileColumns;
  int32_t* const sums = reinterpret_cast<int32_t*>(scratch + Beyond::kBytes);
  ClippedPanel panel{.count = count,
                     .depth = depth,
                     .input_zero_point = input_zero_point,
                     .limits = weights + blocks * block,
                     .rows = reinterpret_cast<uint8_t*>(sums + kBlocks * kBlockSums),
                     .beyond = Beyond(scratch)};
  const int32_t size = ClippedTileBytes(depth);
  for (int32_t row = 0, tile = 0; row < count; row += kWordRows, ++tile) {
    if (!ClipRows(rows + row, panel.rows + tile * size, tile, panel)) return false;
    // Some more of them at first, so that a few rows do not decide.
    if (panel.beyond.count() * 5 > 2 * ((tile + 1) * ((depth + 3) / 4) + 64)) return false;
  }
  for (int32_t first = 0; first < blocks; first += kBlocks) {
    const int32_t some = std::min(kBlocks, blocks - first);
    BeginSums(panel, weights, block, some, bias + first * kTileColumns, sums);
    for (int32_t i = 0; i < some; ++i, weights += block) {
      MultiplyBlock(panel, weights, sums + i * kBlockSums, scale, requantize, out,
                    (first + i) * kTileColumns, columns);
    }
  }
  return true;
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_CLIPPED_H_
