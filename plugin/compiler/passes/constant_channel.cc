// The range of a channel's values is followed through the chain, in real numbers, and rounded to
// float32 behind each node; where both its ends are the same float, so is every value.

#include "plugin/compiler/passes/constant_channel.h"

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "plugin/compiler/graph/traits.h"

namespace wranglet {
namespace {

struct Range {
  double low, high;
};

// What is taken to hold every number of a network of which nothing is known. Images have values up
// to 255, and activations of more than 2^20, a million, would leave int8 nothing of the others.
constexpr Range kAnything = {-0x1p20, 0x1p20};

Range With0(const Range& range) { return {std::min(range.low, 0.0), std::max(range.high, 0.0)}; }

Range Activated(const Activation& activation, const Range& range) {
  const auto activated = [&](double value) {
    return static_cast<float>(
        std::min<double>(std::max<double>(value, activation.min), activation.max));
  };
  return {activated(range.low), activated(range.high)};
}

// bias + the sum of weights, each times some number in `input`.
Range WeightedSum(const std::vector<float>& weights, float bias, const Range& input) {
  Range sum = {bias, bias};
  for (const double weight : weights) {
    const auto [low, high] = std::minmax({weight * input.low, weight * input.high});
    sum.low += low;
    sum.high += high;
  }
  return sum;
}

std::vector<float> WeightsOf(const Graph& graph, const Node& node, size_t channel) {
  const Tensor& filter = graph.tensor(node.inputs[1]);
  const auto axis = static_cast<size_t>(*FilterChannelAxis(node.op));
  const auto channels = static_cast<size_t>(filter.shape[axis]);
  const auto values = filter.ConstantAs<float>();
  const size_t depth = values.size() / channels;
  std::vector<float> weights(depth);
  for (size_t i = 0; i < depth; ++i) {
    weights[i] = values[axis == 0 ? channel * depth + i : i * channels + channel];
  }
  return weights;
}

float BiasOf(const Graph& graph, const Node& node, size_t channel) {
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoTensor;
  return has_bias ? graph.tensor(node.inputs[2]).ConstantAs<float>()[channel] : 0.0f;
}

// The range of a channel behind a node, from that before it.
struct RangeBehind {
  const Graph& graph;
  const Node& node;
  size_t channel;
  Range input;

  Range Sum(const Activation& activation, const Range& summand) const {
    return Activated(activation, WeightedSum(WeightsOf(graph, node, channel),
                                             BiasOf(graph, node, channel), summand));
  }

  Range operator()(const Conv2D& op) const { return Sum(op.activation, input); }
  Range operator()(const FullyConnected& op) const { return Sum(op.activation, input); }
  Range operator()(const DepthwiseConv2D& op) const {
    return Sum(op.activation, IsPadded(op.window) ? With0(input) : input);
  }
  Range operator()(const Pool2D& op) const {
    const bool averages_0 = op.counts_padding && IsPadded(op.window);
    return Activated(op.activation, averages_0 ? With0(input) : input);
  }
  Range operator()(const Clamp& op) const { return Activated(op.activation, input); }
  Range operator()(const Mean&) const { return input; }
  Range operator()(const Reshape&) const { return input; }
  // Of Unary: its functions are the kernels'.
  template <typename T>
  Range operator()(const T&) const {
    return kAnything;
  }
};

}  // namespace

std::optional<float> ConstantValue(const Graph& graph, const ChannelChain& chain, size_t channel) {
  Range range = kAnything;
  const auto follow = [&](size_t index) {
    const Node& node = graph.nodes[index];
    range = std::visit(RangeBehind{graph, node, channel, range}, node.op);
  };
  follow(chain.head);
  for (const size_t index : chain.between) follow(index);
  if (range.low != range.high || !std::isfinite(range.low)) return std::nullopt;
  return static_cast<float>(range.low);
}

}  // namespace wranglet
