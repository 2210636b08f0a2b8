#include "plugin/compiler/plan/lower_checks.h"

#include <algorithm>
#include <string>

namespace wranglet {
namespace {

std::string Describe(const Tensor& tensor) {
  std::string text = "'" + tensor.name + "' (" + NameOf(tensor.dtype);
  if (tensor.quantization && tensor.quantization->scale.size() > 1) text += ", a scale a channel";
  if (!tensor.quantization && tensor.dtype != DType::kFloat32) text += ", no scale";
  return text + ")";
}

}  // namespace

bool IsQuantized(const Tensor& tensor, DType dtype) {
  return tensor.dtype == dtype && tensor.quantization && tensor.quantization->scale.size() == 1 &&
         tensor.quantization->zero_point.size() == 1 &&
         (dtype != DType::kInt16 || tensor.quantization->zero_point[0] == 0);
}

Result<DType> ActivationType(const Graph& graph, const Node& node,
                             const std::vector<size_t>& inputs,
                             const std::vector<DType>& supported) {
  std::vector<const Tensor*> tensors;
  for (const size_t i : inputs) tensors.push_back(&graph.tensor(node.inputs[i]));
  tensors.push_back(&graph.tensor(node.outputs[0]));
  for (const DType dtype : supported) {
    if (std::all_of(tensors.begin(), tensors.end(), [dtype](const Tensor* t) {
          return dtype == DType::kFloat32 ? t->dtype == dtype : IsQuantized(*t, dtype);
        })) {
      return dtype;
    }
  }
  std::string list;
  for (const Tensor* t : tensors) list += (list.empty() ? "" : ", ") + Describe(*t);
  std::string types;
  for (const DType dtype : supported) {
    types += std::string(types.empty() ? "" : " or ") + "all " + NameOf(dtype);
  }
  return graph.ErrorAt(
      node, "no kernel for tensors " + list,
      "supported: " + types + ", quantised with one scale a tensor (int16 with zero point 0)");
}

Status CheckFilterAndBias(const Graph& graph, const Node& node, DType dtype, int channel_axis) {
  const Tensor& filter = graph.tensor(node.inputs[1]);
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoTensor;
  const Tensor* bias = has_bias ? &graph.tensor(node.inputs[2]) : nullptr;
  auto unsupported = [&](const Tensor& t, const std::string& what, const std::string& hint) {
    return graph.ErrorAt(node, Describe(t) + " " + what, hint);
  };
  for (const Tensor* t : {&filter, bias}) {
    if (t && !t->constant) return unsupported(*t, "has to be a constant", "");
  }
  const bool is_float = dtype == DType::kFloat32, is_int16 = dtype == DType::kInt16;
  const DType filter_dtype = is_float ? DType::kFloat32 : DType::kInt8;
  auto is_bias_type = [&](DType bias_dtype) {
    return bias_dtype == (is_float ? DType::kFloat32 : DType::kInt32) ||
           (is_int16 && bias_dtype == DType::kInt64);
  };
  if (filter.dtype != filter_dtype || (bias && !is_bias_type(bias->dtype))) {
    return unsupported(filter.dtype != filter_dtype ? filter : *bias,
                       "has a type no kernel takes here",
                       "supported: float32 filter and bias with float32 activations, int8 filter "
                       "and int32 bias with int8 activations, int8 filter and int64 or int32 bias "
                       "with int16 activations");
  }
  if (is_float) return Done{};
  if (!filter.quantization) return unsupported(filter, "is not quantised", "");
  const auto& [scale, zero_point, axis] = *filter.quantization;
  const int64_t channels = filter.shape[static_cast<size_t>(channel_axis)];
  if (scale.size() != 1 &&
      (axis != channel_axis || static_cast<int64_t>(scale.size()) != channels)) {
    return unsupported(filter, "is quantised along another axis than the output channels", "");
  }
  if (is_int16 &&
      std::any_of(zero_point.begin(), zero_point.end(), [](int32_t z) { return z != 0; })) {
    return unsupported(filter, "has a zero point", "supported with int16: symmetric filters");
  }
  return Done{};
}

}  // namespace wranglet
