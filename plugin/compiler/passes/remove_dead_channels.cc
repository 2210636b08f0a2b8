// Channels that cost and do nothing. A network trained with ReLU6 and batch normalisation has many
// whose filters vanished: they are 0, 6 or another constant whatever the image. The nodes that read
// one take what it adds to them into their bias; then it goes out of every tensor, filter and bias
// between the node that made it and them (ChannelChain). So does a channel that is read with
// weights of zero alone, whatever its values are.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/channel_chain.h"
#include "plugin/compiler/passes/constant_channel.h"
#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

// Which of a chain's channels go, and for what number each of them stood.
struct DeadChannels {
  std::vector<bool> is_dead;
  std::vector<double> value;  // 0 where the channel stays, or nobody minds
  bool Any() const { return std::ranges::count(is_dead, true) > 0; }
};

// Whether a weight of `reader` on this channel of its input is not zero.
bool Minds(const Graph& graph, const Node& reader, size_t channel) {
  const Tensor& filter = graph.tensor(reader.inputs[1]);
  const auto weights = filter.ConstantAs<float>();
  const auto channels = static_cast<size_t>(filter.shape.back());
  for (size_t i = channel; i < weights.size(); i += channels) {
    if (weights[i] != 0) return true;
  }
  return false;
}

// Whether a channel of this constant adds the same to all elements of the reader's output. Where a
// window reaches into the padding it adds less, unless it is 0 itself.
bool CanTake(const Node& reader, float constant) {
  const auto* convolution = reader.As<Conv2D>();
  return constant == 0 || convolution == nullptr || !IsPadded(convolution->window);
}

DeadChannels FindDead(const Graph& graph, const ChannelChain& chain) {
  const size_t channels = ChannelsOf(graph, chain);
  DeadChannels dead{std::vector<bool>(channels), std::vector<double>(channels)};
  for (size_t c = 0; c < channels; ++c) {
    const std::optional<float> constant = ConstantValue(graph, chain, c);
    dead.is_dead[c] = std::ranges::all_of(chain.readers, [&](int32_t index) {
      const Node& reader = graph.nodes[static_cast<size_t>(index)];
      return !Minds(graph, reader, c) || (constant && CanTake(reader, *constant));
    });
    if (dead.is_dead[c]) dead.value[c] = constant.value_or(0.0f);
  }
  // No tensor is empty.
  if (std::ranges::count(dead.is_dead, false) == 0) dead.is_dead[0] = false, dead.value[0] = 0;
  return dead;
}

void TakeIntoBias(Graph& graph, Node& reader, const std::vector<double>& value) {
  if (std::ranges::all_of(value, [](double v) { return v == 0; })) return;
  const auto bias = OwnBias(graph, reader).MutableConstantAs<float>();
  const auto weights = graph.tensor(reader.inputs[1]).ConstantAs<float>();
  const size_t depth = weights.size() / bias.size();
  for (size_t o = 0; o < bias.size(); ++o) {
    double sum = bias[o];
    for (size_t i = 0; i < depth; ++i) sum += weights[o * depth + i] * value[i % value.size()];
    bias[o] = static_cast<float>(sum);
  }
}

// Takes these indices of dimension `axis` out of a constant of floats.
void RemoveAlong(Tensor& tensor, size_t axis, const std::vector<bool>& is_dead) {
  size_t inner = 1;
  for (size_t i = axis + 1; i < tensor.shape.size(); ++i) {
    inner *= static_cast<size_t>(tensor.shape[i]);
  }
  const auto values = tensor.MutableConstantAs<float>();
  size_t kept = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!is_dead[i / inner % is_dead.size()]) values[kept++] = values[i];
  }
  tensor.constant->resize(kept * sizeof(float));
  tensor.shape[axis] = std::ranges::count(is_dead, false);
}

// Takes channels out of what a node makes, and out of the weights, if it has some, that make them.
void RemoveOutputs(Graph& graph, Node& node, const std::vector<bool>& is_dead) {
  graph.tensor(node.outputs[0]).shape.back() = std::ranges::count(is_dead, false);
  const std::optional<int> axis = FilterChannelAxis(node.op);
  if (!axis) return;
  // The bias first: one that there was not is made as long as the filter has channels.
  RemoveAlong(OwnBias(graph, node), 0, is_dead);
  RemoveAlong(OwnFilter(graph, node), static_cast<size_t>(*axis), is_dead);
}

void RemoveInputs(Graph& graph, Node& reader, const std::vector<bool>& is_dead) {
  Tensor& filter = OwnFilter(graph, reader);
  RemoveAlong(filter, filter.shape.size() - 1, is_dead);
}

void Remove(Graph& graph, const ChannelChain& chain, const DeadChannels& dead) {
  RemoveOutputs(graph, graph.nodes[chain.head], dead.is_dead);
  for (const size_t index : chain.between) RemoveOutputs(graph, graph.nodes[index], dead.is_dead);
  for (const int32_t index : chain.readers) {
    Node& reader = graph.nodes[static_cast<size_t>(index)];
    TakeIntoBias(graph, reader, dead.value);
    RemoveInputs(graph, reader, dead.is_dead);
  }
}

// Once through all chains; whether there was something to remove.
bool RemoveOnce(Graph& graph) {
  // Removing leaves nodes and activations where they are, so these stay right.
  const auto consumers = graph.Consumers();
  bool removes = false;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto chain = ChainFrom(graph, consumers, i);
    if (!chain) continue;
    const DeadChannels dead = FindDead(graph, *chain);
    if (!dead.Any()) continue;
    Remove(graph, *chain, dead);
    removes = true;
  }
  graph.RemoveUnusedTensors();
  return removes;
}

}  // namespace

Status RemoveDeadChannels(Graph& graph) {
  // A quantised network gives the results of the runtime it comes from, to the bit.
  const bool is_quantized = std::ranges::any_of(
      graph.tensors, [](const Tensor& tensor) { return tensor.quantization.has_value(); });
  if (is_quantized) return Done{};
  // A channel that goes may have been all that others were made for, or of.
  while (RemoveOnce(graph)) {
  }
  return Done{};
}

}  // namespace wranglet
