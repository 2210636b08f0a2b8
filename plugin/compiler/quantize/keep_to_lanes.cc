#include "plugin/compiler/quantize/keep_to_lanes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "kernels/depthwise_lanes.h"
#include "kernels/lane_sums.h"
#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/plan/requantize.h"
#include "plugin/compiler/plan/window_of.h"
#include "plugin/compiler/quantize/lane_grid.h"
#include "plugin/compiler/quantize/parameters.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/quantize/round_together.h"

namespace wranglet {
namespace {

bool IsServed(const Graph& graph, const Node& node) {
  const auto* op = node.As<DepthwiseConv2D>();
  return op != nullptr && HasFloatWeights(graph, node) && !graph.tensor(node.inputs[0]).constant &&
         DepthwiseLaneBand::Serves(WindowOf(graph, node, op->window));
}

// Channel c of a filter [1,KH,KW,C].
std::vector<float> ChannelOf(std::span<const float> filter, size_t channels, size_t c) {
  std::vector<float> weights;
  for (size_t i = c; i < filter.size(); i += channels) weights.push_back(filter[i]);
  return weights;
}

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
                       OutputOf(*output.quantization, node.As<DepthwiseConv2D>()->activation)};
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

std::optional<KeepToLanes::Channel> KeepToLanes::Layer::Fit(size_t c,
                                                            const std::vector<float>& wanted,
                                                            const std::vector<float>& rounded,
                                                            float bias) const {
  const std::optional<LaneGrid> grid = LaneGrid::Of(wanted, bias, input, output_scale);
  if (!grid) return {};
  std::vector<float> steps;
  for (const float weight : wanted) steps.push_back(weight * grid->factor / grid->scale);
  const std::vector<int8_t> integers =
      RoundTogether(moments[c]).Round(steps, PairLanes::OfSum(steps.size(), grid->most));
  Channel channel{.scale = grid->scale, .bias = bias * grid->factor};
  double lost = 0;
  for (size_t i = 0; i < integers.size(); ++i) {
    channel.weights.push_back(static_cast<float>(integers[i]) * grid->scale);
    lost += (double{rounded[i]} * grid->factor - channel.weights[i]) * moments[c].mean[i];
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
  const size_t channels = layer.moments.size();
  OwnFilter(graph, node), OwnBias(graph, node);
  Tensor& filter = graph.tensor(node.inputs[1]);
  const auto wanted = wanted_->tensor(wanted_->nodes[index].inputs[1]).ConstantAs<float>();
  const auto weights = filter.MutableConstantAs<float>();
  const auto bias = graph.tensor(node.inputs[2]).MutableConstantAs<float>();
  std::vector<Channel> fitted;
  for (size_t c = 0; c < channels; ++c) {
    auto channel =
        layer.Fit(c, ChannelOf(wanted, channels, c), ChannelOf(weights, channels, c), bias[c]);
    if (!channel) return false;
    fitted.push_back(std::move(*channel));
  }
  filter.quantization = {.zero_point = std::vector<int32_t>(channels, 0), .axis = 3};
  for (size_t c = 0; c < channels; ++c) {
    filter.quantization->scale.push_back(fitted[c].scale);
    bias[c] = fitted[c].bias;
    for (size_t tap = 0; tap < fitted[c].weights.size(); ++tap) {
      weights[tap * channels + c] = fitted[c].weights[tap];
    }
  }
  return true;
}

}  // namespace wranglet
