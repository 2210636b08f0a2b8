// Operators that take each element by itself: Binary, Clamp, Quantize and Dequantize.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/add.h"
#include "kernels/binary_float32.h"
#include "kernels/lookup.h"
#include "kernels/quantize.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// How many elements kernels are told that a tensor has: MakePlan has seen that they fit.
int32_t ElementsOf(const Tensor& tensor) { return static_cast<int32_t>(CountOf(tensor)); }

BinaryKind KindOf(Binary::Kind kind) {
  switch (kind) {
    case Binary::Kind::kAdd:
      return BinaryKind::kAdd;
    case Binary::Kind::kSub:
      return BinaryKind::kSub;
    case Binary::Kind::kMul:
      return BinaryKind::kMul;
    case Binary::Kind::kMaximum:
      return BinaryKind::kMaximum;
    case Binary::Kind::kMinimum:
      return BinaryKind::kMinimum;
    case Binary::Kind::kDiv:
      return BinaryKind::kDiv;
  }
  return BinaryKind::kAdd;
}

// What a tensor of 8 bits stores, of a byte.
int32_t StoredOf(uint8_t byte, DType dtype) {
  return dtype == DType::kInt8 ? static_cast<int8_t>(byte) : int32_t{byte};
}

bool Is8Bit(const Tensor& tensor) {
  return IsQuantized(tensor, DType::kInt8) || IsQuantized(tensor, DType::kUint8);
}

// A step from one tensor of 8 bits to another: a table of what becomes of each stored value,
// saturated to what the output stores.
template <typename Function>
void EmitLookup(Lowering& to, const Node& node, const Function& function) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const int32_t least = output.dtype == DType::kInt8 ? -128 : 0;
  std::vector<uint8_t> table;
  for (int32_t byte = 0; byte < 256; ++byte) {
    const int32_t stored = function(StoredOf(static_cast<uint8_t>(byte), input.dtype));
    table.push_back(static_cast<uint8_t>(std::clamp(stored, least, least + 255)));
  }
  to.Emit(node, Lookup8Params{ElementsOf(output)},
          {to.Read(node.inputs[0]), to.Constant(table), to.Write(node.outputs[0])}, {0});
}

Status LowerInt8(Lowering& to, const Node& node, const Binary& op) {
  const bool subtract = op.kind == Binary::Kind::kSub;
  if (op.kind != Binary::Kind::kAdd && !subtract) {
    return to.graph().ErrorAt(node, "no kernel for int8 tensors", "supported in int8: Add, Sub");
  }
  auto quantization = [&](TensorId id) { return *to.tensor(id).quantization; };
  const Quantization a = quantization(node.inputs[0]), b = quantization(node.inputs[1]);
  const Quantization out = quantization(node.outputs[0]);
  const std::optional<AddInt8Params> params =
      MakeAddInt8Params(ElementsOf(to.tensor(node.outputs[0])), a.scale[0], a.zero_point[0],
                        subtract ? -b.scale[0] : b.scale[0], b.zero_point[0], out.scale[0],
                        OutputOf(out, op.activation));
  if (!params) return to.graph().ErrorAt(node, "the scales of inputs and output are too far apart");
  to.Emit(node, *params,
          {to.Read(node.inputs[0]), to.Read(node.inputs[1]), to.Write(node.outputs[0])}, {0, 1});
  return Done{};
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Binary& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0, 1}));
  const Shape &a = to.tensor(node.inputs[0]).shape, &b = to.tensor(node.inputs[1]).shape;
  if (a != b) {
    return to.graph().ErrorAt(node, "no kernel for shapes " + ToString(a) + " and " + ToString(b),
                              "supported: equal shapes");
  }
  if (dtype == DType::kInt8) return LowerInt8(to, node, op);
  to.Emit(node,
          BinaryFloat32Params{ElementsOf(to.tensor(node.outputs[0])), KindOf(op.kind),
                              OutputOf(op.activation)},
          {to.Read(node.inputs[0]), to.Read(node.inputs[1]), to.Write(node.outputs[0])}, {0, 1});
  return Done{};
}

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
