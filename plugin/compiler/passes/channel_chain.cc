#include "plugin/compiler/passes/channel_chain.h"

#include <algorithm>
#include <variant>

#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/passes/summands.h"

namespace wranglet {
namespace {

bool HasKnownWeights(const Graph& graph, const Node& node) {
  return HasFloatWeights(graph, node) || HasInt8Weights(graph, node);
}

// Whether each channel of the output is a sum over all channels of the input.
bool MixesChannels(const Graph& graph, const Node& node) {
  const auto* convolution = node.As<Conv2D>();
  const bool has_type =
      convolution != nullptr ? convolution->groups == 1 : node.As<FullyConnected>() != nullptr;
  return has_type && HasKnownWeights(graph, node);
}

// Whether channel c of the output, its last dimension, follows from channel c of the input alone.
struct KeepsChannels {
  const Graph& graph;
  const Node& node;

  const Shape& In() const { return graph.tensor(node.inputs[0]).shape; }
  const Shape& Out() const { return graph.tensor(node.outputs[0]).shape; }

  bool operator()(const DepthwiseConv2D& op) const {
    return op.multiplier == 1 && HasKnownWeights(graph, node);
  }
  bool operator()(const Clamp&) const { return true; }
  bool operator()(const Unary&) const { return true; }
  bool operator()(const Pool2D&) const { return true; }
  bool operator()(const Mean& op) const {
    const auto last = static_cast<int32_t>(In().size()) - 1;
    return std::ranges::count(op.axes, last) == 0;
  }
  // [N,1,1,C] as [N,C].
  bool operator()(const Reshape&) const { return !Out().empty() && In().back() == Out().back(); }
  template <typename T>
  bool operator()(const T&) const {
    return false;
  }
};

}  // namespace

std::optional<ChannelChain> ChainFrom(const Graph& graph,
                                      const std::vector<std::vector<int32_t>>& consumers,
                                      size_t head) {
  if (!MixesChannels(graph, graph.nodes[head])) return std::nullopt;
  const auto node_at = [&](int32_t index) -> const Node& {
    return graph.nodes[static_cast<size_t>(index)];
  };
  ChannelChain chain{.head = head};
  size_t last = head;
  while (true) {
    const TensorId made = graph.nodes[last].outputs[0];
    if (std::ranges::count(graph.outputs, made) > 0) return std::nullopt;
    chain.readers = consumers[static_cast<size_t>(made)];
    if (chain.readers.size() != 1) break;
    const Node& reader = node_at(chain.readers[0]);
    if (!std::visit(KeepsChannels{graph, reader}, reader.op)) break;
    last = static_cast<size_t>(chain.readers[0]);
    chain.between.push_back(last);
  }
  const bool ends =
      !chain.readers.empty() && std::ranges::all_of(chain.readers, [&](int32_t index) {
        return MixesChannels(graph, node_at(index));
      });
  return ends ? std::optional(chain) : std::nullopt;
}

bool IsPadded(const Window& window) {
  const Padding& padding = window.padding;
  return padding.top != 0 || padding.left != 0 || padding.bottom != 0 || padding.right != 0;
}

}  // namespace wranglet
