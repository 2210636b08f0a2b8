// Operators that take each element by itself: Clamp, Quantize and Dequantize.

#include <algorithm>
#include <cstdint>
#include <string>

#include "kernels/quantize.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/lower_lookup.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// How many elements kernels are told that a tensor has: MakePlan has seen that they fit.
int32_t ElementsOf(const Tensor& tensor) { return static_cast<int32_t>(CountOf(tensor)); }

}  // namespace

Status Lower(Lowering& to, const Node& node, const Clamp& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}));
  if (dtype == DType::kInt8) {
    const Quantization &from = *to.tensor(node.inputs[0]).quantization,
                       &into = *to.tensor(node.outputs[0]).quantization;
    EmitLookup(to, node, [&](int32_t stored) {
      const float real = from.scale[0] * static_cast<float>(stored - from.zero_point[0]);
      const float clamped = std::clamp(real, op.activation.min, op.activation.max);
      return QuantizeInt8(clamped, into.scale[0], into.zero_point[0]);
    });
  } else {
    to.Emit(node,
            ClampFloat32Params{ElementsOf(to.tensor(node.outputs[0])), OutputOf(op.activation)},
            {to.Read(node.inputs[0]), to.Write(node.outputs[0])}, {0});
  }
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Quantize&) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  if (Is8Bit(input) && Is8Bit(output)) {
    EmitLookup(to, node, [&](int32_t stored) {
      return RequantizeStored(stored, *input.quantization, *output.quantization,
                              input.dtype == output.dtype);
    });
    return Done{};
  }
  if (input.dtype != DType::kFloat32 || !IsQuantized(output, DType::kInt8)) {
    return to.graph().ErrorAt(
        node, "no kernel from " + std::string(NameOf(input.dtype)) + " to " + NameOf(output.dtype),
        "supported: float32 to int8, and int8 or uint8 to either, with one scale a tensor");
  }
  to.Emit(node,
          QuantizeFloat32Int8Params{ElementsOf(output), 1.0f / output.quantization->scale[0],
                                    OutputOf(*output.quantization, {})},
          {to.Read(node.inputs[0]), to.Write(node.outputs[0])});
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Dequantize&) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  if (!IsQuantized(input, DType::kInt8) || output.dtype != DType::kFloat32) {
    return to.graph().ErrorAt(
        node, "no kernel from " + std::string(NameOf(input.dtype)) + " to " + NameOf(output.dtype),
        "supported: int8 with one scale a tensor, to float32");
  }
  to.Emit(node,
          DequantizeInt8Float32Params{ElementsOf(output), input.quantization->scale[0],
                                      input.quantization->zero_point[0]},
          {to.Read(node.inputs[0]), to.Write(node.outputs[0])});
  return Done{};
}

}  // namespace wranglet
