#include "plugin/compiler/cli/layers.h"

#include <cstddef>

namespace wranglet {
namespace {

// The dimensions of a valid graph's shape, multiplied.
int64_t Product(const Shape& shape) {
  int64_t product = 1;
  for (const int64_t size : shape) product *= size;
  return product;
}

// Every element of the output is a product of so many numbers as the filter has a channel.
int64_t MacsOf(const Graph& graph, const Node& node) {
  const bool depthwise = node.As<DepthwiseConv2D>() != nullptr;
  if (!depthwise && !node.As<Conv2D>() && !node.As<FullyConnected>()) return 0;
  const Shape& filter = graph.tensor(node.inputs[1]).shape;
  const int64_t channels = depthwise ? filter.back() : filter.front();
  return Product(graph.tensor(node.outputs[0]).shape) * (Product(filter) / channels);
}

}  // namespace

std::vector<Layer> LayersOf(const Graph& graph) {
  std::vector<Layer> layers;
  for (const Node& node : graph.nodes) {
    Layer layer = {.name = node.name,
                   .op = NameOf(node.op),
                   .output = graph.tensor(node.outputs[0]).shape,
                   .macs = MacsOf(graph, node)};
    for (const TensorId id : node.inputs) {
      if (id == kNoTensor || !graph.tensor(id).constant) continue;
      layer.parameters += Product(graph.tensor(id).shape);
      layer.bytes += static_cast<int64_t>(graph.tensor(id).constant->size());
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
