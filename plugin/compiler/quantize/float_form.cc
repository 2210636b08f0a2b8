#include "plugin/compiler/quantize/float_form.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"

namespace wranglet {
namespace {

struct Limits {
  double least, most;
};

template <typename T>
constexpr Limits kLimitsOf = {static_cast<double>(std::numeric_limits<T>::min()),
                              static_cast<double>(std::numeric_limits<T>::max())};

Result<Limits> StoredLimits(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return kLimitsOf<int8_t>;
    case DType::kUint8:
      return kLimitsOf<uint8_t>;
    case DType::kInt16:
      return kLimitsOf<int16_t>;
    case DType::kInt32:
      return kLimitsOf<int32_t>;
    case DType::kInt64:
      return kLimitsOf<int64_t>;
    default:
      return Error{.message = std::string("a quantised tensor of ") + NameOf(dtype) +
                              " has no float form"};
  }
}

template <typename T>
std::vector<float> RealConstant(const Tensor& tensor) {
  const Quantization& q = *tensor.quantization;
  const auto stored = tensor.ConstantAs<T>();
  std::vector<float> real(stored.size());
  ForEachElement(tensor, q, [&](size_t i, size_t c) {
    real[i] =
        static_cast<float>((static_cast<double>(stored[i]) - q.zero_point[c]) * double{q.scale[c]});
  });
  return real;
}

std::vector<float> RealConstantOf(const Tensor& tensor) {
  switch (tensor.dtype) {
    case DType::kInt8:
      return RealConstant<int8_t>(tensor);
    case DType::kUint8:
      return RealConstant<uint8_t>(tensor);
    case DType::kInt16:
      return RealConstant<int16_t>(tensor);
    case DType::kInt64:
      return RealConstant<int64_t>(tensor);
    default:
      return RealConstant<int32_t>(tensor);
  }
}

// Of a filter's bias the kernels know but the integers: they are in units of the product of the
// input's and the filter's scales, whether the file says so or not.
void GiveBiasItsScale(Graph& graph, const Node& node) {
  if (!FilterChannelAxis(node.op) || node.inputs.size() < 3 || node.inputs[2] == kNoTensor) return;
  Tensor& bias = graph.tensor(node.inputs[2]);
  const auto& input = graph.tensor(node.inputs[0]).quantization;
  const auto& filter = graph.tensor(node.inputs[1]).quantization;
  if (bias.dtype == DType::kFloat32 || bias.quantization || !input || !filter) return;
  Quantization units = {.zero_point = std::vector<int32_t>(filter->scale.size(), 0), .axis = 0};
  for (const float scale : filter->scale) units.scale.push_back(input->scale[0] * scale);
  bias.quantization = std::move(units);
}

// Gives a node that can have a fused activation the bounds that its output's range tells of.
Status LimitOutput(const Graph& graph, Node& node) {
  Activation* activation = FusedActivation(node.op);
  const Tensor& output = graph.tensor(node.outputs[0]);
  if (!activation || !output.quantization) return Done{};
  WRANGLET_ASSIGN(const Limits limits, StoredLimits(output.dtype));
  const auto real = [&](double stored) {
    return static_cast<float>((stored - output.quantization->zero_point[0]) *
                              double{output.quantization->scale[0]});
  };
  if (real(limits.least) < 0 && real(limits.most) > 0) return Done{};
  activation->min = std::max(activation->min, real(limits.least));
  activation->max = std::min(activation->max, real(limits.most));
  return Done{};
}

Status MakeFloat(Tensor& tensor) {
  if (!tensor.quantization) return Done{};
  WRANGLET_RETURN_IF_ERROR(StoredLimits(tensor.dtype));
  if (tensor.constant) {
    const std::vector<float> real = RealConstantOf(tensor);
    const auto bytes = std::as_bytes(std::span(real));
    tensor.constant.emplace(bytes.begin(), bytes.end());
  }
  tensor.dtype = DType::kFloat32;
  tensor.quantization.reset();
  return Done{};
}

}  // namespace

Result<Graph> FloatForm(const Graph& graph) {
  Graph real = graph;
  for (Node& node : real.nodes) {
    GiveBiasItsScale(real, node);
    WRANGLET_RETURN_IF_ERROR(LimitOutput(real, node));
    if (node.As<Quantize>() || node.As<Dequantize>()) node.op = Reshape{};
    // What the file's kernels rounded like does not matter to floats, nor to what is made of them.
    if (auto* op = node.As<DepthwiseConv2D>()) op->arithmetic = {};
    if (auto* op = node.As<TransposeConv>()) op->arithmetic = {};
  }
  for (Tensor& tensor : real.tensors) WRANGLET_RETURN_IF_ERROR(MakeFloat(tensor));
  WRANGLET_RETURN_IF_ERROR(Validate(real));
  return real;
}

}  // namespace wranglet
