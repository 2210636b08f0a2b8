#include "plugin/compiler/quantize/round_filters.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/quantize/all_cores.h"
#include "plugin/compiler/quantize/input_moments.h"
#include "plugin/compiler/quantize/lanes.h"
#include "plugin/compiler/quantize/patches.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/quantize/round_together.h"

namespace wranglet {
namespace {

constexpr size_t kMostInputs = 2304;

struct Layer {
  size_t node;
  Patches patches;
  Quantization grid;  // of the filter
  PairLanes lanes;
};

// The layers of `graph` whose filters are to be rounded, with the scales that `quantized` gives.
std::vector<Layer> LayersOf(const Graph& graph, const Graph& quantized,
                            const Precisions& precisions) {
  std::map<std::string, const Node*> by_name;
  for (const Node& node : quantized.nodes) by_name[node.name] = &node;
  std::vector<Layer> layers;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!HasFloatWeights(graph, node) || graph.tensor(node.inputs[0]).constant) continue;
    const Tensor& stored = quantized.tensor(by_name.at(node.name)->inputs[1]);
    const std::optional<Patches> patches = Patches::Of(graph, node);
    if (stored.dtype != DType::kInt8 || !patches || patches->inputs() > kMostInputs) continue;
    layers.push_back({i, *patches, *stored.quantization,
                      precisions[i] == DType::kInt8 ? LanesOf(graph, node) : PairLanes()});
  }
  return layers;
}

// One output channel.
class Channel {
 public:
  Channel(const Patches& patches, size_t group, size_t output, std::span<float> filter)
      : filter_(filter) {
    for (size_t i = 0; i < patches.inputs(); ++i) {
      at_.push_back(patches.WeightIndex(group, output, i));
    }
  }

  // Returns what the output, of inputs with these means, has less than before.
  double Round(const RoundTogether& rounding, const PairLanes& lanes, float scale,
               const std::vector<float>& means) {
    std::vector<float> steps;
    for (const size_t i : at_) steps.push_back(filter_[i] / scale);
    const std::vector<int8_t> integers = rounding.Round(steps, lanes);
    double lost = 0;
    for (size_t i = 0; i < at_.size(); ++i) {
      float& weight = filter_[at_[i]];
      const float now = static_cast<float>(integers[i]) * scale;
      lost += (double{weight} - now) * means[i];
      weight = now;
    }
    return lost;
  }

 private:
  std::span<float> filter_;
  std::vector<size_t> at_;  // of its weights, in the filter
};

void RoundLayer(const Layer& layer, const std::vector<Moments>& moments, std::span<float> filter,
                std::span<float> bias) {
  const Patches& patches = layer.patches;
  for (size_t group = 0; group < patches.groups(); ++group) {
    const RoundTogether rounding(moments[group]);
    for (size_t output = 0; output < patches.outputs(); ++output) {
      Channel channel(patches, group, output, filter);
      const size_t c = patches.Channel(group, output);
      bias[c] += static_cast<float>(
          channel.Round(rounding, layer.lanes, layer.grid.scale[c], moments[group].mean));
    }
  }
}

}  // namespace

Status RoundFilters(Graph& graph, const Ranges& ranges, const Precisions& precisions,
                    std::span<const Sample> samples) {
  WRANGLET_ASSIGN(const Graph quantized, QuantizeGraph(graph, ranges, precisions));
  const std::vector<Layer> layers = LayersOf(graph, quantized, precisions);
  if (layers.empty() || samples.empty()) return Done{};
  std::vector<size_t> nodes;
  for (const Layer& layer : layers) nodes.push_back(layer.node);
  WRANGLET_ASSIGN(const auto moments, MeasureInputs(graph, nodes, samples));
  for (const size_t node : nodes) {
    OwnFilter(graph, graph.nodes[node]);
    OwnBias(graph, graph.nodes[node]);
  }
  ForEachOnAllCores(layers.size(), [&](size_t l) {
    const Node& node = graph.nodes[layers[l].node];
    Tensor& filter = graph.tensor(node.inputs[1]);
    RoundLayer(layers[l], moments[l], filter.MutableConstantAs<float>(),
               graph.tensor(node.inputs[2]).MutableConstantAs<float>());
    filter.quantization = layers[l].grid;
  });
  return Done{};
}

}  // namespace wranglet
