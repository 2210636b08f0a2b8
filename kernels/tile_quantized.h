// The tile that multiplies quantised rows of a type by weights of a type.

#ifndef WRANGLET_KERNELS_TILE_QUANTIZED_H_
#define WRANGLET_KERNELS_TILE_QUANTIZED_H_

#include <cstdint>
#include <type_traits>

#include "kernels/tile_pairs.h"
#include "kernels/tile_quads.h"

namespace wranglet {

// A tile has:
//   kRows                rows at most that MultiplyRows takes at once
//   kDepthStep           elements of a column that lie together in packed weights
//   kActivationOffset    what it adds to activations, which PackGemm takes off in the bias
//   MultiplyRows(rows, count, depth, columns, weights, bias, scale, requantize, out)
//       `count` (1 to kRows) rows of `depth` activations against all of `columns`. rows[i] may lie
//       anywhere; the results of a row are contiguous from out[i] on. Weights, bias and scale are
//       PackGemm's.
template <typename In, typename Weight>
using Tile =
    std::conditional_t<sizeof(In) == 1 && sizeof(Weight) == 1, QuadTile, PairTile<In, Weight>>;

// Packed weights that a block of kTileColumns columns takes: by steps of depth, each 8 columns.
template <typename In, typename Weight>
constexpr size_t PackedBlockElements(int32_t depth) {
  return PackedElements(depth, Tile<In, Weight>::kDepthStep);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TILE_QUANTIZED_H_
