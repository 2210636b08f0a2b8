#include "plugin/compiler/quantize/equalize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/neighbours.h"

namespace wranglet {
namespace {

// Equalising a pair changes what the pairs around it balance; that settles quickly.
constexpr int kRounds = 3;
// A channel is never made this many times larger or smaller.
constexpr float kMostFactor = 64.0f;
// Room that channels under an upper bound keep, beyond what was measured.
constexpr float kHeadroom = 1.5f;

bool IsHomogeneous(const Activation& activation) {
  return activation.min == 0 || activation.min == Activation{}.min;
}

// Whether every channel of the output (the last dimension) is made from that channel of the input
// alone, and doubles when it doubles.
bool PassesChannels(const Graph& graph, const Node& node) {
  const Shape &in = graph.tensor(node.inputs[0]).shape, &out = graph.tensor(node.outputs[0]).shape;
  const bool keeps_channels = !in.empty() && !out.empty() && in.back() == out.back();
  if (node.As<Reshape>() || node.As<Resize>()) return keeps_channels;
  if (const auto* pool = node.As<Pool2D>()) return pool->activation.IsIdentity();
  if (const auto* unary = node.As<Unary>()) return unary->kind == Unary::Kind::kLeakyRelu;
  if (const auto* pad = node.As<Pad>()) {
    const bool is_zero = pad->mode != Pad::Mode::kConstant || pad->value == 0;
    return is_zero && keeps_channels && pad->before.back() == 0 && pad->after.back() == 0;
  }
  if (const auto* mean = node.As<Mean>()) {
    return keeps_channels && mean->axes.back() != static_cast<int32_t>(in.size()) - 1;
  }
  return false;
}

// The channel of the output that an element of a layer's filter is for.
size_t OutputChannel(const Node& node, const Shape& filter, size_t element) {
  if (node.As<DepthwiseConv2D>()) return element % static_cast<size_t>(filter[3]);
  size_t of_channel = 1;
  for (size_t i = 1; i < filter.size(); ++i) of_channel *= static_cast<size_t>(filter[i]);
  return element / of_channel;
}

// The channel of the input that an element of a layer's filter reads.
size_t InputChannel(const Node& node, const Shape& filter, size_t element) {
  if (const auto* depthwise = node.As<DepthwiseConv2D>()) {
    return element % static_cast<size_t>(filter[3]) / static_cast<size_t>(depthwise->multiplier);
  }
  const auto depth = static_cast<size_t>(filter.back());
  const auto* conv = node.As<Conv2D>();
  const auto groups = static_cast<size_t>(conv != nullptr ? conv->groups : 1);
  const size_t group =
      OutputChannel(node, filter, element) * groups / static_cast<size_t>(filter[0]);
  return group * depth + element % depth;
}

using ChannelOf = size_t (*)(const Node&, const Shape&, size_t);

std::vector<float> Magnitudes(const Graph& graph, const Node& node, ChannelOf channel_of,
                              size_t channels) {
  const Tensor& filter = graph.tensor(node.inputs[1]);
  const auto weights = filter.ConstantAs<float>();
  std::vector<float> most(channels);
  for (size_t i = 0; i < weights.size(); ++i) {
    float& m = most[channel_of(node, filter.shape, i)];
    m = std::max(m, std::abs(weights[i]));
  }
  return most;
}

// A layer and the only one that reads it.
struct Pair {
  size_t first, second;
  std::vector<TensorId> between;  // the first one's output, and what passes its channels on
};

std::vector<Pair> PairsOf(const Graph& graph) {
  const auto consumers = graph.Consumers();
  const auto sole_reader = [&](TensorId id) -> std::optional<size_t> {
    const auto& readers = consumers[static_cast<size_t>(id)];
    const bool is_output = std::count(graph.outputs.begin(), graph.outputs.end(), id) > 0;
    if (is_output || readers.size() != 1) return std::nullopt;
    const auto reader = static_cast<size_t>(readers[0]);
    return graph.nodes[reader].inputs[0] == id ? std::optional(reader) : std::nullopt;
  };
  std::vector<Pair> pairs;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!HasFloatWeights(graph, node) || !IsHomogeneous(*FusedActivation(node.op))) continue;
    std::vector<TensorId> between = {node.outputs[0]};
    auto reader = sole_reader(node.outputs[0]);
    while (reader && PassesChannels(graph, graph.nodes[*reader])) {
      between.push_back(graph.nodes[*reader].outputs[0]);
      reader = sole_reader(between.back());
    }
    if (reader && HasFloatWeights(graph, graph.nodes[*reader])) {
      pairs.push_back({i, *reader, std::move(between)});
    }
  }
  return pairs;
}

// What each channel is divided by: `made` over `read`, or over nothing for a reader whose channels
// have scales of their own; 1 for a channel that is never heard.
std::vector<float> Factors(const std::vector<float>& made, const std::vector<float>& read,
                           bool reader_is_free) {
  std::vector<float> factors(made.size(), 1.0f);
  for (size_t c = 0; c < made.size(); ++c) {
    if (made[c] == 0 || read[c] == 0) continue;
    factors[c] = reader_is_free ? made[c] : std::sqrt(made[c] / read[c]);
  }
  return factors;
}

// Scales the factors of audible channels so that the largest magnitude of the tensor stays, then
// bounds them.
void Normalize(std::vector<float>& factors, const std::vector<float>& measured, float bound) {
  float before = 0, after = 0;
  for (size_t c = 0; c < factors.size(); ++c) {
    before = std::max(before, measured[c]);
    after = std::max(after, measured[c] / factors[c]);
  }
  if (before == 0 || !std::isfinite(after)) {
    std::ranges::fill(factors, 1.0f);
    return;
  }
  for (size_t c = 0; c < factors.size(); ++c) {
    float& factor = factors[c];
    factor = measured[c] == 0 ? 1.0f : factor * (after / before);
    factor = std::clamp(factor, 1 / kMostFactor, kMostFactor);
    if (bound == std::numeric_limits<float>::infinity()) continue;
    // Under a bound a channel may only grow, and only as far as the bound leaves it room.
    factor = std::min(1.0f, std::max(factor, kHeadroom * measured[c] / bound));
  }
}

void Scale(Graph& graph, const Pair& pair, const std::vector<float>& factors) {
  const Node &first = graph.nodes[pair.first], &second = graph.nodes[pair.second];
  Tensor& made_by = graph.tensor(first.inputs[1]);
  const auto makes = made_by.MutableConstantAs<float>();
  for (size_t i = 0; i < makes.size(); ++i) {
    makes[i] /= factors[OutputChannel(first, made_by.shape, i)];
  }
  const auto bias = graph.tensor(first.inputs[2]).MutableConstantAs<float>();
  for (size_t c = 0; c < bias.size(); ++c) bias[c] /= factors[c];
  Tensor& read_by = graph.tensor(second.inputs[1]);
  const auto reads = read_by.MutableConstantAs<float>();
  for (size_t i = 0; i < reads.size(); ++i) {
    reads[i] *= factors[InputChannel(second, read_by.shape, i)];
  }
}

}  // namespace

ChannelFactors EqualizeLayers(Graph& graph, const Calibration& calibration, Balance balance) {
  const std::vector<Pair> pairs = PairsOf(graph);
  std::vector<std::vector<float>> measured;
  for (const Pair& pair : pairs) {
    OwnFilter(graph, graph.nodes[pair.first]);
    OwnBias(graph, graph.nodes[pair.first]);
    OwnFilter(graph, graph.nodes[pair.second]);
    const auto output = static_cast<size_t>(graph.nodes[pair.first].outputs[0]);
    measured.push_back(calibration[output].channel_most);
  }
  ChannelFactors all;
  for (int round = 0; round < kRounds; ++round) {
    for (size_t p = 0; p < pairs.size(); ++p) {
      const Node &first = graph.nodes[pairs[p].first], &second = graph.nodes[pairs[p].second];
      const size_t channels = measured[p].size();
      const auto read = Magnitudes(graph, second, InputChannel, channels);
      const bool by_weights = balance == Balance::kWeights;
      const auto made =
          by_weights ? Magnitudes(graph, first, OutputChannel, channels) : measured[p];
      auto factors = Factors(made, read, !by_weights && second.As<DepthwiseConv2D>());
      Normalize(factors, measured[p], FusedActivation(first.op)->max);
      if (std::ranges::all_of(factors, [](float f) { return f == 1.0f; })) continue;
      Scale(graph, pairs[p], factors);
      if (!all.contains(first.name)) {
        for (const TensorId id : pairs[p].between) graph.tensor(id).name += ".equalized";
      }
      std::vector<float>& product = all.try_emplace(first.name, channels, 1.0f).first->second;
      for (size_t c = 0; c < channels; ++c) {
        measured[p][c] /= factors[c];
        product[c] *= factors[c];
      }
    }
  }
  return all;
}

}  // namespace wranglet
