// Products of int16, two of depth to a lane of int32 (i32x4.dot_i16x8_s), and the order of bytes
// that these are widened from: 4 rows of activations by 8 columns of weights.

#ifndef WRANGLET_KERNELS_WORD_PAIRS_H_
#define WRANGLET_KERNELS_WORD_PAIRS_H_

#include <cstdint>

#include "kernels/quantized.h"
#include "kernels/simd.h"

namespace wranglet {

// Rows that are multiplied at once.
inline constexpr int32_t kWordRows = 4;

// 8 bytes of each of 4 rows: [2 pairs][4 rows][2] in `low`, and the other two pairs in `high`.
inline void InterleavePairs(const void* a, const void* b, const void* c, const void* d, v128_t& low,
                            v128_t& high) {
  const auto load = [](const void* from) { return wasm_v128_load64_zero(from); };
  const v128_t ab = wasm_i16x8_shuffle(load(a), load(b), 0, 8, 1, 9, 2, 10, 3, 11);
  const v128_t cd = wasm_i16x8_shuffle(load(c), load(d), 0, 8, 1, 9, 2, 10, 3, 11);
  low = wasm_i32x4_shuffle(ab, cd, 0, 4, 1, 5);
  high = wasm_i32x4_shuffle(ab, cd, 2, 6, 3, 7);
}

// Adds the products of 4 widened rows with 8 columns, `size` elements of the rows.
WRANGLET_INLINE inline void AddPairs(const int16_t* rows, int32_t size, const int16_t* columns,
                                     v128_t (&low)[kWordRows], v128_t (&high)[kWordRows]) {
  // V8 unrolls the loop itself.
#pragma clang loop unroll(disable)
  for (const int16_t* const end = rows + size; rows < end; rows += 2 * kWordRows) {
    const v128_t columns_low = wasm_v128_load(columns), columns_high = wasm_v128_load(columns + 8);
    for (int row = 0; row < kWordRows; ++row) {
      const v128_t pair = wasm_v128_load32_splat(rows + 2 * row);
      low[row] = wasm_i32x4_add(low[row], wasm_i32x4_dot_i16x8(pair, columns_low));
      high[row] = wasm_i32x4_add(high[row], wasm_i32x4_dot_i16x8(pair, columns_high));
    }
    columns += 2 * kTileColumns;
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_WORD_PAIRS_H_
