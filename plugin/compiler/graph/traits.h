// What several stages ask about an operator, a node or a tensor of a valid Graph.

#ifndef WRANGLET_PLUGIN_COMPILER_GRAPH_TRAITS_H_
#define WRANGLET_PLUGIN_COMPILER_GRAPH_TRAITS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The dimension of an operator's filter, its input 1, that counts output channels; nothing of an
// operator that has no filter.
std::optional<int> FilterChannelAxis(const Operator& op);

// Whether the output of a quantised operator has its input's scale and zero point, for it holds the
// input's stored values, moved, or means of them.
bool KeepsQuantization(const Operator& op);

// The parameters that TensorFlow Lite prescribes for the quantised output, of int8 or int16, of
// Softmax, Logistic, Tanh and L2Normalization. Nothing of other operators and types.
std::optional<Quantization> PrescribedQuantization(const Operator& op, DType dtype);

// The fused activation of an operator that can have one, or null.
Activation* FusedActivation(Operator& op);
const Activation* FusedActivation(const Operator& op);

// Whether any tensor has a scale, so that the network must run as it is.
bool IsQuantized(const Graph& graph);

// How many elements, and how many bytes, a tensor has.
int64_t CountOf(const Tensor& tensor);
int64_t BytesOf(const Tensor& tensor);

// Calls f(element, channel) for each element of a tensor that `q` quantises.
template <typename F>
void ForEachElement(const Tensor& tensor, const Quantization& q, F&& f) {
  int64_t inner = 1;
  for (size_t i = static_cast<size_t>(q.axis) + 1; i < tensor.shape.size(); ++i) {
    inner *= tensor.shape[i];
  }
  const auto channels = static_cast<int64_t>(q.scale.size());
  const int64_t count = CountOf(tensor);
  for (int64_t i = 0; i < count; ++i) {
    f(static_cast<size_t>(i), static_cast<size_t>(channels == 1 ? 0 : i / inner % channels));
  }
}

// The multiply-accumulates of one run of a node, 0 of one that is no product of matrices; and of
// all nodes.
int64_t MacsOf(const Graph& graph, const Node& node);
int64_t MacsOf(const Graph& graph);

// The elements of a constant of int64 or int32; nothing of any other tensor.
std::optional<std::vector<int64_t>> ConstantIntegers(const Tensor& tensor);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_GRAPH_TRAITS_H_
