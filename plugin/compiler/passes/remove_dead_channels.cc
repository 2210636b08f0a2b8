// Channels that cost and do nothing. A network trained with ReLU6 and batch normalisation has many
// whose filters vanished: they are 0, 6 or another constant whatever the image. The nodes that read
// one take what it adds to them into their bias; then it goes out of every tensor, filter and bias
// between the node that made it and them (ChannelChain). So does a channel that is read with
// weights of zero alone, whatever its values are. In int8 all of this is exact: sums of integers
// are only added up in another order.

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
#include "plugin/compiler/passes/summands.h"

namespace wranglet {
namespace {

// Which of a chain's channels go, and for what number each of them stood.
struct DeadChannels {
  std::vector<bool> is_dead;
  std::vector<double> value;  // 0 where the channel stays, or nobody minds
  bool Any() const { return std::ranges::count(is_dead, true) > 0; }
};

// Of each channel of the input of `reader`: whether a weight on it is not zero.
std::vector<bool> Minded(const Graph& graph, const Node& reader) {
  const auto channels = static_cast<size_t>(graph.tensor(reader.inputs[1]).shape.back());
  const std::vector<double> weights = WeightsOf(graph, reader);
  std::vector<bool> minded(channels);
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] != 0) minded[i % channels] = true;
  }
  return minded;
}

// Whether a channel of this constant adds the same to all elements of the reader's output. Where a
// window reaches into the padding it adds less, unless it is 0 itself.
bool CanTake(const Node& reader, double constant) {
  const auto* convolution = reader.As<Conv2D>();
  return constant == 0 || convolution == nullptr || !IsPadded(convolution->window);
}

DeadChannels FindDead(const Graph& graph, const ChannelChain& chain) {
  const std::vector<std::optional<double>> constants = ConstantValues(graph, chain);
  const size_t channels = constants.size();
  DeadChannels dead{std::vector<bool>(channels, true), std::vector<double>(channels)};
  for (const int32_t index : chain.readers) {
    const Node& reader = graph.nodes[static_cast<size_t>(index)];
    const std::vector<bool> minded = Minded(graph, reader);
    for (size_t c = 0; c < channels; ++c) {
      if (minded[c] && !(constants[c] && CanTake(reader, *constants[c]))) dead.is_dead[c] = false;
    }
  }
  // No tensor is empty.
  if (std::ranges::count(dead.is_dead, false) == 0) dead.is_dead[0] = false;
  for (size_t c = 0; c < channels; ++c) {
    if (dead.is_dead[c]) dead.value[c] = constants[c].value_or(0);
  }
  return dead;
}

void TakeIntoBias(Graph& graph, Node& reader, const std::vector<double>& value) {
  if (std::ranges::all_of(value, [](double v) { return v == 0; })) return;
  const std::vector<double> weights = WeightsOf(graph, reader);
  const auto outputs = static_cast<size_t>(graph.tensor(reader.inputs[1]).shape[0]);
  const size_t depth = weights.size() / outputs;
  std::vector<double> sums(outputs);
  for (size_t i = 0; i < weights.size(); ++i) {
    sums[i / depth] += weights[i] * value[i % value.size()];
  }
  AddToBias(graph, reader, sums);
}

template <typename T>
void RemoveFrom(std::vector<T>& values, const std::vector<bool>& is_dead) {
  size_t i = 0;
  std::erase_if(values, [&](const T&) { return is_dead[i++]; });
}

// Takes these indices of dimension `axis` out of a constant.
void RemoveAlong(Tensor& tensor, size_t axis, const std::vector<bool>& is_dead) {
  size_t inner = SizeOf(tensor.dtype);
  for (size_t i = axis + 1; i < tensor.shape.size(); ++i) {
    inner *= static_cast<size_t>(tensor.shape[i]);
  }
  size_t i = 0;
  std::erase_if(*tensor.constant, [&](std::byte) { return is_dead[i++ / inner % is_dead.size()]; });
  tensor.shape[axis] = std::ranges::count(is_dead, false);
  Quantization* q = tensor.quantization ? &*tensor.quantization : nullptr;
  if (q != nullptr && q->scale.size() > 1 && static_cast<size_t>(q->axis) == axis) {
    RemoveFrom(q->scale, is_dead);
    RemoveFrom(q->zero_point, is_dead);
  }
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

// Once through all chains; whether there was something to remove. A quantised network gives the
// results of the runtime it comes from, to the bit, which only integers of other sums do.
bool RemoveOnce(Graph& graph) {
  const bool may_change_floats = !IsQuantized(graph);
  // Removing leaves nodes and activations where they are, so these stay right.
  const auto consumers = graph.Consumers();
  bool removes = false;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto chain = ChainFrom(graph, consumers, i);
    if (!chain || (HasFloatWeights(graph, graph.nodes[i]) && !may_change_floats)) continue;
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
  // A channel that goes may have been all that others were made for, or of.
  while (RemoveOnce(graph)) {
  }
  return Done{};
}

}  // namespace wranglet
