// Operators between types: Quantize, Dequantize and Cast.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/cast.h"
#include "kernels/lookup.h"
#include "kernels/quantize.h"
#include "kernels/unary_int16.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_anew.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/lower_lookup.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// Tells a uint8 from the int8 that stands for the same number.
constexpr int32_t kUnsignedOffset = 128;

int32_t CountOfOutput(const Lowering& to, const Node& node) {
  return static_cast<int32_t>(CountOf(to.tensor(node.outputs[0])));
}

Error NoKernel(const Lowering& to, const Node& node) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  return to.graph().ErrorAt(
      node, "no kernel from " + std::string(NameOf(input.dtype)) + " to " + NameOf(output.dtype),
      "supported: between float32, int8, uint8 and int16, with one scale a tensor (int16 with "
      "zero point 0)");
}

// Appends the step from bytes of one sign to those of the other.
void EmitTurned(Lowering& to, const Node& node, Argument from, Argument into) {
  std::vector<uint8_t> table;
  for (int32_t byte = 0; byte < 256; ++byte) table.push_back(static_cast<uint8_t>(byte ^ 0x80));
  to.Emit(node, Lookup8Params{CountOfOutput(to, node)}, {from, to.Constant(table), into});
}

// A tensor of 8 bits as int8: its bytes, and its zero point.
struct Signed {
  Argument bytes;
  int32_t zero_point;
};

Signed SignedInput(Lowering& to, const Node& node) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const int32_t zero_point = input.quantization->zero_point[0];
  const Argument bytes = to.Read(node.inputs[0]);
  if (input.dtype == DType::kInt8) return {bytes, zero_point};
  const Argument turned = to.Scratch(BytesOf(input));
  EmitTurned(to, node, bytes, turned);
  return {turned, zero_point - kUnsignedOffset};
}

// Calls emit(place, quantization) for an output of 8 bits, which it is to write as int8.
template <typename Emit>
void EmitSignedOutput(Lowering& to, const Node& node, const Emit& emit) {
  const Tensor& output = to.tensor(node.outputs[0]);
  if (output.dtype == DType::kInt8) {
    emit(to.Write(node.outputs[0]), *output.quantization);
    return;
  }
  Quantization quantization = *output.quantization;
  quantization.zero_point[0] -= kUnsignedOffset;
  const Argument turned = to.Scratch(BytesOf(output));
  emit(turned, quantization);
  EmitTurned(to, node, turned, to.Write(node.outputs[0]));
}

void QuantizeFromFloat32(Lowering& to, const Node& node) {
  const Tensor& output = to.tensor(node.outputs[0]);
  const int32_t count = CountOfOutput(to, node);
  const Argument input = to.Read(node.inputs[0]);
  if (output.dtype == DType::kInt16) {
    to.Emit(node, QuantizeFloat32Int16Params{count, output.quantization->scale[0]},
            {input, to.Write(node.outputs[0])});
    return;
  }
  EmitSignedOutput(to, node, [&](Argument place, const Quantization& quantization) {
    to.Emit(
        node,
        QuantizeFloat32Int8Params{count, 1.0f / quantization.scale[0], OutputOf(quantization, {})},
        {input, place});
  });
}

void QuantizeFromInt16(Lowering& to, const Node& node) {
  const Tensor& output = to.tensor(node.outputs[0]);
  const ScaleInt16Params params = ScaleParams(to.tensor(node.inputs[0]), *output.quantization);
  const Argument input = to.Read(node.inputs[0]);
  if (output.dtype == DType::kInt16) {
    to.Emit(node, params, {input, to.Write(node.outputs[0])}, {0});
    return;
  }
  EmitSignedOutput(to, node, [&](Argument place, const Quantization& quantization) {
    to.Emit(node,
            RequantizeInt16Int8Params{params.count, params.positive, quantization.zero_point[0]},
            {input, place});
  });
}

void QuantizeFrom8Bit(Lowering& to, const Node& node) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const auto stored_of = [&](int32_t stored) {
    return RequantizeStored(stored, *input.quantization, *output.quantization,
                            input.dtype == output.dtype);
  };
  if (output.dtype != DType::kInt16) {
    EmitLookup(to, node, stored_of);
    return;
  }
  std::vector<int16_t> table;
  for (int32_t byte = 0; byte < 256; ++byte) {
    const int32_t stored = input.dtype == DType::kInt8 ? static_cast<int8_t>(byte) : byte;
    table.push_back(static_cast<int16_t>(std::clamp(stored_of(stored), -32768, 32767)));
  }
  to.Emit(node, Lookup8To16Params{CountOfOutput(to, node)},
          {to.Read(node.inputs[0]), to.Constant(table), to.Write(node.outputs[0])});
}

ElementType ElementTypeOf(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return ElementType::kFloat32;
    case DType::kInt8:
      return ElementType::kInt8;
    case DType::kUint8:
      return ElementType::kUint8;
    case DType::kInt16:
      return ElementType::kInt16;
    case DType::kInt32:
      return ElementType::kInt32;
    case DType::kInt64:
      return ElementType::kInt64;
    case DType::kBool:
      return ElementType::kBool;
  }
  return ElementType::kFloat32;
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Quantize&) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  if (!Is8Bit(output) && !IsQuantized(output, DType::kInt16)) return NoKernel(to, node);
  if (input.dtype == DType::kFloat32) {
    QuantizeFromFloat32(to, node);
  } else if (IsQuantized(input, DType::kInt16)) {
    QuantizeFromInt16(to, node);
  } else if (Is8Bit(input)) {
    QuantizeFrom8Bit(to, node);
  } else {
    return NoKernel(to, node);
  }
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Dequantize&) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const int32_t count = CountOfOutput(to, node);
  if (to.tensor(node.outputs[0]).dtype != DType::kFloat32) return NoKernel(to, node);
  if (IsQuantized(input, DType::kInt16)) {
    to.Emit(node, DequantizeParams<int16_t>{count, input.quantization->scale[0]},
            {to.Read(node.inputs[0]), to.Write(node.outputs[0])});
  } else if (Is8Bit(input)) {
    const auto [bytes, zero_point] = SignedInput(to, node);
    to.Emit(node, DequantizeParams<int8_t>{count, input.quantization->scale[0], zero_point},
            {bytes, to.Write(node.outputs[0])});
  } else {
    return NoKernel(to, node);
  }
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Cast&) {
  const DType from = to.tensor(node.inputs[0]).dtype, into = to.tensor(node.outputs[0]).dtype;
  to.Emit(node, CastParams{CountOfOutput(to, node), ElementTypeOf(from), ElementTypeOf(into)},
          {to.Read(node.inputs[0]), to.Write(node.outputs[0])});
  return Done{};
}

}  // namespace wranglet
