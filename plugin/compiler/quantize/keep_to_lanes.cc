#include "plugin/compiler/quantize/keep_to_lanes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "kernels/depthwise_lanes.h"
#include "kernels/gemm_lanes.h"
#include "kernels/lane_sums.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/plan/requantize.h"
#include "plugin/compiler/plan/window_of.h"
#include "plugin/compiler/quantize/lane_grid.h"
#include "plugin/compiler/quantize/parameters.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/quantize/round_together.h"

namespace wranglet {
namespace {

// Products deeper than this lose too much: of Coral's MobileNetV2, with those up to 32, a point of
// top-1 where it lost half a point without.
constexpr int32_t kMostDepth = 16;

// Nanoseconds an output by which kernels of sums in int16 are faster than those of pairs, about: of
// a depthwise convolution of 3x3, and of a product and each of its depth.
constexpr double kDepthwiseSaves = 0.37, kProductSaves = 0.1, kDepthSaves = 0.005;

bool HasKernel(const Graph& graph, const Node& node) {
  if (const auto* op = node.As<DepthwiseConv2D>()) {
    return DepthwiseLaneBand::Serves(WindowOf(graph, node, op->window));
  }
  const auto* op = node.As<Conv2D>();
  if (op == nullptr) return false;
  const WindowShape w = WindowOf(graph, node, op->window);
  return IsPointwise(w, op->groups) && w.in_c <= kMostDepth &&
         LaneProduct::Pays(w.batch * w.out_h * w.out_w, w.in_c, w.out_c);
}

bool IsServed(const Graph& graph, const Node& node) {
  return HasKernel(graph, node) && HasFloatWeights(graph, node) &&
         !graph.tensor(node.inputs[0]).constant;
}

const Activation& ActivationOf(const Node& node) {
  const auto* depthwise = node.As<DepthwiseConv2D>();
  return depthwise != nullptr ? depthwise->activation : node.As<Conv2D>()->activation;
}

// Where the weights of output channels are in a filter.
struct ChannelWeights {
  size_t channels, count, step, channel_step;

  ChannelWeights(const Node& node, const Tensor& filter)
      : channels(
            static_cast<size_t>(filter.shape[static_cast<size_t>(*FilterChannelAxis(node.op))])),
        count(static_cast<size_t>(CountOf(filter)) / channels) {
    const bool is_last = *FilterChannelAxis(node.op) > 0;
    step = is_last ? channels : 1, channel_step = is_last ? 1 : count;
  }

  size_t At(size_t c, size_t i) const { return c * channel_step + i * step; }

  std::vector<float> Of(size_t c, std::span<const float> filter) const {
    std::vector<float> weights;
    for (size_t i = 0; i < count; ++i) weights.push_back(filter[At(c, i)]);
    return weights;
  }
};

}  // namespace

Result<KeepToLanes> KeepToLanes::Make(const Graph& wanted, const Ranges& ranges,
                                      const Precisions& precisions,
                                      std::span<const Sample> samples) {
  KeepToLanes keep(wanted);
  WRANGLET_ASSIGN(const Graph quantized, QuantizeGraph(wanted, ranges, precisions));
  std::map<std::string, const Node*> by_name;
  for (const Node& node : quantized.nodes) by_name[node.name] = &node;
  std::vector<size_t> nodes;
  for (size_t i = 0; i < wanted.nodes.size(); ++i) {
    if (!IsServed(wanted, wanted.nodes[i])) continue;
    const Node& node = *by_name.at(wanted.nodes[i].name);
    const Tensor& input = quantized.tensor(node.inputs[0]);
    const Tensor& output = quantized.tensor(node.outputs[0]);
    if (input.dtype != DType::kInt8 || output.dtype != DType::kInt8) continue;
    nodes.push_back(i);
    keep.layers_[i] = {{},
                       *input.quantization,
                       output.quantization->scale[0],
                       OutputOf(*output.quantization, ActivationOf(node))};
  }
  if (nodes.empty() || samples.empty()) return KeepToLanes(wanted);
  WRANGLET_ASSIGN(auto moments, MeasureInputs(wanted, nodes, samples));
  for (size_t i = 0; i < nodes.size(); ++i) keep.layers_[nodes[i]].moments = std::move(moments[i]);
  return keep;
}

std::vector<size_t> KeepToLanes::layers() const {
  std::vector<size_t> nodes;
  for (const auto& [node, layer] : layers_) nodes.push_back(node);
  return nodes;
}

bool KeepToLanes::IsDepthwise(size_t layer) const {
  return wanted_->nodes[layer].As<DepthwiseConv2D>() != nullptr;
}

double KeepToLanes::Saves(size_t layer) const {
  const Node& node = wanted_->nodes[layer];
  const auto outputs = static_cast<double>(CountOf(wanted_->tensor(node.outputs[0])));
  if (IsDepthwise(layer)) return kDepthwiseSaves * outputs;
  const auto depth = static_cast<double>(wanted_->tensor(node.inputs[1]).shape.back());
  return (kProductSaves + kDepthSaves * depth) * outputs;
}

std::optional<KeepToLanes::Channel> KeepToLanes::Layer::Fit(size_t c,
                                                            const std::vector<float>& wanted,
                                                            const std::vector<float>& rounded,
                                                            float bias) const {
  const Moments& its = moments[moments.size() == 1 ? 0 : c];
  const std::optional<LaneGrid> grid = LaneGrid::Of(wanted, bias, input, output_scale);
  if (!grid) return {};
  std::vector<float> steps;
  for (const float weight : wanted) steps.push_back(weight * grid->factor / grid->scale);
  const std::vector<int8_t> integers =
      RoundTogether(its).Round(steps, PairLanes::OfSum(steps.size(), grid->most));
  Channel channel{.scale = grid->scale, .bias = bias * grid->factor};
  double lost = 0;
  for (size_t i = 0; i < integers.size(); ++i) {
    channel.weights.push_back(static_cast<float>(integers[i]) * grid->scale);
    lost += (double{rounded[i]} * grid->factor - channel.weights[i]) * its.mean[i];
  }
  channel.bias += static_cast<float>(lost);
  LaneSums sums(QuantizeBias(channel.bias, input.scale[0], grid->scale), input.zero_point[0]);
  for (const int8_t weight : integers) sums.Add(weight);
  const float scale = RequantizationScales(input.scale[0], {grid->scale}, output_scale, 1)[0];
  return sums.Fit(scale, output) ? std::optional(std::move(channel)) : std::nullopt;
}

bool KeepToLanes::Fit(Graph& graph, size_t index) const {
  const Layer& layer = layers_.at(index);
  Node& node = graph.nodes[index];
  OwnFilter(graph, node), OwnBias(graph, node);
  Tensor& filter = graph.tensor(node.inputs[1]);
  const ChannelWeights places(node, filter);
  const auto wanted = wanted_->tensor(wanted_->nodes[index].inputs[1]).ConstantAs<float>();
  const auto weights = filter.MutableConstantAs<float>();
  const auto bias = graph.tensor(node.inputs[2]).MutableConstantAs<float>();
  std::vector<Channel> fitted;
  for (size_t c = 0; c < places.channels; ++c) {
    auto channel = layer.Fit(c, places.Of(c, wanted), places.Of(c, weights), bias[c]);
    if (!channel) return false;
    fitted.push_back(std::move(*channel));
  }
  filter.quantization = {.zero_point = std::vector<int32_t>(places.channels, 0),
                         .axis = *FilterChannelAxis(node.op)};
  for (size_t c = 0; c < places.channels; ++c) {
    filter.quantization->scale.push_back(fitted[c].scale);
    bias[c] = fitted[c].bias;
    for (size_t i = 0; i < places.count; ++i) weights[places.At(c, i)] = fitted[c].weights[i];
  }
  return true;
}

}  // namespace wranglet
