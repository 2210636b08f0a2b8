// Reductions: Mean and ArgMax.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/arg_max.h"
#include "kernels/fixed_point.h"
#include "kernels/mean.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/movement.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// A tensor as [outer][reduced][inner].
struct Reduction {
  int32_t outer = 1, reduced = 1, inner = 1;
};

bool IsReduced(const std::vector<int32_t>& axes, size_t dimension) {
  return std::find(axes.begin(), axes.end(), static_cast<int32_t>(dimension)) != axes.end();
}

// Nothing when the axes do not lie side by side.
std::optional<Reduction> ReductionOf(const Shape& shape, const std::vector<int32_t>& axes) {
  Reduction r;
  for (size_t i = 0; i < shape.size(); ++i) {
    const auto size = static_cast<int32_t>(shape[i]);
    if (size == 1) continue;
    if (!IsReduced(axes, i)) {
      (r.reduced == 1 ? r.outer : r.inner) *= size;
    } else if (r.inner == 1) {
      r.reduced *= size;
    } else {
      return std::nullopt;
    }
  }
  return r;
}

// The movement that puts the reduced dimensions before the others.
Movement ReducedFirst(const Tensor& input, const std::vector<int32_t>& axes) {
  const size_t element = SizeOf(input.dtype);
  const std::vector<int64_t> strides = ByteStrides(input.shape, element);
  Movement movement{
      .sizes = {}, .from = {}, .to = {}, .element_bytes = static_cast<int64_t>(element)};
  for (const bool reduced : {true, false}) {
    for (size_t i = 0; i < strides.size(); ++i) {
      if (IsReduced(axes, i) != reduced) continue;
      movement.sizes.push_back(input.shape[i]);
      movement.from.push_back(strides[i]);
    }
  }
  movement.to = ByteStrides(movement.sizes, element);
  return movement;
}

// So many elements of a quantised type may be summed up.
constexpr int32_t kMostInt8 = 1 << 23, kMostInt16 = (1 << 16) - 1;

// The scale of an int16 sum of `count` elements, as TensorFlow Lite has it (reference_ops,
// QuantizedMeanOrSum): that of a sum, whose multiplier is divided by the count.
FixedPoint MeanScale(const Quantization& from, const Quantization& into, int32_t count) {
  FixedPoint scale =
      ToFixedPoint(static_cast<double>(from.scale[0]) / static_cast<double>(into.scale[0]));
  int32_t shift = 0;
  while ((count >> shift) > 1) ++shift;
  shift = std::min(shift, 31 + scale.exponent);
  scale.multiplier =
      static_cast<int32_t>((static_cast<int64_t>(scale.multiplier) << shift) / count);
  scale.exponent -= shift;
  return scale;
}

Status EmitMean(Lowering& to, const Node& node, const Reduction& r, Argument from) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const std::vector<Argument> args = {from, to.Write(node.outputs[0])};
  if (input.dtype == DType::kFloat32) {
    to.Emit(node, MeanFloat32Params{r.outer, r.reduced, r.inner}, args);
    return Done{};
  }
  const Quantization &source = *input.quantization, &into = *output.quantization;
  const float scale = source.scale[0] / (into.scale[0] * static_cast<float>(r.reduced));
  if (!std::isfinite(scale)) {
    return to.graph().ErrorAt(node, "the scales of input and output are too far apart");
  }
  if (input.dtype == DType::kInt16) {
    to.Emit(node, MeanInt16Params{r.outer, r.reduced, r.inner, MeanScale(source, into, r.reduced)},
            args);
  } else {
    to.Emit(node,
            MeanInt8Params{r.outer, r.reduced, r.inner, source.zero_point[0], scale,
                           into.zero_point[0]},
            args);
  }
  return Done{};
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Mean& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}, kAllPrecisions));
  const Tensor& input = to.tensor(node.inputs[0]);
  const auto count = static_cast<int32_t>(CountOf(input) / CountOf(to.tensor(node.outputs[0])));
  const int32_t most = dtype == DType::kInt8 ? kMostInt8 : kMostInt16;
  if (dtype != DType::kFloat32 && count > most) {
    return to.graph().ErrorAt(
        node,
        "no kernel for the mean of " + std::to_string(count) + " " + NameOf(dtype) + " elements",
        "supported: up to " + std::to_string(most));
  }
  // Vectors hold neighbours that are summed up apart: without any, others are brought there.
  const std::optional<Reduction> r = ReductionOf(input.shape, op.axes);
  if (r && (r->inner > 1 || r->outer == 1)) return EmitMean(to, node, *r, to.Read(node.inputs[0]));
  const std::optional<MoveParams> params = MoveParamsOf(ReducedFirst(input, op.axes));
  if (!params) {
    return to.graph().ErrorAt(
        node, "no kernel for the mean of " + ToString(input.shape) + " over these axes");
  }
  const Argument moved = to.Scratch(BytesOf(input));
  to.Emit(node, *params, {to.Read(node.inputs[0]), moved});
  return EmitMean(to, node, {1, count, static_cast<int32_t>(CountOf(input)) / count}, moved);
}

Status Lower(Lowering& to, const Node& node, const ArgMax& op) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  if (output.dtype != DType::kInt32 && output.dtype != DType::kInt64) {
    return to.graph().ErrorAt(node,
                              std::string("no kernel for indices of type ") + NameOf(output.dtype),
                              "supported: int32, int64");
  }
  const Reduction r = *ReductionOf(input.shape, {op.axis});
  const auto emit = [&](auto params) {
    params.outer = r.outer, params.size = r.reduced, params.inner = r.inner;
    params.is_min = op.is_min;
    params.is_last = op.is_last;
    params.index_bytes = static_cast<int32_t>(SizeOf(output.dtype));
    to.Emit(node, params, {to.Read(node.inputs[0]), to.Write(node.outputs[0])});
    return Status(Done{});
  };
  switch (input.dtype) {
    case DType::kInt8:
      return emit(ArgMaxInt8Params{});
    case DType::kInt16:
      return emit(ArgMaxInt16Params{});
    case DType::kFloat32:
      return emit(ArgMaxFloat32Params{});
    default:
      return to.graph().ErrorAt(node, std::string("no kernel for ") + NameOf(input.dtype),
                                "supported: int8, int16, float32");
  }
}

}  // namespace wranglet
