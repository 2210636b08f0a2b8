#include <algorithm>
#include <string>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

// Exporters compute shapes with constants of a few numbers; more are somebody's trick.
constexpr size_t kMostNumbers = 4096;

Result<std::vector<int64_t>> FewIntegers(const OnnxNode& node, size_t i) {
  WRANGLET_ASSIGN(std::vector<int64_t> values, node.ConstantIntegers(i));
  if (values.size() > kMostNumbers) return Error{.message = "works on a large constant"};
  return values;
}

}  // namespace

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

Result<TensorId> TranslateShape(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  const auto rank = static_cast<int64_t>(shape.size());
  const auto bound = [&](const char* attribute, int64_t otherwise) {
    const int64_t given = node.Int(attribute, otherwise);
    return std::clamp(given < 0 ? given + rank : given, int64_t{0}, rank);
  };
  const int64_t start = bound("start", 0), end = bound("end", rank);
  if (start >= end) return Error{.message = "takes no part of the shape " + ToString(shape)};
  const Shape part(shape.begin() + start, shape.begin() + end);
  return node.AddConstant(Int64Tensor(part, {end - start}));
}

Result<TensorId> TranslateGather(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  WRANGLET_ASSIGN(const std::vector<int64_t> values, FewIntegers(node, 0));
  WRANGLET_ASSIGN(const std::vector<int64_t> indices, FewIntegers(node, 1));
  if (node.tensor(0).shape.size() != 1) return Error{.message = "gathers from a constant matrix"};
  std::vector<int64_t> gathered;
  for (const int64_t index : indices) {
    WRANGLET_ASSIGN(const int32_t at, NormalizedAxis(index, values.size()));
    gathered.push_back(values[static_cast<size_t>(at)]);
  }
  return node.AddConstant(Int64Tensor(gathered, node.tensor(1).shape));
}

Result<TensorId> TranslateConcat(OnnxNode& node) {
  std::vector<int64_t> all;
  for (size_t i = 0; i < node.input_count(); ++i) {
    WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(i + 1));
    if (!node.IsConstant(i)) {
      return Error{.message = "of tensors that are not constant is not supported"};
    }
    if (node.tensor(i).shape.size() != 1) return Error{.message = "of constant matrices"};
    WRANGLET_ASSIGN(const std::vector<int64_t> values, FewIntegers(node, i));
    all.insert(all.end(), values.begin(), values.end());
    if (all.size() > kMostNumbers) return Error{.message = "makes a large constant"};
  }
  if (all.empty()) return Error{.message = "of nothing"};
  return node.AddConstant(Int64Tensor(all, {static_cast<int64_t>(all.size())}));
}

// Between integers of a shape's computation, which all are int64 here; and of floats to float.
Result<TensorId> TranslateCast(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const auto to = OnnxDType(static_cast<int32_t>(node.Int("to", 0)));
  const DType from = node.tensor(0).dtype;
  if (to == from) return node.input(0);
  if (node.IsConstant(0) && (to == DType::kInt64 || to == DType::kInt32)) {
    WRANGLET_ASSIGN(const std::vector<int64_t> values, FewIntegers(node, 0));
    return node.AddConstant(Int64Tensor(values, node.tensor(0).shape));
  }
  return Error{.message = std::string("from ") + NameOf(from) + " to type " +
                          std::to_string(node.Int("to", 0)) + " is not supported"};
}

}  // namespace wranglet
