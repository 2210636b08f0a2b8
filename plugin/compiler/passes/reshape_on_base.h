// For CancelTransposes: what a Reshape becomes when its input's dimensions are in another order.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_RESHAPE_ON_BASE_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_RESHAPE_ON_BASE_H_

#include <optional>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/graph/transposition.h"

namespace wranglet {

// The base transposed by `order`, reshaped to `shape`, and seen by `permutation`.
struct ReshapedBase {
  Permutation order;
  Shape shape;
  Permutation permutation;
};

// What reshaping a tensor of shape `base`, seen by `view`, to the shape `to` is. The order moves
// only what has to lie side by side to become one dimension. Nothing unless each dimension, but
// those of 1, is split or joined by itself: then elements of different dimensions mix.
std::optional<ReshapedBase> ReshapeOnBase(const Shape& base, const Permutation& view,
                                          const Shape& to);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_RESHAPE_ON_BASE_H_
