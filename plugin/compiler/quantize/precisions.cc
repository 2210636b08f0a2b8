#include "plugin/compiler/quantize/precisions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "plugin/compiler/graph/traits.h"

namespace wranglet {
namespace {

class TypeDecider {
 public:
  TypeDecider(const Graph& graph, const Precisions& precisions)
      : graph_(graph), precisions_(precisions), consumers_(graph.Consumers()) {
    types_.stored.assign(graph.tensors.size(), DType::kFloat32);
  }

  Types Run() && {
    for (const TensorId input : graph_.inputs) {
      if (!IsFloat(input)) continue;
      const auto wanted = WantedOf(input);
      StoredOf(input) = wanted.value_or(precisions_.empty() ? DType::kFloat32 : precisions_[0]);
    }
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      types_.computes.push_back(TypeOf(node, precisions_[i]));
      if (IsFloat(node.outputs[0])) StoredOf(node.outputs[0]) = types_.computes.back();
    }
    return std::move(types_);
  }

 private:
  bool IsFloat(TensorId id) const { return graph_.tensor(id).dtype == DType::kFloat32; }
  DType& StoredOf(TensorId id) { return types_.stored[static_cast<size_t>(id)]; }

  // The widest type that readers of an input of the network ask for.
  std::optional<DType> WantedOf(TensorId input) const {
    std::optional<DType> wanted;
    for (const int32_t reader : consumers_[static_cast<size_t>(input)]) {
      const Node& node = graph_.nodes[static_cast<size_t>(reader)];
      const auto one = KeepsQuantization(node.op) ? WantedOf(node.outputs[0])
                                                  : precisions_[static_cast<size_t>(reader)];
      // DType has them from wide to narrow, but for uint8, which nobody asks for.
      if (one && (!wanted || SizeOf(*one) > SizeOf(*wanted))) wanted = one;
    }
    return wanted;
  }

  DType TypeOf(const Node& node, DType precision) {
    const TensorId first = node.inputs[0];
    if (graph_.tensor(first).constant) return precision;
    const bool all_float = IsFloat(node.outputs[0]) &&
                           std::all_of(node.inputs.begin(), node.inputs.end(),
                                       [&](TensorId id) { return id == kNoTensor || IsFloat(id); });
    if (node.As<Cast>()) return DType::kFloat32;
    if (node.As<ArgMax>() || (all_float && KeepsQuantization(node.op))) return StoredOf(first);
    return all_float ? precision : DType::kFloat32;
  }

  const Graph& graph_;
  const Precisions& precisions_;
  const std::vector<std::vector<int32_t>> consumers_;
  Types types_;
};

}  // namespace

Precisions Uniform(const Graph& graph, DType dtype) {
  return Precisions(graph.nodes.size(), dtype);
}

Types DecideTypes(const Graph& graph, const Precisions& precisions) {
  return TypeDecider(graph, precisions).Run();
}

}  // namespace wranglet
