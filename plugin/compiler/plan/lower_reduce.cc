// Operators whose outputs are of many elements of one tensor: Mean.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/mean.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// More rows than that, of int8, may overflow MeanInt8's sums.
constexpr int32_t kMaxMeanRows = 1 << 23;

// A tensor as [outer][reduced][inner]; nothing when the axes do not lie side by side.
struct Reduction {
  int32_t outer = 1, reduced = 1, inner = 1;
};
std::optional<Reduction> ReductionOf(const Shape& shape, const std::vector<int32_t>& axes) {
  Reduction r;
  for (size_t i = 0; i < shape.size(); ++i) {
    const auto size = static_cast<int32_t>(shape[i]);
    if (size == 1) continue;
    if (std::find(axes.begin(), axes.end(), static_cast<int32_t>(i)) == axes.end()) {
      (r.reduced == 1 ? r.outer : r.inner) *= size;
    } else if (r.inner == 1) {
      r.reduced *= size;
    } else {
      return std::nullopt;
    }
  }
  return r;
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Mean& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}));
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const std::optional<Reduction> r = ReductionOf(input.shape, op.axes);
  if (!r || r->reduced > kMaxMeanRows) {
    return to.graph().ErrorAt(
        node, "no kernel for the mean of " + ToString(input.shape) + " over these axes",
        "supported: axes side by side, as height and width are");
  }
  const std::vector<Argument> args = {to.Read(node.inputs[0]), to.Write(node.outputs[0])};
  if (dtype == DType::kFloat32) {
    to.Emit(node, MeanFloat32Params{r->outer, r->reduced, r->inner}, args);
    return Done{};
  }
  const Quantization &from = *input.quantization, &into = *output.quantization;
  const float scale = from.scale[0] / (into.scale[0] * static_cast<float>(r->reduced));
  if (!std::isfinite(scale)) {
    return to.graph().ErrorAt(node, "the scales of input and output are too far apart");
  }
  to.Emit(
      node,
      MeanInt8Params{r->outer, r->reduced, r->inner, from.zero_point[0], scale, OutputOf(into, {})},
      args);
  return Done{};
}

}  // namespace wranglet
