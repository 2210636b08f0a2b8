#include <algorithm>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

// The constant that a Binary adds to its other input, one number a channel or one for all; null if
// it is none such. Leaves the other input in inputs[0].
const Tensor* AddedConstant(const Graph& graph, Node& node) {
  const auto* binary = node.As<Binary>();
  if (binary == nullptr || binary->kind != Binary::Kind::kAdd) return nullptr;
  if (graph.tensor(node.inputs[0]).constant) std::swap(node.inputs[0], node.inputs[1]);
  const Tensor& added = graph.tensor(node.inputs[1]);
  const Shape& output = graph.tensor(node.outputs[0]).shape;
  if (!added.constant || added.dtype != DType::kFloat32 || output.empty() ||
      graph.tensor(node.inputs[0]).shape != output) {
    return nullptr;
  }
  const size_t count = added.ConstantAs<float>().size();
  if (count == 1) return &added;
  const bool by_channel = !added.shape.empty() && added.shape.back() == output.back() &&
                          count == static_cast<size_t>(output.back());
  return by_channel ? &added : nullptr;
}

}  // namespace

Status FuseBias(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size();) {
    const Tensor* added = AddedConstant(graph, graph.nodes[i]);
    const auto producer = added != nullptr ? SoleProducer(graph, i) : std::nullopt;
    if (!producer || !HasFloatWeights(graph, graph.nodes[*producer]) ||
        !FusedActivation(graph.nodes[*producer].op)->IsIdentity()) {
      ++i;
      continue;
    }
    const auto from = added->ConstantAs<float>();
    const std::vector<float> values(from.begin(), from.end());
    const auto bias = OwnBias(graph, graph.nodes[*producer]).MutableConstantAs<float>();
    for (size_t c = 0; c < bias.size(); ++c) bias[c] += values[values.size() == 1 ? 0 : c];
    *FusedActivation(graph.nodes[*producer].op) = graph.nodes[i].As<Binary>()->activation;
    MergeIntoProducer(graph, *producer, i);
  }
  graph.RemoveUnusedTensors();
  return Done{};
}

Status FuseActivation(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size();) {
    const auto* clamp = graph.nodes[i].As<Clamp>();
    const auto producer = clamp != nullptr ? SoleProducer(graph, i) : std::nullopt;
    Activation* fused = producer ? FusedActivation(graph.nodes[*producer].op) : nullptr;
    // A quantised result that the Clamp stores differently has been rounded once more.
    const bool alike = graph.tensor(graph.nodes[i].inputs[0])
                           .IsStoredLike(graph.tensor(graph.nodes[i].outputs[0]));
    if (fused == nullptr || !alike) {
      ++i;
      continue;
    }
    // One clamp after another is the clamp of the first one's bounds by the second.
    const Activation& outer = clamp->activation;
    *fused = {std::clamp(fused->min, outer.min, outer.max),
              std::clamp(fused->max, outer.min, outer.max)};
    MergeIntoProducer(graph, *producer, i);
  }
  graph.RemoveUnusedTensors();
  return Done{};
}

Status RemoveDeadNodes(Graph& graph) {
  std::vector<bool> needed(graph.tensors.size());
  for (const TensorId id : graph.outputs) needed[static_cast<size_t>(id)] = true;
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (!needed[static_cast<size_t>(node->outputs[0])]) continue;
    for (const TensorId id : node->inputs) {
      if (id != kNoTensor) needed[static_cast<size_t>(id)] = true;
    }
    kept.push_back(std::move(*node));
  }
  graph.nodes.assign(std::make_move_iterator(kept.rbegin()), std::make_move_iterator(kept.rend()));
  graph.RemoveUnusedTensors();
  return Done{};
}

}  // namespace wranglet
