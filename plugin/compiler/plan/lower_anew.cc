#include "plugin/compiler/plan/lower_anew.h"

#include <algorithm>
#include <string>

#include "plugin/compiler/plan/lower_lookup.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {

ScaleInt16Params ScaleParams(const Tensor& from, const Quantization& into,
                             const Activation& activation) {
  const FixedPoint scale = ToFixedPoint(static_cast<double>(from.quantization->scale[0]) /
                                        static_cast<double>(into.scale[0]));
  return {.count = static_cast<int32_t>(CountOf(from)),
          .positive = scale,
          .negative = scale,
          .output = Int16OutputOf(into, activation)};
}

Status StoreAnew(Lowering& to, const Node& node, const Activation& activation) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  if (input.IsStoredLike(output)) return Done{};
  const Argument place = to.Read(node.outputs[0]);
  if (IsQuantized(input, DType::kInt16) && IsQuantized(output, DType::kInt16)) {
    ScaleInt16Params params = ScaleParams(input, *output.quantization, activation);
    params.count = static_cast<int32_t>(CountOf(output));
    to.Emit(node, params, {place, place});
    return Done{};
  }
  if (!IsQuantized(input, DType::kInt8) || !IsQuantized(output, DType::kInt8)) {
    return to.graph().ErrorAt(node,
                              "no kernel from '" + input.name + "' (" + NameOf(input.dtype) +
                                  ") to '" + output.name + "' (" + NameOf(output.dtype) +
                                  "), which are stored by other scales",
                              "let the output have the input's type and scale");
  }
  const Int8Output clamp = OutputOf(*output.quantization, activation);
  const auto table = TableOf(DType::kInt8, DType::kInt8, [&](int32_t stored) {
    return std::clamp(RequantizeStored(stored, *input.quantization, *output.quantization,
                                       /*same_type=*/true),
                      clamp.min, clamp.max);
  });
  to.Emit(node, Lookup8Params{static_cast<int32_t>(CountOf(output))},
          {place, to.Constant(table), place});
  return Done{};
}

}  // namespace wranglet
