#include "plugin/compiler/cli/eval_layers.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "plugin/compiler/cli/classify.h"

namespace wranglet {
namespace {

// Whether its elements stand for real numbers.
bool HoldsNumbers(const Tensor& tensor) {
  return tensor.dtype == DType::kFloat32 ||
         (tensor.quantization && tensor.quantization->scale.size() == 1);
}

std::vector<double> Numbers(const Tensor& tensor, std::span<const std::byte> bytes) {
  return *RealValues(tensor.dtype, tensor.quantization, bytes);
}

}  // namespace

std::vector<LayerPair> PairLayers(const Graph& graph, const Graph& reference) {
  std::unordered_map<std::string, TensorId> computed;
  for (const Node& node : reference.nodes) {
    for (const TensorId id : node.outputs) computed.emplace(reference.tensor(id).name, id);
  }
  std::vector<LayerPair> pairs;
  for (const Node& node : graph.nodes) {
    const Tensor& output = graph.tensor(node.outputs[0]);
    const auto found = computed.find(output.name);
    if (output.name.empty() || found == computed.end()) continue;
    const Tensor& like = reference.tensor(found->second);
    if (like.shape != output.shape || !HoldsNumbers(output) || !HoldsNumbers(like)) continue;
    pairs.push_back({node.name, NameOf(node.op), output.shape, node.outputs[0], found->second});
  }
  return pairs;
}

LayerComparison::LayerComparison(const Graph& graph, const Graph& reference,
                                 std::span<const LayerPair> pairs)
    : graph_(graph),
      reference_(reference),
      pairs_(pairs),
      kept_(pairs.size()),
      layers_(pairs.size()) {}

Runner::Observer LayerComparison::Keep() {
  return [this](TensorId id, std::span<const std::byte> bytes) {
    for (size_t i = 0; i < pairs_.size(); ++i) {
      if (pairs_[i].reference == id) kept_[i].assign(bytes.begin(), bytes.end());
    }
  };
}

Runner::Observer LayerComparison::Compare() {
  return [this](TensorId id, std::span<const std::byte> bytes) {
    for (size_t i = 0; i < pairs_.size(); ++i) {
      if (pairs_[i].tensor != id) continue;
      layers_[i].Add(Numbers(reference_.tensor(pairs_[i].reference), kept_[i]),
                     Numbers(graph_.tensor(id), bytes));
    }
  };
}

}  // namespace wranglet
