#include "plugin/compiler/graph/traits.h"

#include <algorithm>
#include <cstddef>
#include <variant>

namespace wranglet {
namespace {

// Of Operator or const Operator.
template <typename Op>
auto FusedActivationOf(Op& op) -> decltype(FusedActivation(op)) {
  return std::visit(
      [](auto& alternative) -> decltype(FusedActivation(op)) {
        if constexpr (requires { alternative.activation; }) return &alternative.activation;
        return nullptr;
      },
      op);
}

template <typename T>
std::vector<int64_t> Widened(const Tensor& tensor) {
  const auto from = tensor.ConstantAs<T>();
  return {from.begin(), from.end()};
}

}  // namespace

std::optional<int> FilterChannelAxis(const Operator& op) {
  if (std::holds_alternative<DepthwiseConv2D>(op)) return 3;
  if (std::holds_alternative<Conv2D>(op) || std::holds_alternative<FullyConnected>(op) ||
      std::holds_alternative<TransposeConv>(op)) {
    return 0;
  }
  return std::nullopt;
}

bool KeepsQuantization(const Operator& op) {
  return std::holds_alternative<Reshape>(op) || std::holds_alternative<Transpose>(op) ||
         std::holds_alternative<Pad>(op) || std::holds_alternative<Slice>(op) ||
         std::holds_alternative<Resize>(op) || std::holds_alternative<Pool2D>(op);
}

std::optional<Quantization> PrescribedQuantization(const Operator& op, DType dtype) {
  const auto* unary = std::get_if<Unary>(&op);
  const bool is_tanh = unary != nullptr && unary->kind == Unary::Kind::kTanh;
  const bool is_logistic = unary != nullptr && unary->kind == Unary::Kind::kLogistic;
  const bool is_probability = std::holds_alternative<Softmax>(op) || is_logistic;
  if (!is_probability && !is_tanh && !std::holds_alternative<L2Normalization>(op)) {
    return std::nullopt;
  }
  if (dtype == DType::kInt16) return Quantization{{1.0f / 32768}, {0}};
  if (dtype != DType::kInt8) return std::nullopt;
  return is_probability ? Quantization{{1.0f / 256}, {-128}} : Quantization{{1.0f / 128}, {0}};
}

Activation* FusedActivation(Operator& op) { return FusedActivationOf(op); }
const Activation* FusedActivation(const Operator& op) { return FusedActivationOf(op); }

bool IsQuantized(const Graph& graph) {
  return std::any_of(graph.tensors.begin(), graph.tensors.end(),
                     [](const Tensor& tensor) { return tensor.quantization.has_value(); });
}

int64_t CountOf(const Tensor& tensor) {
  int64_t count = 1;
  for (const int64_t dimension : tensor.shape) count *= dimension;
  return count;
}

int64_t BytesOf(const Tensor& tensor) {
  return CountOf(tensor) * static_cast<int64_t>(SizeOf(tensor.dtype));
}

int64_t MacsOf(const Graph& graph, const Node& node) {
  if (const auto* product = node.As<BatchMatMul>()) {
    const Shape& a = graph.tensor(node.inputs[0]).shape;
    return CountOf(graph.tensor(node.outputs[0])) * a[a.size() - (product->adj_a ? 2 : 1)];
  }
  const std::optional<int> axis = FilterChannelAxis(node.op);
  if (!axis) return 0;
  if (node.As<TransposeConv>() != nullptr) {
    // Every element of the input is multiplied by the filter of every output channel.
    const Tensor& filter = graph.tensor(node.inputs[1]);
    return CountOf(graph.tensor(node.inputs[0])) * (CountOf(filter) / filter.shape[3]);
  }
  // Every element of the output is a sum of as many products as the filter has a channel.
  const Tensor& filter = graph.tensor(node.inputs[1]);
  const int64_t channels = filter.shape[static_cast<size_t>(*axis)];
  return CountOf(graph.tensor(node.outputs[0])) * (CountOf(filter) / channels);
}

int64_t MacsOf(const Graph& graph) {
  int64_t macs = 0;
  for (const Node& node : graph.nodes) macs += MacsOf(graph, node);
  return macs;
}

std::optional<std::vector<int64_t>> ConstantIntegers(const Tensor& tensor) {
  if (!tensor.constant) return std::nullopt;
  if (tensor.dtype == DType::kInt64) return Widened<int64_t>(tensor);
  if (tensor.dtype == DType::kInt32) return Widened<int32_t>(tensor);
  return std::nullopt;
}

}  // namespace wranglet
