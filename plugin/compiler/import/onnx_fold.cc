#include "plugin/compiler/import/onnx_fold.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>
#include <utility>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/constant_folding.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

bool IsFloat(const Tensor& tensor) { return tensor.dtype == DType::kFloat32; }

Status CheckSize(const Shape& shape) {
  const Result<int64_t> count = ElementCount(shape);
  if (!count.ok()) return count.error();
  if (*count <= kMostFolded) return Done{};
  return Error{.message = "makes a constant of " + ToString(shape)};
}

// Goes through the elements of a tensor of `shape`, and tells the place in one that is broadcast.
class Broadcasting {
 public:
  Broadcasting(const Shape& from, const Shape& to) : to_(to), index_(to.size()) {
    strides_.resize(to.size());
    int64_t stride = 1;
    for (size_t i = 1; i <= from.size(); ++i) {
      const int64_t size = from[from.size() - i];
      strides_[to.size() - i] = size == 1 ? 0 : stride;
      stride *= size;
    }
  }
  size_t place() const { return static_cast<size_t>(place_); }
  void Next() {
    for (size_t i = to_.size(); i-- > 0;) {
      place_ += strides_[i];
      if (++index_[i] < to_[i]) return;
      place_ -= strides_[i] * to_[i];
      index_[i] = 0;
    }
  }

 private:
  const Shape& to_;
  std::vector<int64_t> index_, strides_;
  int64_t place_ = 0;
};

std::optional<int64_t> OfIntegers(Binary::Kind kind, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (kind) {
    case Binary::Kind::kAdd:
      return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case Binary::Kind::kSub:
      return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case Binary::Kind::kMul:
      return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case Binary::Kind::kMaximum:
      return std::max(a, b);
    case Binary::Kind::kMinimum:
      return std::min(a, b);
    case Binary::Kind::kDiv:
      // -1 is the one divisor with which the quotient may overflow.
      if (b == -1) return OfIntegers(Binary::Kind::kSub, 0, a);
      return b == 0 ? std::nullopt : std::optional(a / b);
  }
  return std::nullopt;
}

float OfFloats(Binary::Kind kind, float a, float b) {
  switch (kind) {
    case Binary::Kind::kAdd:
      return a + b;
    case Binary::Kind::kSub:
      return a - b;
    case Binary::Kind::kMul:
      return a * b;
    case Binary::Kind::kMaximum:
      return std::max(a, b);
    case Binary::Kind::kMinimum:
      return std::min(a, b);
    case Binary::Kind::kDiv:
      return a / b;
  }
  return a;
}

float OfFloat(const Unary& op, float x) {
  switch (op.kind) {
    case Unary::Kind::kAbs:
      return std::fabs(x);
    case Unary::Kind::kElu:
      return x < 0 ? op.alpha * std::expm1(x) : x;
    case Unary::Kind::kExp:
      return std::exp(x);
    case Unary::Kind::kGelu:
      return 0.5f * x * (1 + std::erf(x * 0.70710678f));
    case Unary::Kind::kGeluTanh:
      return 0.5f * x * (1 + std::tanh(0.79788456f * (x + 0.044715f * x * x * x)));
    case Unary::Kind::kHardSigmoid:
      return std::clamp(op.alpha * x + op.beta, 0.0f, 1.0f);
    case Unary::Kind::kHardSwish:
      return x * std::clamp(x + 3, 0.0f, 6.0f) / 6;
    case Unary::Kind::kLeakyRelu:
      return x < 0 ? op.alpha * x : x;
    case Unary::Kind::kLog:
      return std::log(x);
    case Unary::Kind::kLogistic:
      return 1 / (1 + std::exp(-x));
    case Unary::Kind::kNegate:
      return -x;
    case Unary::Kind::kRsqrt:
      return 1 / std::sqrt(x);
    case Unary::Kind::kSqrt:
      return std::sqrt(x);
    case Unary::Kind::kSquare:
      return x * x;
    case Unary::Kind::kTanh:
      return std::tanh(x);
  }
  return x;
}

// The tensor of `shape` whose element i is element `place(i)` of `x`.
template <typename Place>
Result<Tensor> Picked(const Tensor& x, Shape shape, Place&& place) {
  WRANGLET_RETURN_IF_ERROR(CheckSize(shape));
  Tensor picked{.dtype = x.dtype, .shape = std::move(shape)};
  const size_t bytes = SizeOf(x.dtype), count = static_cast<size_t>(CountOf(picked));
  picked.constant.emplace(count * bytes);
  for (size_t i = 0; i < count; ++i) {
    std::memcpy(picked.constant->data() + i * bytes, x.constant->data() + place(i) * bytes, bytes);
  }
  return picked;
}

size_t CountFrom(const Shape& shape, size_t first) {
  size_t count = 1;
  for (size_t i = first; i < shape.size(); ++i) count *= static_cast<size_t>(shape[i]);
  return count;
}

}  // namespace

bool AreFoldable(std::span<const Tensor* const> tensors) {
  return std::ranges::all_of(tensors, [](const Tensor* tensor) {
    return tensor->constant &&
           (IsFloat(*tensor) || tensor->dtype == DType::kInt32 || tensor->dtype == DType::kInt64);
  });
}

Result<Tensor> FoldedBinary(Binary::Kind kind, const Tensor& a, const Tensor& b) {
  if (IsFloat(a) != IsFloat(b)) return Error{.message = "mixes integers and floats"};
  WRANGLET_ASSIGN(const Shape shape, InferShape(Binary{}, {{a.shape, b.shape}}));
  WRANGLET_RETURN_IF_ERROR(CheckSize(shape));
  WRANGLET_ASSIGN(const int64_t count, ElementCount(shape));
  Broadcasting at_a(a.shape, shape), at_b(b.shape, shape);
  if (IsFloat(a)) {
    const auto x = a.ConstantAs<float>(), y = b.ConstantAs<float>();
    std::vector<float> values;
    for (int64_t i = 0; i < count; ++i, at_a.Next(), at_b.Next()) {
      values.push_back(OfFloats(kind, x[at_a.place()], y[at_b.place()]));
    }
    return FloatTensor(values, shape);
  }
  const std::vector<int64_t> x = *ConstantIntegers(a), y = *ConstantIntegers(b);
  std::vector<int64_t> values;
  for (int64_t i = 0; i < count; ++i, at_a.Next(), at_b.Next()) {
    const auto value = OfIntegers(kind, x[at_a.place()], y[at_b.place()]);
    if (!value) return Error{.message = "overflows, or divides by zero"};
    values.push_back(*value);
  }
  const bool narrow = a.dtype == DType::kInt32 && b.dtype == DType::kInt32;
  return IntegerTensor(values, shape, narrow ? DType::kInt32 : DType::kInt64);
}

Result<Tensor> FoldedUnary(const Unary& op, const Tensor& x) {
  if (!IsFloat(x)) {
    const Tensor zero = Int64Tensor({{0}}, {});
    WRANGLET_ASSIGN(Tensor negated, FoldedBinary(Binary::Kind::kSub, zero, x));
    if (op.kind == Unary::Kind::kNegate) return negated;
    if (op.kind == Unary::Kind::kAbs) return FoldedBinary(Binary::Kind::kMaximum, x, negated);
    return Error{.message = "works on integers"};
  }
  Tensor result = x;
  result.quantization.reset();
  for (float& value : result.MutableConstantAs<float>()) value = OfFloat(op, value);
  return result;
}

Result<Tensor> FoldedSlice(const Slice& op, const Tensor& x) {
  WRANGLET_ASSIGN(Shape shape, InferShape(op, {{x.shape}}));
  WRANGLET_RETURN_IF_ERROR(CheckSize(shape));
  return Tensor{.dtype = x.dtype, .shape = std::move(shape), .constant = SlicedElements(op, x)};
}

Result<Tensor> FoldedConcat(int32_t axis, std::span<const Tensor* const> tensors) {
  std::vector<Shape> shapes;
  for (const Tensor* tensor : tensors) {
    if (tensor->dtype != tensors[0]->dtype) return Error{.message = "joins different types"};
    shapes.push_back(tensor->shape);
  }
  WRANGLET_ASSIGN(Shape shape, InferShape(Concat{.axis = axis}, shapes));
  WRANGLET_RETURN_IF_ERROR(CheckSize(shape));
  std::vector<std::byte> elements = JoinedElements(axis, tensors, shape);
  return Tensor{
      .dtype = tensors[0]->dtype, .shape = std::move(shape), .constant = std::move(elements)};
}

Result<Tensor> FoldedGather(const Tensor& x, int32_t axis, std::span<const int64_t> indices,
                            const Shape& index_shape) {
  const auto at = static_cast<size_t>(axis);
  std::vector<size_t> taken;
  for (const int64_t index : indices) {
    WRANGLET_ASSIGN(const int32_t place, NormalizedAxis(index, static_cast<size_t>(x.shape[at])));
    taken.push_back(static_cast<size_t>(place));
  }
  Shape shape(x.shape.begin(), x.shape.begin() + axis);
  shape.insert(shape.end(), index_shape.begin(), index_shape.end());
  shape.insert(shape.end(), x.shape.begin() + axis + 1, x.shape.end());
  const size_t inner = CountFrom(x.shape, at + 1), size = static_cast<size_t>(x.shape[at]);
  return Picked(x, std::move(shape), [&](size_t i) {
    const size_t outer = i / (inner * taken.size());
    return (outer * size + taken[i / inner % taken.size()]) * inner + i % inner;
  });
}

}  // namespace wranglet
