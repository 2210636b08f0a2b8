#include "plugin/compiler/quantize/sensitivity.h"

#include <algorithm>
#include <utility>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

// Whether the node's type is a decision: it computes, on real numbers.
bool HasChoice(const Graph& graph, const Node& node) {
  return graph.tensor(node.outputs[0]).dtype == DType::kFloat32 && !KeepsQuantization(node.op) &&
         !node.As<Cast>();
}

}  // namespace

Result<std::vector<LayerSensitivity>> MeasureSensitivity(const Graph& float_graph,
                                                         const Prepared& prepared,
                                                         const Precisions& precisions,
                                                         std::span<const Sample> samples) {
  WRANGLET_ASSIGN(const Fidelity fidelity,
                  Fidelity::Make(float_graph, samples, TellingNodes(float_graph)));
  std::vector<LayerSensitivity> layers;
  for (size_t i = 0; i < prepared.graph.nodes.size(); ++i) {
    const Node& node = prepared.graph.nodes[i];
    if (precisions[i] != DType::kInt8 || !HasChoice(prepared.graph, node)) continue;
    Precisions alone = Uniform(prepared.graph, DType::kFloat32);
    alone[i] = DType::kInt8;
    WRANGLET_ASSIGN(const Graph quantized, QuantizeGraph(prepared.graph, prepared.ranges, alone));
    WRANGLET_ASSIGN(const std::vector<double> decibels, fidelity.Of(quantized));
    const auto worst = std::min_element(decibels.begin(), decibels.end());
    layers.push_back({i, node.name, worst == decibels.end() ? Fidelity::kMost : *worst});
  }
  return layers;
}

Result<std::vector<size_t>> SmallestSet(
    std::vector<LayerSensitivity> layers,
    const std::function<Result<bool>(const std::vector<size_t>&)>& reaches) {
  std::stable_sort(layers.begin(), layers.end(),
                   [](const auto& a, const auto& b) { return a.sqnr < b.sqnr; });
  std::vector<size_t> nodes;
  for (const LayerSensitivity& layer : layers) nodes.push_back(layer.node);
  const auto first = [&](size_t count) {
    return std::vector(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(count));
  };
  size_t too_few = 0, enough = nodes.size();
  for (const size_t count : {too_few, enough}) {
    WRANGLET_ASSIGN(const bool is_enough, reaches(first(count)));
    if (is_enough) {
      enough = count;
      break;
    }
    if (count == nodes.size()) {
      return Error{.message = "int16 in all layers is not enough",
                   .hint = "ask for less, or compile with precision float32"};
    }
  }
  while (enough > too_few + 1) {
    const size_t middle = (too_few + enough) / 2;
    WRANGLET_ASSIGN(const bool is_enough, reaches(first(middle)));
    (is_enough ? enough : too_few) = middle;
  }
  std::vector<size_t> set = first(enough);
  for (size_t i = set.size(); i-- > 0;) {
    std::vector<size_t> smaller = set;
    smaller.erase(smaller.begin() + static_cast<std::ptrdiff_t>(i));
    WRANGLET_ASSIGN(const bool is_enough, reaches(smaller));
    if (is_enough) set = std::move(smaller);
  }
  std::sort(set.begin(), set.end());
  return set;
}

}  // namespace wranglet
