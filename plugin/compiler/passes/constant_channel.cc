// The range of a channel's values is followed through the chain: in real numbers, and rounded to
// float32 behind each node; or in integers, and requantised behind each node. No rounding turns the
// order of two numbers round, so where both ends of a range come to the same, so does all between.

#include "plugin/compiler/passes/constant_channel.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <variant>
#include <vector>

#include "kernels/requantize.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/summands.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// Sums beyond them wrap.
constexpr double kLeastInt32 = std::numeric_limits<int32_t>::min();
constexpr double kMostInt32 = std::numeric_limits<int32_t>::max();

struct Range {
  double low, high;
};

std::vector<Range> With0(std::vector<Range> ranges) {
  for (auto& [low, high] : ranges) low = std::min(low, 0.0), high = std::max(high, 0.0);
  return ranges;
}

// All that a tensor's elements may be. Of floats, what is taken to hold every number of a network
// of which nothing is known: images have values up to 255, and activations of more than 2^20, a
// million, would leave int8 nothing of the others.
Range AnythingIn(const Tensor& tensor) {
  if (tensor.dtype != DType::kInt8) return {-0x1p20, 0x1p20};
  const int32_t zero_point = tensor.quantization->zero_point[0];
  return {-128.0 - zero_point, 127.0 - zero_point};
}

// The ranges of all channels behind a node, from those before it; those of a head from anything.
struct RangesBehind {
  const Graph& graph;
  const Node& node;
  const std::vector<Range>& before;

  const Tensor& In() const { return graph.tensor(node.inputs[0]); }
  const Tensor& Out() const { return graph.tensor(node.outputs[0]); }
  bool IsFloat() const { return In().dtype == DType::kFloat32; }

  std::vector<Range> Anything() const {
    return std::vector<Range>(static_cast<size_t>(Out().shape.back()), AnythingIn(Out()));
  }

  // Each bias, and the sum of weights, each times some number in the range of it.
  template <typename InputRange>
  std::vector<Range> Sums(InputRange&& input_range) const {
    std::vector<Range> sums;
    for (const double bias : BiasOf(graph, node)) sums.push_back({bias, bias});
    const std::vector<double> weights = WeightsOf(graph, node);
    const bool is_first = *FilterChannelAxis(node.op) == 0;
    for (size_t i = 0; i < weights.size(); ++i) {
      const size_t channel = is_first ? i / (weights.size() / sums.size()) : i % sums.size();
      const Range& input = input_range(channel);
      const auto [low, high] = std::minmax({weights[i] * input.low, weights[i] * input.high});
      sums[channel].low += low;
      sums[channel].high += high;
    }
    return sums;
  }

  std::vector<Range> Requantized(const Activation& activation, std::vector<Range> ranges) const {
    const Quantization &from = *In().quantization, &into = *Out().quantization;
    const std::vector<float> scales =
        RequantizationScales(from.scale[0], graph.tensor(node.inputs[1]).quantization->scale,
                             into.scale[0], static_cast<int64_t>(ranges.size()));
    const Int8Output output = OutputOf(into, activation);
    for (size_t c = 0; c < ranges.size(); ++c) {
      const auto requantized = [&](double sum) {
        return static_cast<double>(
            RequantizeInt8Reference(static_cast<int32_t>(sum), scales[c], output) -
            output.zero_point);
      };
      const auto& [low, high] = ranges[c];
      const bool is_known = std::isfinite(scales[c]) && low >= kLeastInt32 && high <= kMostInt32;
      ranges[c] = is_known ? Range{requantized(low), requantized(high)} : AnythingIn(Out());
    }
    return ranges;
  }

  std::vector<Range> Activated(const Activation& activation, std::vector<Range> ranges) const {
    const auto activated = [&](double value) {
      return static_cast<float>(
          std::min<double>(std::max<double>(value, activation.min), activation.max));
    };
    for (auto& [low, high] : ranges) low = activated(low), high = activated(high);
    return ranges;
  }

  // Of sums.
  std::vector<Range> Made(const Activation& activation, std::vector<Range> sums) const {
    return IsFloat() ? Activated(activation, std::move(sums))
                     : Requantized(activation, std::move(sums));
  }

  // Of numbers that are some of those before, or between them.
  std::vector<Range> Kept(const Activation& activation, std::vector<Range> ranges) const {
    if (IsFloat()) return Activated(activation, std::move(ranges));
    const bool keeps = activation.IsIdentity() && In().IsStoredLike(Out());
    return keeps ? ranges : Anything();
  }

  std::vector<Range> Mixed(const Activation& activation) const {
    const Range anything = AnythingIn(In());
    return Made(activation, Sums([&](size_t) { return anything; }));
  }

  std::vector<Range> operator()(const Conv2D& op) const { return Mixed(op.activation); }
  std::vector<Range> operator()(const FullyConnected& op) const { return Mixed(op.activation); }
  std::vector<Range> operator()(const DepthwiseConv2D& op) const {
    const std::vector<Range> input = IsPadded(op.window) ? With0(before) : before;
    return Made(op.activation, Sums([&](size_t channel) { return input[channel]; }));
  }
  std::vector<Range> operator()(const Pool2D& op) const {
    const bool averages_0 = op.counts_padding && IsPadded(op.window);
    return Kept(op.activation, averages_0 ? With0(before) : before);
  }
  std::vector<Range> operator()(const Clamp& op) const { return Kept(op.activation, before); }
  std::vector<Range> operator()(const Mean&) const { return Kept({}, before); }
  std::vector<Range> operator()(const Reshape&) const { return Kept({}, before); }
  // Of Unary: its functions are the kernels'.
  template <typename T>
  std::vector<Range> operator()(const T&) const {
    return Anything();
  }
};

}  // namespace

std::vector<std::optional<double>> ConstantValues(const Graph& graph, const ChannelChain& chain) {
  std::vector<Range> ranges;
  const auto follow = [&](const Node& node) {
    ranges = std::visit(RangesBehind{graph, node, ranges}, node.op);
  };
  follow(graph.nodes[chain.head]);
  for (const size_t index : chain.between) follow(graph.nodes[index]);
  std::vector<std::optional<double>> values(ranges.size());
  for (size_t c = 0; c < ranges.size(); ++c) {
    const auto& [low, high] = ranges[c];
    if (low == high && std::isfinite(low)) values[c] = low;
  }
  return values;
}

}  // namespace wranglet
