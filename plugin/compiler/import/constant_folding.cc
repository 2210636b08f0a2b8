#include "plugin/compiler/import/constant_folding.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/graph/transposition.h"

namespace wranglet {
namespace {

using Bytes = std::vector<std::byte>;
using Folded = std::optional<Bytes>;

// How many elements lie between neighbours of each dimension.
std::vector<int64_t> StepsOf(const Shape& shape) {
  std::vector<int64_t> steps(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) steps[i - 1] = steps[i] * shape[i];
  return steps;
}

// Calls f with a tensor's elements as a span of their type. False for types that no arithmetic is
// done with.
template <typename F>
bool WithNumbers(const Tensor& tensor, F&& f) {
  switch (tensor.dtype) {
    case DType::kFloat32:
      return f(tensor.ConstantAs<float>()), true;
    case DType::kInt8:
      return f(tensor.ConstantAs<int8_t>()), true;
    case DType::kUint8:
      return f(tensor.ConstantAs<uint8_t>()), true;
    case DType::kInt16:
      return f(tensor.ConstantAs<int16_t>()), true;
    case DType::kInt32:
      return f(tensor.ConstantAs<int32_t>()), true;
    case DType::kInt64:
      return f(tensor.ConstantAs<int64_t>()), true;
    case DType::kBool:
      return false;
  }
  return false;
}

template <typename T>
void Append(Bytes& bytes, T value) {
  const size_t at = bytes.size();
  bytes.resize(at + sizeof(T));
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

// As Cast has it: towards zero, and to the nearest that there is.
template <typename To, typename From>
To Converted(From value) {
  if constexpr (std::is_floating_point_v<To>) {
    return static_cast<To>(value);
  } else if constexpr (std::is_floating_point_v<From>) {
    if (std::isnan(value)) return 0;
    // The limits as floats may lie just outside of the type.
    if (value <= static_cast<From>(std::numeric_limits<To>::min())) {
      return std::numeric_limits<To>::min();
    }
    if (value >= static_cast<From>(std::numeric_limits<To>::max())) {
      return std::numeric_limits<To>::max();
    }
    return static_cast<To>(value);
  } else {
    return static_cast<To>(
        std::clamp<int64_t>(value, std::numeric_limits<To>::min(), std::numeric_limits<To>::max()));
  }
}

template <typename To>
Folded CastTo(const Tensor& x) {
  Bytes bytes;
  const bool done = WithNumbers(x, [&](auto values) {
    for (const auto value : values) Append(bytes, Converted<To>(value));
  });
  return done ? Folded(std::move(bytes)) : std::nullopt;
}

struct Fold {
  std::span<const Tensor* const> inputs;
  const Tensor& output;

  const Tensor& x() const { return *inputs[0]; }

  // Whether the elements only have to be moved.
  bool IsStoredAlike() const {
    return std::ranges::all_of(inputs, [&](const Tensor* t) { return t->IsStoredLike(output); });
  }

  Folded operator()(const Reshape&) const { return IsStoredAlike() ? x().constant : std::nullopt; }

  Folded operator()(const Transpose& op) const {
    return IsStoredAlike() ? TransposedConstant(x(), op.permutation).constant : std::nullopt;
  }

  Folded operator()(const Slice& op) const {
    return IsStoredAlike() ? Folded(SlicedElements(op, x())) : std::nullopt;
  }

  Folded operator()(const Concat& op) const {
    return IsStoredAlike() ? Folded(JoinedElements(op.axis, inputs, output.shape)) : std::nullopt;
  }

  Folded operator()(const Dequantize&) const {
    if (output.dtype != DType::kFloat32) return std::nullopt;
    if (x().dtype == DType::kFloat32) return x().constant;
    if (!x().quantization) return std::nullopt;
    const Quantization& q = *x().quantization;
    const bool per_axis = q.scale.size() > 1;
    const auto axis = static_cast<size_t>(q.axis);
    const int64_t step = per_axis ? StepsOf(x().shape)[axis] : 1;
    Bytes bytes;
    const bool done = WithNumbers(x(), [&](auto values) {
      for (size_t i = 0; i < values.size(); ++i) {
        const size_t c = per_axis ? i / static_cast<size_t>(step) % q.scale.size() : 0;
        const auto distance = static_cast<double>(values[i]) - q.zero_point[c];
        Append(bytes, q.scale[c] * static_cast<float>(distance));
      }
    });
    return done ? Folded(std::move(bytes)) : std::nullopt;
  }

  Folded operator()(const Cast&) const {
    if (output.dtype == DType::kInt32) return CastTo<int32_t>(x());
    if (output.dtype == DType::kInt64) return CastTo<int64_t>(x());
    if (output.dtype == DType::kFloat32) return CastTo<float>(x());
    return std::nullopt;
  }

  // Of equal shapes, or with one number.
  Folded operator()(const Binary& op) const {
    const auto a = ConstantIntegers(x()), b = ConstantIntegers(*inputs[1]);
    if (!a || !b || x().dtype != inputs[1]->dtype || x().dtype != output.dtype ||
        !op.activation.IsIdentity()) {
      return std::nullopt;
    }
    const auto count = static_cast<size_t>(CountOf(output));
    if ((a->size() != 1 && a->size() != count) || (b->size() != 1 && b->size() != count)) {
      return std::nullopt;
    }
    Bytes bytes;
    for (size_t i = 0; i < count; ++i) {
      // Unsigned, for it wraps.
      const auto left = static_cast<uint64_t>((*a)[i % a->size()]);
      const auto right = static_cast<uint64_t>((*b)[i % b->size()]);
      uint64_t result = 0;
      if (op.kind == Binary::Kind::kAdd) {
        result = left + right;
      } else if (op.kind == Binary::Kind::kSub) {
        result = left - right;
      } else if (op.kind == Binary::Kind::kMul) {
        result = left * right;
      } else {
        return std::nullopt;
      }
      if (output.dtype == DType::kInt32) {
        Append(bytes, static_cast<int32_t>(result));
      } else {
        Append(bytes, static_cast<int64_t>(result));
      }
    }
    return bytes;
  }

  template <typename T>
  Folded operator()(const T&) const {
    return std::nullopt;
  }
};

}  // namespace

std::vector<std::byte> SlicedElements(const Slice& op, const Tensor& x) {
  const auto size = static_cast<int64_t>(SizeOf(x.dtype));
  std::vector<int64_t> steps = StepsOf(x.shape);
  int64_t first = 0;
  for (size_t d = 0; d < steps.size(); ++d) {
    first += op.begin[d] * steps[d];
    steps[d] *= op.stride[d];
  }
  Bytes elements;
  std::vector<int64_t> index(steps.size());
  for (size_t d = 0;;) {
    const auto at = x.constant->begin() + first * size;
    elements.insert(elements.end(), at, at + size);
    for (d = steps.size(); d-- > 0;) {
      first += steps[d];
      if (++index[d] < op.size[d]) break;
      first -= steps[d] * op.size[d];
      index[d] = 0;
    }
    if (d >= steps.size()) return elements;  // -1: every dimension is through
  }
}

std::vector<std::byte> JoinedElements(int32_t axis, std::span<const Tensor* const> tensors,
                                      const Shape& shape) {
  int64_t outer = 1;
  for (size_t d = 0; d < static_cast<size_t>(axis); ++d) outer *= shape[d];
  Bytes elements;
  for (int64_t o = 0; o < outer; ++o) {
    for (const Tensor* tensor : tensors) {
      const int64_t part = static_cast<int64_t>(tensor->constant->size()) / outer;
      const auto at = tensor->constant->begin() + o * part;
      elements.insert(elements.end(), at, at + part);
    }
  }
  return elements;
}

std::optional<std::vector<std::byte>> FoldConstants(const Operator& op,
                                                    std::span<const Tensor* const> inputs,
                                                    const Tensor& output) {
  const bool are_constant = std::ranges::all_of(
      inputs, [](const Tensor* tensor) { return tensor->constant.has_value(); });
  if (!are_constant || inputs.empty()) return std::nullopt;
  return std::visit(Fold{inputs, output}, op);
}

}  // namespace wranglet
