// Operators whose outputs look at a whole row of one tensor: Softmax and L2Normalization.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/l2_normalization.h"
#include "kernels/softmax.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"
#include "plugin/compiler/plan/unary_stored.h"

namespace wranglet {
namespace {

// Below that, a probability of 1 may be more steps than an int32 counts.
constexpr float kMinSoftmaxScale = 0x1p-30f;

// TensorFlow Lite's scales of what lies in [0, 1] or [-1, 1].
constexpr float kSoftmaxInt16Scale = 0x1p-15f, kL2NormalizationInt8Scale = 0x1p-7f;
static_assert(kL2NormalizationInt8Scale * (1 << kL2NormalizationBits) == 1);

// Rows whose squares sum up to less are divided by its root.
constexpr float kL2NormalizationLeastSum = 1e-12f;

// A tensor as [rows][depth].
struct Rows {
  explicit Rows(const Tensor& tensor)
      : depth(static_cast<int32_t>(tensor.shape.back())),
        rows(static_cast<int32_t>(CountOf(tensor) / depth)) {}
  int32_t depth, rows;
};

// The tables of SoftmaxInt16, of 15 bits of fraction: their inputs take the whole of int16.
std::vector<int16_t> ExpTable() {
  return MakeLookup16<double>(kSoftmaxInt16Range / 65535, 32767, 2.0 / 65535,
                              [](double x) { return std::exp(x); });
}
std::vector<int16_t> InverseTable() {
  return MakeLookup16<double>(1.0 / 65535, -32768, 2.0 / 65535,
                              [](double x) { return 1.0 / (1.0 + x); });
}

Status CheckDepth(Lowering& to, const Node& node, int32_t depth, int32_t most) {
  if (depth <= most) return Done{};
  return to.graph().ErrorAt(node, "no kernel for rows of " + std::to_string(depth),
                            "supported: up to " + std::to_string(most));
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Softmax& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}, kAllPrecisions));
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const Rows r(input);
  if (dtype == DType::kFloat32) {
    to.Emit(node, SoftmaxFloat32Params{r.rows, r.depth, op.beta},
            {to.Read(node.inputs[0]), to.Write(node.outputs[0])}, {0});
    return Done{};
  }
  const float from = input.quantization->scale[0], into = output.quantization->scale[0];
  if (dtype == DType::kInt16) {
    if (into != kSoftmaxInt16Scale) {
      return to.graph().ErrorAt(node, "the scale of its output is not 1/32768",
                                "TensorFlow Lite's is");
    }
    WRANGLET_RETURN_IF_ERROR(CheckDepth(to, node, r.depth, kMaxSoftmaxInt16Depth));
    const FixedPoint scale = ToFixedPoint(double{from * op.beta} / (kSoftmaxInt16Range / 65535));
    to.Emit(node, SoftmaxInt16Params{r.rows, r.depth, scale},
            {to.Read(node.inputs[0]), to.Constant(ExpTable()), to.Constant(InverseTable()),
             to.Write(node.outputs[0])});
    return Done{};
  }
  if (into < kMinSoftmaxScale) {
    return to.graph().ErrorAt(node, "the scale of the output is too small for probabilities",
                              "TensorFlow Lite's is 1/256");
  }
  const auto table = MakeSoftmaxTable(from, op.beta);
  to.Emit(node, SoftmaxInt8Params{r.rows, r.depth, into, OutputOf(*output.quantization, {})},
          {to.Read(node.inputs[0]), to.Constant(std::as_bytes(std::span(table))),
           to.Write(node.outputs[0])});
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const L2Normalization& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}, kAllPrecisions));
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const Rows r(input);
  const auto emit = [&](KernelParams params) {
    to.Emit(node, params, {to.Read(node.inputs[0]), to.Write(node.outputs[0])}, {0});
  };
  if (dtype == DType::kFloat32) {
    emit(L2NormalizationFloat32Params{r.rows, r.depth});
    return Done{};
  }
  const Quantization& into = *output.quantization;
  if (dtype == DType::kInt16) {
    const float from = input.quantization->scale[0];
    // At least 1, so that nothing is divided by 0.
    const float least_sum = std::max(kL2NormalizationLeastSum / (from * from), 1.0f);
    emit(L2NormalizationInt16Params{r.rows, r.depth, least_sum, into.scale[0]});
    return Done{};
  }
  if (into.scale[0] != kL2NormalizationInt8Scale || into.zero_point[0] != 0) {
    return to.graph().ErrorAt(node, "its output is not quantised by 1/128 and zero point 0",
                              "TensorFlow Lite's is");
  }
  WRANGLET_RETURN_IF_ERROR(CheckDepth(to, node, r.depth, kMaxL2NormalizationInt8Depth));
  const bool is_unsigned = op.arithmetic == Arithmetic::kTfliteUint8;
  emit(L2NormalizationInt8Params{r.rows, r.depth, input.quantization->zero_point[0],
                                 is_unsigned ? kL2NormalizationBits : 0});
  return Done{};
}

}  // namespace wranglet
