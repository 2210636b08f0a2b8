#include "plugin/compiler/quantize/lanes.h"

#include <cstdint>

#include "kernels/winograd_tiles.h"
#include "plugin/compiler/plan/window_of.h"

namespace wranglet {

PairLanes LanesOf(const Graph& graph, const Node& node) {
  const Shape& filter = graph.tensor(node.inputs[1]).shape;
  const auto size = [&](size_t i) { return static_cast<int32_t>(filter[i]); };
  if (node.As<DepthwiseConv2D>()) return PairLanes::OfDepthwise(size(1), size(2));
  if (node.As<FullyConnected>()) return PairLanes::OfRuns(1, size(1));
  const auto* conv = node.As<Conv2D>();
  if (conv == nullptr || WinogradTiles::Pays(WindowOf(graph, node, conv->window), conv->groups)) {
    return {};
  }
  return PairLanes::OfRuns(size(1), size(2) * size(3));
}

}  // namespace wranglet
