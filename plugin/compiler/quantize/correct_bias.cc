#include "plugin/compiler/quantize/correct_bias.h"

#include <cmath>
#include <string>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

// Of the elements: with less within the activation's bounds the mean says too little.
constexpr double kLeastFree = 0.05;

// A stored upper bound may be less than the real one by the rounding of its scale.
constexpr float kAlmost = 1 - 1e-5f;

// Of a node's output over all samples, by channel.
struct Means {
  std::vector<double> mean;
  std::vector<double> free;  // the part of elements strictly within the activation
};

// Those of the nodes `names`, whose fused activations these are.
Result<std::vector<Means>> MeansOf(const Graph& graph, std::span<const Sample> samples,
                                   const std::vector<std::string>& names,
                                   const std::vector<Activation>& activations,
                                   const std::vector<size_t>& channels) {
  // By sample, so that the sums do not depend on which thread came first.
  std::vector<std::vector<Means>> all(samples.size(), std::vector<Means>(names.size()));
  WRANGLET_RETURN_IF_ERROR(RunSamples(
      graph, InMemory(samples), names,
      [&](size_t sample, size_t node, std::span<const float> values) {
        Means& means = all[sample][node];
        const size_t count = channels[node];
        const double part = static_cast<double>(count) / static_cast<double>(values.size());
        means = {std::vector<double>(count), std::vector<double>(count)};
        for (size_t i = 0; i < values.size(); ++i) {
          const float value = values[i];
          means.mean[i % count] += value * part;
          const bool is_free =
              value > activations[node].min && value < activations[node].max * kAlmost;
          means.free[i % count] += is_free ? part : 0.0;
        }
      }));
  std::vector<Means> sums = all[0];
  const auto count = static_cast<double>(samples.size());
  for (size_t node = 0; node < names.size(); ++node) {
    for (size_t c = 0; c < channels[node]; ++c) {
      double mean = 0, free = 0;
      for (const auto& of_sample : all) {
        mean += of_sample[node].mean[c];
        free += of_sample[node].free[c];
      }
      sums[node].mean[c] = mean / count;
      sums[node].free[c] = free / count;
    }
  }
  return sums;
}

// The nodes of `graph` up to the one of this name, whose output becomes the only one.
Graph UpTo(const Graph& graph, const std::string& name) {
  Graph part = graph;
  for (size_t i = 0; i < part.nodes.size(); ++i) {
    if (part.nodes[i].name != name) continue;
    part.nodes.resize(i + 1);
    part.outputs = part.nodes.back().outputs;
    break;
  }
  part.RemoveUnusedTensors();
  return part;
}

}  // namespace

Status CorrectBiases(Graph& graph, const Graph& wanted, const Ranges& ranges,
                     const Precisions& precisions, std::span<const Sample> samples) {
  std::vector<size_t> layers;
  std::vector<std::string> names;
  std::vector<Activation> activations;
  std::vector<size_t> channels;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!HasFloatWeights(graph, node) || precisions[i] == DType::kFloat32) continue;
    layers.push_back(i);
    names.push_back(node.name);
    activations.push_back(*FusedActivation(node.op));
    channels.push_back(static_cast<size_t>(graph.tensor(node.outputs[0]).shape.back()));
  }
  if (layers.empty() || samples.empty()) return Done{};
  WRANGLET_ASSIGN(const auto targets, MeansOf(wanted, samples, names, activations, channels));
  for (size_t l = 0; l < layers.size(); ++l) {
    WRANGLET_ASSIGN(const Graph quantized, QuantizeGraph(graph, ranges, precisions));
    WRANGLET_ASSIGN(const auto means, MeansOf(UpTo(quantized, names[l]), samples, {names[l]},
                                              {activations[l]}, {channels[l]}));
    const auto bias = OwnBias(graph, graph.nodes[layers[l]]).MutableConstantAs<float>();
    for (size_t c = 0; c < bias.size(); ++c) {
      const double free = means[0].free[c];
      if (free < kLeastFree) continue;
      bias[c] += static_cast<float>((targets[l].mean[c] - means[0].mean[c]) / free);
    }
  }
  return Done{};
}

}  // namespace wranglet
