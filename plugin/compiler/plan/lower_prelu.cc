// PRelu, whose slopes are a second operand.

#include <optional>
#include <string>
#include <utility>

#include "kernels/binary_float32.h"
#include "kernels/fixed_point.h"
#include "kernels/prelu.h"
#include "plugin/compiler/plan/broadcasting.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"

namespace wranglet {
namespace {

template <typename T>
PReluParams<T> MakePReluParams(const Broadcast& shape, const Quantization& input,
                               const Quantization& slopes, const Quantization& output) {
  const float product = input.scale[0] * slopes.scale[0];
  return {.shape = shape,
          .input_zero_point = input.zero_point[0],
          .slope_zero_point = slopes.zero_point[0],
          .output_zero_point = output.zero_point[0],
          .positive = ToFixedPoint(double{input.scale[0] / output.scale[0]}),
          .negative = ToFixedPoint(double{product / output.scale[0]})};
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const PRelu&) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0, 1}, kAllPrecisions));
  const Tensor &input = to.tensor(node.inputs[0]), &slopes = to.tensor(node.inputs[1]);
  const std::optional<Broadcast> shape = BroadcastOf(input.shape, slopes.shape);
  if (!shape) {
    return to.graph().ErrorAt(node, "no kernel for slopes of " + ToString(slopes.shape),
                              "supported: up to 6 dimensions along which they differ");
  }
  const auto emit = [&](KernelParams params) {
    to.Emit(node, std::move(params),
            {to.Read(node.inputs[0]), to.Read(node.inputs[1]), to.Write(node.outputs[0])}, {0});
  };
  const auto params = [&]<typename T>(T) {
    return MakePReluParams<T>(*shape, *input.quantization, *slopes.quantization,
                              *to.tensor(node.outputs[0]).quantization);
  };
  if (dtype == DType::kFloat32) {
    emit(BinaryFloat32Params{*shape, BinaryKind::kPRelu});
  } else if (dtype == DType::kInt8) {
    emit(params(int8_t()));
  } else {
    emit(params(int16_t()));
  }
  return Done{};
}

}  // namespace wranglet
