#include "plugin/compiler/passes/neighbours.h"

#include <algorithm>
#include <utility>

#include "plugin/compiler/graph/traits.h"

namespace wranglet {
namespace {

// A bias that adds nothing, of the type that goes with the filter.
Tensor ZeroBias(const Graph& graph, const Node& node) {
  const Tensor& filter = graph.tensor(node.inputs[1]);
  const auto axis = static_cast<size_t>(*FilterChannelAxis(node.op));
  Tensor bias{.name = node.name + ".bias", .shape = {filter.shape[axis]}};
  if (filter.dtype != DType::kFloat32) {
    bias.dtype = DType::kInt32;
    bias.quantization = Quantization{.scale = filter.quantization->scale, .axis = 0};
    for (float& scale : bias.quantization->scale) {
      scale *= graph.tensor(node.inputs[0]).quantization->scale[0];
    }
    bias.quantization->zero_point.resize(bias.quantization->scale.size());
  }
  bias.constant.emplace(static_cast<size_t>(bias.shape[0]) * SizeOf(bias.dtype));
  return bias;
}

// Puts `tensor` in the place of an input.
Tensor& Own(Graph& graph, TensorId& input, Tensor tensor) {
  if (tensor.dtype == DType::kFloat32) tensor.quantization.reset();
  input = graph.Add(std::move(tensor));
  return graph.tensor(input);
}

}  // namespace

std::optional<size_t> Producer(const Graph& graph, size_t index) {
  // Mostly it stands right before.
  for (size_t i = index; i-- > 0;) {
    if (graph.nodes[i].outputs[0] == graph.nodes[index].inputs[0]) return i;
  }
  return std::nullopt;
}

std::optional<size_t> SoleProducer(const Graph& graph, size_t index) {
  const TensorId input = graph.nodes[index].inputs[0];
  if (std::count(graph.outputs.begin(), graph.outputs.end(), input) > 0) return std::nullopt;
  std::ptrdiff_t readers = 0;
  for (const Node& node : graph.nodes) {
    readers += std::count(node.inputs.begin(), node.inputs.end(), input);
  }
  if (readers != 1) return std::nullopt;
  return Producer(graph, index);
}

bool HasFloatWeights(const Graph& graph, const Node& node) {
  if (!FilterChannelAxis(node.op)) return false;
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor) continue;
    const Tensor& tensor = graph.tensor(node.inputs[i]);
    if (!tensor.constant || tensor.dtype != DType::kFloat32) return false;
  }
  return true;
}

Tensor& OwnBias(Graph& graph, Node& node) {
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoTensor;
  Tensor bias = has_bias ? graph.tensor(node.inputs[2]) : ZeroBias(graph, node);
  node.inputs.resize(3, kNoTensor);
  return Own(graph, node.inputs[2], std::move(bias));
}

Tensor& OwnFilter(Graph& graph, Node& node) {
  return Own(graph, node.inputs[1], graph.tensor(node.inputs[1]));
}

void MergeIntoProducer(Graph& graph, size_t producer, size_t index) {
  graph.nodes[producer].outputs[0] = graph.nodes[index].outputs[0];
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace wranglet
