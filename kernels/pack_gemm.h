// Weights in the order the tiles read them. Runs in the compiler; nothing of it gets into a module.

#ifndef WRANGLET_KERNELS_PACK_GEMM_H_
#define WRANGLET_KERNELS_PACK_GEMM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/tile_int8.h"

namespace wranglet {

// `count` rounded up to whole tiles.
inline int32_t RoundUpToTile(int32_t count) {
  return (count + kTileColumns - 1) / kTileColumns * kTileColumns;
}

struct PackedInt8 {
  std::vector<int8_t> filter;
  std::vector<int32_t> bias;  // a column each, zeros up to the tile
  std::vector<float> scale;
};

// Packs `filter` [cols][depth] in blocks of kTileColumns columns, in each pair of depth by pair,
// column by column. The bias takes in the input's zero point: sum((x - zp) * w) = sum(x * w) - zp *
// sum(w). `bias` may be empty (all zero); `scale` is a requantisation scale a column.
inline PackedInt8 PackGemmInt8(int32_t cols, int32_t depth, std::span<const int8_t> filter,
                               std::span<const int32_t> bias, std::span<const float> scale,
                               int32_t input_zero_point) {
  const auto padded = static_cast<size_t>(RoundUpToTile(cols));
  PackedInt8 packed;
  packed.filter.assign(padded / kTileColumns * PackedBlockBytes(depth), 0);
  packed.bias.assign(padded, 0);
  packed.scale.assign(padded, 0.0f);
  for (int32_t c = 0; c < cols; ++c) {
    const auto block = static_cast<size_t>(c / kTileColumns) * PackedBlockBytes(depth);
    int64_t sum = 0;
    for (int32_t k = 0; k < depth; ++k) {
      const int8_t weight =
          filter[static_cast<size_t>(c) * static_cast<size_t>(depth) + static_cast<size_t>(k)];
      const auto pair = static_cast<size_t>(k / 2) * 2 * kTileColumns;
      packed.filter[block + pair + static_cast<size_t>(c % kTileColumns * 2 + k % 2)] = weight;
      sum += weight;
    }
    const int64_t given = bias.empty() ? 0 : bias[static_cast<size_t>(c)];
    // The accumulator wraps as the sum of products does, so the bias may wrap with it.
    packed.bias[static_cast<size_t>(c)] = static_cast<int32_t>(given - input_zero_point * sum);
    packed.scale[static_cast<size_t>(c)] = scale[static_cast<size_t>(c)];
  }
  return packed;
}

struct PackedFloat32 {
  std::vector<float> filter;
  std::vector<float> bias;
};

// Packs `filter` [cols][depth] as [block of kTileColumns columns][depth][column]; `bias` may be
// empty.
inline PackedFloat32 PackGemmFloat32(int32_t cols, int32_t depth, std::span<const float> filter,
                                     std::span<const float> bias) {
  const auto padded = static_cast<size_t>(RoundUpToTile(cols));
  PackedFloat32 packed;
  packed.filter.assign(padded * static_cast<size_t>(depth), 0.0f);
  packed.bias.assign(padded, 0.0f);
  for (size_t c = 0; c < static_cast<size_t>(cols); ++c) {
    const size_t block = c / kTileColumns * kTileColumns * static_cast<size_t>(depth);
    for (size_t k = 0; k < static_cast<size_t>(depth); ++k) {
      packed.filter[block + k * kTileColumns + c % kTileColumns] =
          filter[c * static_cast<size_t>(depth) + k];
    }
    if (!bias.empty()) packed.bias[c] = bias[c];
  }
  return packed;
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_PACK_GEMM_H_
