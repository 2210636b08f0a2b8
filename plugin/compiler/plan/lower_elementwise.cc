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

int32_t CountOf(const Tensor& tensor) {
  return static_cast<int32_t>(BytesOf(tensor) / static_cast<int64_t>(SizeOf(tensor.dtype)));
}

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
  }
  return BinaryKind::kAdd;
}

// A step of one 8-bit input, of any zero point and signedness, and an int8 output: a table of what
// becomes of each value, clamped to the activation.
void EmitLookup(Lowering& to, const Node& node, const Activation& activation) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const Quantization &from = *input.quantization, &into = *output.quantization;
  std::vector<int8_t> table;
  for (int32_t byte = 0; byte < 256; ++byte) {
    const int32_t stored = input.dtype == DType::kInt8 ? static_cast<int8_t>(byte) : byte;
    const float real = from.scale[0] * static_cast<float>(stored - from.zero_point[0]);
    const float clamped = std::clamp(real, activation.min, activation.max);
    table.push_back(static_cast<int8_t>(QuantizeInt8(clamped, into.scale[0], into.zero_point[0])));
  }
  to.Emit(node, Lookup8Params{CountOf(output)},
          {to.Read(node.inputs[0]), to.Constant(table), to.Write(node.outputs[0])}, 0, {0});
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
      MakeAddInt8Params(CountOf(to.tensor(node.outputs[0])), a.scale[0], a.zero_point[0],
                        subtract ? -b.scale[0] : b.scale[0], b.zero_point[0], out.scale[0],
                        OutputOf(out, op.activation));
  if (!params) return to.graph().ErrorAt(node, "the scales of inputs and output are too far apart");
  to.Emit(node, *params,
          {to.Read(node.inputs[0]), to.Read(node.inputs[1]), to.Write(node.outputs[0])}, 0, {0, 1});
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
          BinaryFloat32Params{CountOf(to.tensor(node.outputs[0])), KindOf(op.kind),
                              OutputOf(op.activation)},
          {to.Read(node.inputs[0]), to.Read(node.inputs[1]), to.Write(node.outputs[0])}, 0, {0, 1});
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Clamp& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}));
  if (dtype == DType::kInt8) {
    EmitLookup(to, node, op.activation);
  } else {
    to.Emit(node, ClampFloat32Params{CountOf(to.tensor(node.outputs[0])), OutputOf(op.activation)},
            {to.Read(node.inputs[0]), to.Write(node.outputs[0])}, 0, {0});
  }
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Quantize&) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const bool is_8_bit = IsQuantized(input, DType::kInt8) || IsQuantized(input, DType::kUint8);
  if (!IsQuantized(output, DType::kInt8) || !(is_8_bit || input.dtype == DType::kFloat32)) {
    return to.graph().ErrorAt(
        node, "no kernel from " + std::string(NameOf(input.dtype)) + " to " + NameOf(output.dtype),
        "supported: float32, int8 or uint8 to int8, with one scale a tensor");
  }
  if (is_8_bit) {
    EmitLookup(to, node, {});
    return Done{};
  }
  to.Emit(node,
          QuantizeFloat32Int8Params{CountOf(output), 1.0f / output.quantization->scale[0],
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
          DequantizeInt8Float32Params{CountOf(output), input.quantization->scale[0],
                                      input.quantization->zero_point[0]},
          {to.Read(node.inputs[0]), to.Write(node.outputs[0])});
  return Done{};
}

}  // namespace wranglet
