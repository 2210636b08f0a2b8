#include "plugin/compiler/quantize/fidelity.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plugin/compiler/graph/traits.h"

namespace wranglet {
namespace {

// Whether the output is only another view of the input: the same numbers, or a squashing of them.
bool OnlyShows(const Operator& op) {
  const auto* unary = std::get_if<Unary>(&op);
  return KeepsQuantization(op) || std::holds_alternative<Softmax>(op) ||
         std::holds_alternative<ArgMax>(op) ||
         (unary != nullptr && unary->kind == Unary::Kind::kLogistic);
}

struct Power {
  double signal = 0, noise = 0;
};

double Decibels(Power power) {
  if (power.noise == 0) return Fidelity::kMost;
  return std::clamp(10 * std::log10(power.signal / power.noise), -Fidelity::kMost, Fidelity::kMost);
}

}  // namespace

std::vector<std::string> TellingNodes(const Graph& graph) {
  const std::vector<int32_t> producers = graph.Producers();
  std::vector<std::string> names;
  for (const TensorId output : graph.outputs) {
    int32_t at = producers[static_cast<size_t>(output)];
    while (at >= 0) {
      const Node& node = graph.nodes[static_cast<size_t>(at)];
      const int32_t before = producers[static_cast<size_t>(node.inputs[0])];
      if (!OnlyShows(node.op) || before < 0) break;
      at = before;
    }
    if (at < 0) continue;
    const Node& node = graph.nodes[static_cast<size_t>(at)];
    const bool is_new = std::find(names.begin(), names.end(), node.name) == names.end();
    if (is_new && graph.tensor(node.outputs[0]).dtype == DType::kFloat32) {
      names.push_back(node.name);
    }
  }
  return names;
}

Result<Fidelity> Fidelity::Make(const Graph& float_graph, std::span<const Sample> samples,
                                std::vector<std::string> nodes) {
  Fidelity fidelity(samples, std::move(nodes));
  fidelity.expected_.assign(samples.size(),
                            std::vector<std::vector<float>>(fidelity.nodes_.size()));
  WRANGLET_RETURN_IF_ERROR(
      RunSamples(float_graph, InMemory(samples), fidelity.nodes_,
                 [&](size_t sample, size_t node, std::span<const float> values) {
                   fidelity.expected_[sample][node].assign(values.begin(), values.end());
                 }));
  return fidelity;
}

Result<std::vector<double>> Fidelity::Of(const Graph& graph, const ChannelFactors& factors) const {
  std::vector<std::vector<float>> scales(nodes_.size(), {1.0f});
  for (size_t node = 0; node < nodes_.size(); ++node) {
    const auto found = factors.find(nodes_[node]);
    if (found != factors.end()) scales[node] = found->second;
  }
  // By sample, so that the sums do not depend on which thread came first.
  std::vector<std::vector<Power>> powers(samples_.size(), std::vector<Power>(nodes_.size()));
  WRANGLET_RETURN_IF_ERROR(RunSamples(
      graph, InMemory(samples_), nodes_,
      [&](size_t sample, size_t node, std::span<const float> values) {
        const std::vector<float>& expected = expected_[sample][node];
        const std::vector<float>& scale = scales[node];
        Power& power = powers[sample][node];
        for (size_t i = 0; i < expected.size(); ++i) {
          const double difference = double{values[i]} * scale[i % scale.size()] - expected[i];
          power.signal += double{expected[i]} * expected[i];
          power.noise += difference * difference;
        }
      }));
  std::vector<double> decibels;
  for (size_t node = 0; node < nodes_.size(); ++node) {
    Power sum;
    for (const auto& of_sample : powers) {
      sum.signal += of_sample[node].signal;
      sum.noise += of_sample[node].noise;
    }
    decibels.push_back(Decibels(sum));
  }
  return decibels;
}

}  // namespace wranglet
