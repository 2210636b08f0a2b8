// Weights in the order the tiles read them. Runs in the compiler; nothing of it gets into a module.

#ifndef WRANGLET_KERNELS_PACK_GEMM_H_
#define WRANGLET_KERNELS_PACK_GEMM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/tile_quantized.h"

namespace wranglet {

// `count` rounded up to whole tiles.
inline int32_t RoundUpToTile(int32_t count) {
  return (count + kTileColumns - 1) / kTileColumns * kTileColumns;
}

// A filter for activations of type In; a bias and a scale a column, zeros up to the tile.
template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
struct Packed {
  std::vector<Weight> filter;
  std::vector<typename Requantize::Bias> bias;
  std::vector<typename Requantize::Scale> scale;
};

// A bias that takes in the input's zero point: sum((x - zp) * w) = sum(x * w) - zp * sum(w).
// int32 accumulators wrap as their sums of products do, so their bias may wrap with them.
inline int32_t LessZeroPoint(int32_t bias, int64_t zero_point, int64_t weight_sum) {
  return static_cast<int32_t>(bias - zero_point * weight_sum);
}
inline double LessZeroPoint(double bias, int64_t zero_point, int64_t weight_sum) {
  return bias - static_cast<double>(zero_point * weight_sum);
}

// Packs `filter` [cols][depth] in blocks of kTileColumns columns, in each by as many of depth as
// the tile takes together (pairs or quads), column by column. `bias` may be empty (all zero);
// `scale` is a requantisation scale a column.
template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
Packed<In, Weight, Requantize> PackGemm(int32_t cols, int32_t depth, std::span<const Weight> filter,
                                        std::span<const typename Requantize::Bias> bias,
                                        std::span<const typename Requantize::Scale> scale,
                                        int32_t input_zero_point) {
  constexpr int32_t kStep = Tile<In, Weight>::kDepthStep;
  const auto padded = static_cast<size_t>(RoundUpToTile(cols));
  Packed<In, Weight, Requantize> packed;
  packed.filter.assign(padded / kTileColumns * PackedBlockElements<In, Weight>(depth), 0);
  packed.bias.assign(padded, 0);
  packed.scale.assign(padded, {});
  for (int32_t c = 0; c < cols; ++c) {
    const auto column = static_cast<size_t>(c);
    const auto block =
        static_cast<size_t>(c / kTileColumns) * PackedBlockElements<In, Weight>(depth);
    int64_t sum = 0;
    for (int32_t k = 0; k < depth; ++k) {
      const Weight weight = filter[column * static_cast<size_t>(depth) + static_cast<size_t>(k)];
      const int32_t at = (k / kStep * kTileColumns + c % kTileColumns) * kStep + k % kStep;
      packed.filter[block + static_cast<size_t>(at)] = weight;
      sum += weight;
    }
    packed.bias[column] =
        LessZeroPoint(bias.empty() ? 0 : bias[column],
                      input_zero_point + Tile<In, Weight>::kActivationOffset, sum);
    packed.scale[column] = scale[column];
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
