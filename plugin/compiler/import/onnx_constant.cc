// Operators that make constants, and Cast.

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/onnx_fold.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {

Result<TensorId> TranslateConstant(OnnxNode& node) {
  if (const auto* value = node.Attribute("value"); value != nullptr && value->has_t()) {
    WRANGLET_ASSIGN(Tensor tensor, ReadOnnxTensor(value->t()));
    return node.AddConstant(std::move(tensor));
  }
  if (const auto* value = node.Attribute("value_int")) {
    return node.AddConstant(Int64Tensor({{value->i()}}, {}));
  }
  if (const auto* value = node.Attribute("value_float")) {
    return node.AddConstant(FloatTensor({{value->f()}}, {}));
  }
  if (const auto values = node.Ints("value_ints"); values && !values->empty()) {
    return node.AddConstant(Int64Tensor(*values, {static_cast<int64_t>(values->size())}));
  }
  if (const auto* value = node.Attribute("value_floats"); value && value->floats_size() > 0) {
    const std::vector<float> values(value->floats().begin(), value->floats().end());
    return node.AddConstant(FloatTensor(values, {static_cast<int64_t>(values.size())}));
  }
  return Error{.message = "has no value of numbers"};
}

// One number, 0 by default, everywhere.
Result<TensorId> TranslateConstantOfShape(OnnxNode& node) {
  WRANGLET_ASSIGN(const Shape shape, node.ConstantIntegers(0));
  Tensor value = FloatTensor({{0.0f}}, {1});
  if (const auto* given = node.Attribute("value"); given != nullptr && given->has_t()) {
    WRANGLET_ASSIGN(value, ReadOnnxTensor(given->t()));
  }
  WRANGLET_ASSIGN(const int64_t count, ElementCount(shape));
  if (CountOf(value) != 1) return Error{.message = "has a value that is not one number"};
  if (count > kMostFolded) return Error{.message = "makes a constant of " + ToString(shape)};
  const std::vector<std::byte> one = *value.constant;
  value.shape = shape;
  value.constant->resize(static_cast<size_t>(count) * one.size());
  for (size_t i = 0; i < value.constant->size(); i += one.size()) {
    std::copy(one.begin(), one.end(), value.constant->begin() + static_cast<std::ptrdiff_t>(i));
  }
  return node.AddConstant(std::move(value));
}

Result<TensorId> TranslateShape(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  const auto rank = static_cast<int64_t>(shape.size());
  const auto bound = [&](const char* attribute, int64_t otherwise) {
    const int64_t given = node.Int(attribute, otherwise);
    return std::clamp(given < 0 ? given + rank : given, int64_t{0}, rank);
  };
  const int64_t start = bound("start", 0), end = bound("end", rank);
  if (start >= end) return kNoTensor;  // an empty constant
  const Shape part(shape.begin() + start, shape.begin() + end);
  return node.AddConstant(Int64Tensor(part, {end - start}));
}

Result<TensorId> TranslateSize(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  return node.AddConstant(Int64Tensor({{CountOf(node.tensor(0))}}, {}));
}

// Of constants: between floats, int32 and int64.
Result<TensorId> TranslateCast(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const auto to = OnnxDType(static_cast<int32_t>(node.Int("to", 0)));
  const Tensor& from = node.tensor(0);
  if (to == from.dtype) return node.input(0);
  const bool to_integer = to == DType::kInt64 || to == DType::kInt32;
  const Tensor* const tensors[] = {&from};
  if (AreFoldable(tensors) && (to_integer || to == DType::kFloat32)) {
    if (from.dtype != DType::kFloat32) {
      const std::vector<int64_t> values = *ConstantIntegers(from);
      if (to_integer) return node.AddConstant(IntegerTensor(values, from.shape, *to));
      return node.AddConstant(
          FloatTensor(std::vector<float>(values.begin(), values.end()), from.shape));
    }
    std::vector<int64_t> values;
    for (const float value : from.ConstantAs<float>()) {
      // 2^63 is the least float that int64 does not hold.
      if (!(value > -0x1p63f && value < 0x1p63f)) return Error{.message = "overflows an integer"};
      values.push_back(static_cast<int64_t>(value));
    }
    return node.AddConstant(IntegerTensor(values, from.shape, *to));
  }
  if (to && *to != DType::kBool && from.dtype != DType::kBool && !from.quantization) {
    return node.EmitStoredLike({.dtype = *to}, Cast{}, {node.input(0)});
  }
  return Error{.message = std::string("from ") + NameOf(from.dtype) + " to type " +
                          std::to_string(node.Int("to", 0)) + " is not supported"};
}

}  // namespace wranglet
