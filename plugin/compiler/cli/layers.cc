#include "plugin/compiler/cli/layers.h"

#include "plugin/compiler/graph/traits.h"

namespace wranglet {

std::vector<Layer> LayersOf(const Graph& graph) {
  std::vector<Layer> layers;
  for (const Node& node : graph.nodes) {
    Layer layer = {.name = node.name,
                   .op = NameOf(node.op),
                   .output = graph.tensor(node.outputs[0]).shape,
                   .macs = MacsOf(graph, node)};
    for (const TensorId id : node.inputs) {
      if (id == kNoTensor || !graph.tensor(id).constant) continue;
      layer.parameters += CountOf(graph.tensor(id));
      layer.bytes += BytesOf(graph.tensor(id));
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

Layer TotalOf(const std::vector<Layer>& layers) {
  Layer total = {.name = "total"};
  for (const Layer& layer : layers) {
    total.macs += layer.macs;
    total.parameters += layer.parameters;
    total.bytes += layer.bytes;
  }
  return total;
}

}  // namespace wranglet
