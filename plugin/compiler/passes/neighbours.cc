#include "plugin/compiler/passes/neighbours.h"

#include <algorithm>
#include <utility>

namespace wranglet {

std::optional<size_t> SoleProducer(const Graph& graph, size_t index) {
  const TensorId input = graph.nodes[index].inputs[0];
  if (std::count(graph.outputs.begin(), graph.outputs.end(), input) > 0) return std::nullopt;
  std::ptrdiff_t readers = 0;
  for (const Node& node : graph.nodes) {
    readers += std::count(node.inputs.begin(), node.inputs.end(), input);
  }
  if (readers != 1) return std::nullopt;
  // Mostly it stands right before.
  for (size_t i = index; i-- > 0;) {
    if (graph.nodes[i].outputs[0] == input) return i;
  }
  return std::nullopt;
}

Activation* FusedActivation(Operator& op) {
  return std::visit(
      [](auto& alternative) -> Activation* {
        if constexpr (requires { alternative.activation; }) return &alternative.activation;
        return nullptr;
      },
      op);
}

bool HasFloatWeights(const Graph& graph, const Node& node) {
  const bool has_filter = node.As<Conv2D>() != nullptr || node.As<DepthwiseConv2D>() != nullptr ||
                          node.As<FullyConnected>() != nullptr;
  if (!has_filter) return false;
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor) continue;
    const Tensor& tensor = graph.tensor(node.inputs[i]);
    if (!tensor.constant || tensor.dtype != DType::kFloat32) return false;
  }
  return true;
}

int64_t FilterChannels(const Graph& graph, const Node& node) {
  const Shape& filter = graph.tensor(node.inputs[1]).shape;
  return node.As<DepthwiseConv2D>() != nullptr ? filter[3] : filter[0];
}

Tensor& OwnBias(Graph& graph, Node& node) {
  Tensor bias{.name = node.name + ".bias", .shape = {FilterChannels(graph, node)}};
  if (node.inputs.size() > 2 && node.inputs[2] != kNoTensor) {
    bias = graph.tensor(node.inputs[2]);
  } else {
    bias.constant.emplace(static_cast<size_t>(bias.shape[0]) * sizeof(float));
  }
  node.inputs.resize(3, kNoTensor);
  node.inputs[2] = graph.Add(std::move(bias));
  return graph.tensor(node.inputs[2]);
}

Tensor& OwnFilter(Graph& graph, Node& node) {
  Tensor filter = graph.tensor(node.inputs[1]);
  node.inputs[1] = graph.Add(std::move(filter));
  return graph.tensor(node.inputs[1]);
}

void MergeIntoProducer(Graph& graph, size_t producer, size_t index) {
  graph.nodes[producer].outputs[0] = graph.nodes[index].outputs[0];
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace wranglet
