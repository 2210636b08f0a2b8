#include "plugin/compiler/cli/layers.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "plugin/compiler/graph/traits.h"

namespace wranglet {
namespace {

// By node's name: the most bytes in use during its steps.
std::unordered_map<std::string, int64_t> LiveBytesByNode(const Plan& plan) {
  std::unordered_map<std::string, int64_t> most;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    int64_t& bytes = most[plan.steps[i].node];
    bytes = std::max(bytes, plan.live_bytes[i + 1]);
  }
  return most;
}

void AddConstant(const Tensor& constant, Layer& to) {
  to.parameters += CountOf(constant);
  to.bytes += BytesOf(constant);
}

Layer LayerOf(const Graph& graph, const Node& node) {
  const Tensor& output = graph.tensor(node.outputs[0]);
  Layer layer = {.name = node.name,
                 .op = NameOf(node.op),
                 .output = output.shape,
                 .dtype = output.dtype,
                 .quantization = output.quantization,
                 .macs = MacsOf(graph, node)};
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor) continue;
    const Tensor& input = graph.tensor(id);
    if (input.constant) {
      AddConstant(input, layer);
    } else {
      layer.inputs.push_back(input.shape);
    }
  }
  if (FilterChannelAxis(node.op)) {
    const auto& filter = graph.tensor(node.inputs[1]).quantization;
    if (filter) layer.filter_scales = filter->scale.size();
  }
  return layer;
}

}  // namespace

std::vector<Layer> LayersOf(const Graph& graph, const Plan& plan) {
  const std::unordered_map<std::string, int64_t> live = LiveBytesByNode(plan);
  std::vector<Layer> layers;
  for (const Node& node : graph.nodes) {
    layers.push_back(LayerOf(graph, node));
    const auto found = live.find(node.name);
    if (found != live.end()) layers.back().live_bytes = found->second;
  }
  return layers;
}

Layer TotalOf(const std::vector<Layer>& layers) {
  Layer total = {.name = "total"};
  for (const Layer& layer : layers) {
    total.macs += layer.macs;
    total.parameters += layer.parameters;
    total.bytes += layer.bytes;
    total.live_bytes = std::max(total.live_bytes, layer.live_bytes);
  }
  return total;
}

}  // namespace wranglet
