#include "plugin/compiler/passes/summands.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/neighbours.h"

namespace wranglet {
namespace {

const Tensor* BiasTensor(const Graph& graph, const Node& node) {
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoTensor;
  return has_bias ? &graph.tensor(node.inputs[2]) : nullptr;
}

bool IsInt8(const Tensor& activation) {
  return activation.dtype == DType::kInt8 && activation.quantization &&
         activation.quantization->scale.size() == 1;
}

template <typename T>
std::vector<double> Numbers(std::span<const T> values) {
  return {values.begin(), values.end()};
}

}  // namespace

bool HasInt8Weights(const Graph& graph, const Node& node) {
  const std::optional<int> axis = FilterChannelAxis(node.op);
  if (!axis || node.As<TransposeConv>() != nullptr) return false;
  const auto* depthwise = node.As<DepthwiseConv2D>();
  if (depthwise != nullptr && depthwise->arithmetic != Arithmetic::kXnnpack) return false;
  const Tensor &filter = graph.tensor(node.inputs[1]), *bias = BiasTensor(graph, node);
  return IsInt8(graph.tensor(node.inputs[0])) && IsInt8(graph.tensor(node.outputs[0])) &&
         filter.constant && filter.dtype == DType::kInt8 && filter.quantization &&
         (filter.quantization->scale.size() == 1 || filter.quantization->axis == *axis) &&
         (bias == nullptr || (bias->constant && bias->dtype == DType::kInt32));
}

std::vector<double> WeightsOf(const Graph& graph, const Node& node) {
  const Tensor& filter = graph.tensor(node.inputs[1]);
  if (filter.dtype == DType::kFloat32) return Numbers(filter.ConstantAs<float>());
  std::vector<double> weights = Numbers(filter.ConstantAs<int8_t>());
  const Quantization& q = *filter.quantization;
  ForEachElement(filter, q, [&](size_t i, size_t channel) { weights[i] -= q.zero_point[channel]; });
  return weights;
}

std::vector<double> BiasOf(const Graph& graph, const Node& node) {
  const Tensor* bias = BiasTensor(graph, node);
  if (bias == nullptr) {
    const auto axis = static_cast<size_t>(*FilterChannelAxis(node.op));
    return std::vector<double>(static_cast<size_t>(graph.tensor(node.inputs[1]).shape[axis]));
  }
  return bias->dtype == DType::kFloat32 ? Numbers(bias->ConstantAs<float>())
                                        : Numbers(bias->ConstantAs<int32_t>());
}

void AddToBias(Graph& graph, Node& node, const std::vector<double>& numbers) {
  Tensor& bias = OwnBias(graph, node);
  if (bias.dtype == DType::kFloat32) {
    const auto values = bias.MutableConstantAs<float>();
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(values[i] + numbers[i]);
    }
  } else {
    const auto values = bias.MutableConstantAs<int32_t>();
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<int32_t>(values[i] + static_cast<int64_t>(numbers[i]));
    }
  }
}

}  // namespace wranglet
