// Operators that move elements, or only rename them.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/move.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_anew.h"
#include "plugin/compiler/plan/lower_lookup.h"
#include "plugin/compiler/plan/movement.h"

namespace wranglet {
namespace {

Status EmitMovement(Lowering& to, const Node& node, const Movement& movement, Argument from,
                    Argument into) {
  const std::optional<MoveParams> params = MoveParamsOf(movement);
  if (!params) {
    return to.graph().ErrorAt(
        node, "no kernel for " + std::to_string(movement.sizes.size()) + " dimensions",
        "supported: " + std::to_string(kMaxMoveRank) +
            ", where neighbours that stay side by side count as one");
  }
  to.Emit(node, *params, {from, into});
  return Done{};
}

// The table by which a Concat stores one of its inputs as its output: TensorFlow Lite's
// ConcatenationWithScaling, which it does for uint8 alone; those have become int8, 128 less. None
// where the scales are so far apart that its sums would be infinite.
std::optional<std::vector<uint8_t>> ConcatTable(const Quantization& from,
                                                const Quantization& into) {
  constexpr int32_t kMoved = 128;
  const float scale = from.scale[0] * (1.0f / into.scale[0]);
  if (!(scale < 0x1p96f)) return std::nullopt;
  const float bias = -static_cast<float>(from.zero_point[0] + kMoved) * scale;
  return TableOf(DType::kInt8, DType::kInt8, [&](int32_t stored) {
    const float value = std::round(static_cast<float>(stored + kMoved) * scale + bias);
    return static_cast<int32_t>(std::clamp(value, -512.0f, 512.0f)) + into.zero_point[0];
  });
}

// An input of a Concat, stored as its output is.
Result<Argument> StoredAsOutput(Lowering& to, const Node& node, const Tensor& input,
                                Argument place) {
  const Tensor& output = to.tensor(node.outputs[0]);
  if (input.IsStoredLike(output)) return place;
  const bool is_int8 = IsQuantized(input, DType::kInt8) && IsQuantized(output, DType::kInt8);
  const bool is_int16 = IsQuantized(input, DType::kInt16) && IsQuantized(output, DType::kInt16);
  if (!is_int8 && !is_int16) {
    return to.graph().ErrorAt(
        node, "no kernel for '" + input.name + "', which is stored otherwise than the output",
        "let them have one type and scale");
  }
  const Argument stored = to.Scratch(BytesOf(input));
  if (is_int16) {
    to.Emit(node, ScaleParams(input, *output.quantization), {place, stored});
    return stored;
  }
  const auto table = ConcatTable(*input.quantization, *output.quantization);
  if (!table) {
    return to.graph().ErrorAt(
        node, "the scales of '" + input.name + "' and the output are too far apart");
  }
  to.Emit(node, Lookup8Params{static_cast<int32_t>(CountOf(input))},
          {place, to.Constant(*table), stored});
  return stored;
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Reshape&) {
  if (!to.tensor(node.inputs[0]).IsStoredLike(to.tensor(node.outputs[0]))) {
    return Lower(to, node, Quantize{});
  }
  to.Alias(node.outputs[0], node.inputs[0]);
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Transpose& op) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const size_t element = SizeOf(input.dtype);
  const std::vector<int64_t> strides = ByteStrides(input.shape, element);
  Movement movement{.sizes = output.shape,
                    .from = {},
                    .to = ByteStrides(output.shape, element),
                    .element_bytes = static_cast<int64_t>(element)};
  for (const int32_t axis : op.permutation) {
    movement.from.push_back(strides[static_cast<size_t>(axis)]);
  }
  const Argument from = to.Read(node.inputs[0]);
  WRANGLET_RETURN_IF_ERROR(EmitMovement(to, node, movement, from, to.Write(node.outputs[0])));
  return StoreAnew(to, node);
}

Status Lower(Lowering& to, const Node& node, const Slice& op) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const size_t element = SizeOf(input.dtype);
  Movement movement{.sizes = output.shape,
                    .from = ByteStrides(input.shape, element),
                    .to = ByteStrides(output.shape, element),
                    .element_bytes = static_cast<int64_t>(element)};
  for (size_t i = 0; i < movement.from.size(); ++i) {
    movement.from_start += op.begin[i] * movement.from[i];
    movement.from[i] *= op.stride[i];
  }
  const Argument from = to.Read(node.inputs[0]);
  WRANGLET_RETURN_IF_ERROR(EmitMovement(to, node, movement, from, to.Write(node.outputs[0])));
  return StoreAnew(to, node);
}

Status Lower(Lowering& to, const Node& node, const Concat& op) {
  const Tensor& output = to.tensor(node.outputs[0]);
  const size_t element = SizeOf(output.dtype);
  const std::vector<int64_t> strides = ByteStrides(output.shape, element);
  const Argument into = to.Write(node.outputs[0]);
  int64_t start = 0;
  for (const TensorId id : node.inputs) {
    const Tensor& input = to.tensor(id);
    WRANGLET_ASSIGN(const Argument from, StoredAsOutput(to, node, input, to.Read(id)));
    const Movement movement{.sizes = input.shape,
                            .from = ByteStrides(input.shape, element),
                            .to = strides,
                            .to_start = start,
                            .element_bytes = static_cast<int64_t>(element)};
    WRANGLET_RETURN_IF_ERROR(EmitMovement(to, node, movement, from, into));
    start += input.shape[static_cast<size_t>(op.axis)] * strides[static_cast<size_t>(op.axis)];
  }
  return Done{};
}

// Passes leave none of these.

Status Lower(Lowering& to, const Node& node, const BatchNormalization&) {
  return to.graph().ErrorAt(node,
                            "a batch normalisation that follows no convolution is not supported",
                            "let it follow the convolution whose output it normalises");
}

}  // namespace wranglet
