// Pad.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "kernels/gather.h"
#include "plugin/compiler/plan/gathering.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_anew.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// The input's index, or kGatherFill, for index `i` of a dimension of the input, `size` long, beyond
// which it may lie.
int32_t Mirrored(Pad::Mode mode, int32_t i, int32_t size) {
  if (i >= 0 && i < size) return i;
  switch (mode) {
    case Pad::Mode::kConstant:
      return kGatherFill;
    case Pad::Mode::kReflect:
      return i < 0 ? -i : 2 * size - 2 - i;
    case Pad::Mode::kSymmetric:
      return i < 0 ? -i - 1 : 2 * size - 1 - i;
    case Pad::Mode::kEdge:
      return std::clamp(i, 0, size - 1);
  }
  return kGatherFill;
}

template <typename T>
std::array<int32_t, 4> Repeated(T value) {
  std::array<int32_t, 4> pattern;
  auto* bytes = reinterpret_cast<std::byte*>(pattern.data());
  for (size_t i = 0; i < sizeof(pattern); i += sizeof(T)) std::memcpy(bytes + i, &value, sizeof(T));
  return pattern;
}

// The bytes of a real number as the tensor stores it, repeated.
std::array<int32_t, 4> PatternOf(const Tensor& tensor, float value) {
  switch (tensor.dtype) {
    case DType::kFloat32:
      return Repeated(value);
    case DType::kInt8: {
      if (!tensor.quantization) return Repeated(static_cast<int8_t>(value));
      const Quantization& q = *tensor.quantization;
      return Repeated(static_cast<int8_t>(QuantizeInt8(value, q.scale[0], q.zero_point[0])));
    }
    case DType::kInt16: {
      const float scale = tensor.quantization ? tensor.quantization->scale[0] : 1.0f;
      return Repeated(
          static_cast<int16_t>(std::round(std::clamp(value / scale, -32768.0f, 32767.0f))));
    }
    case DType::kInt32:
      return Repeated(static_cast<int32_t>(std::clamp(value, -0x1p31f, 0x1.fffffep30f)));
    case DType::kInt64:
      return Repeated(static_cast<int64_t>(std::clamp(value, -0x1p63f, 0x1.fffffep62f)));
    case DType::kUint8:
    case DType::kBool:
      return Repeated(static_cast<uint8_t>(std::clamp(value, 0.0f, 255.0f)));
  }
  return {};
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Pad& op) {
  const Tensor& input = to.tensor(node.inputs[0]);
  std::vector<std::vector<int32_t>> indices;
  for (size_t i = 0; i < input.shape.size(); ++i) {
    const auto size = static_cast<int32_t>(input.shape[i]);
    std::vector<int32_t>& table = indices.emplace_back();
    for (int32_t at = -op.before[i]; at < size + op.after[i]; ++at) {
      table.push_back(Mirrored(op.mode, at, size));
    }
  }
  std::optional<Gathering> gathering = GatheringOf(input.shape, SizeOf(input.dtype), indices);
  if (!gathering) {
    return to.graph().ErrorAt(node, "no kernel for a padding of " + ToString(input.shape),
                              "supported: up to 6 dimensions");
  }
  gathering->params.fill = PatternOf(input, op.value);
  to.Emit(node, gathering->params,
          {to.Read(node.inputs[0]), to.Constant(gathering->tables), to.Write(node.outputs[0])});
  return StoreAnew(to, node);
}

}  // namespace wranglet
