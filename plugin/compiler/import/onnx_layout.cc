#include <algorithm>
#include <string>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

// Input 0 in another shape; a constant is reshaped at once.
Result<TensorId> EmitReshape(OnnxNode& node, Shape shape) {
  const Result<int64_t> before = ElementCount(node.tensor(0).shape);
  const Result<int64_t> after = ElementCount(shape);
  if (!before.ok() || !after.ok() || *before != *after) {
    return Error{.message =
                     "reshapes " + ToString(node.tensor(0).shape) + " to " + ToString(shape)};
  }
  if (!node.IsConstant(0)) return node.Emit(Reshape{}, {node.input(0)}, std::move(shape));
  Tensor tensor = node.tensor(0);
  tensor.shape = std::move(shape);
  // Scales of an axis that may be no more.
  if (tensor.quantization && tensor.quantization->scale.size() > 1) tensor.quantization.reset();
  return node.AddConstant(std::move(tensor));
}

// Axes of Squeeze and Unsqueeze: an attribute until opset 12, an input since.
Result<std::vector<int64_t>> ReadAxes(const OnnxNode& node) {
  if (node.HasInput(1)) return node.ConstantIntegers(1);
  return node.Ints("axes").value_or(std::vector<int64_t>());
}

}  // namespace

// A 0 keeps the input's dimension (unless allowzero), and one -1 takes what is left.
Result<TensorId> TranslateReshape(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  WRANGLET_ASSIGN(Shape shape, node.ConstantIntegers(1));
  const Shape& from = node.tensor(0).shape;
  int64_t known = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && node.Int("allowzero", 0) == 0 && i < from.size()) shape[i] = from[i];
    if (shape[i] == -1) continue;
    if (shape[i] < 1 || shape[i] > kMaxElements / known) {
      return Error{.message = "asks for dimension " + std::to_string(shape[i])};
    }
    known *= shape[i];
  }
  if (std::count(shape.begin(), shape.end(), -1) > 1) {
    return Error{.message = "asks for more than one dimension of -1"};
  }
  WRANGLET_ASSIGN(const int64_t all, ElementCount(from));
  std::replace(shape.begin(), shape.end(), int64_t{-1}, all / known);
  return EmitReshape(node, std::move(shape));
}

// Two dimensions: those before `axis`, and those from it on.
Result<TensorId> TranslateFlatten(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape& from = node.tensor(0).shape;
  // The axis may be the rank itself, so that all dimensions are before it.
  WRANGLET_ASSIGN(const int32_t axis, node.Int("axis", 1) == static_cast<int64_t>(from.size())
                                          ? Result<int32_t>(static_cast<int32_t>(from.size()))
                                          : NormalizedAxis(node.Int("axis", 1), from.size()));
  Shape shape = {1, 1};
  for (size_t i = 0; i < from.size(); ++i) shape[i < static_cast<size_t>(axis) ? 0 : 1] *= from[i];
  return EmitReshape(node, std::move(shape));
}

Result<TensorId> TranslateSqueeze(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape& from = node.tensor(0).shape;
  WRANGLET_ASSIGN(const std::vector<int64_t> axes, ReadAxes(node));
  std::vector<bool> gone(from.size());
  for (const int64_t given : axes) {
    WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(given, from.size()));
    gone[static_cast<size_t>(axis)] = true;
  }
  Shape shape;
  for (size_t i = 0; i < from.size(); ++i) {
    if (!(axes.empty() ? from[i] == 1 : gone[i])) shape.push_back(from[i]);
  }
  return EmitReshape(node, std::move(shape));
}

Result<TensorId> TranslateUnsqueeze(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape& from = node.tensor(0).shape;
  WRANGLET_ASSIGN(const std::vector<int64_t> axes, ReadAxes(node));
  if (axes.size() > 16) return Error{.message = "adds too many dimensions"};
  Shape shape(from.size() + axes.size(), 0);
  for (const int64_t given : axes) {
    WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(given, shape.size()));
    if (shape[static_cast<size_t>(axis)] == 1) return Error{.message = "adds a dimension twice"};
    shape[static_cast<size_t>(axis)] = 1;
  }
  size_t next = 0;
  for (int64_t& dimension : shape) {
    if (dimension == 0) dimension = from[next++];
  }
  return EmitReshape(node, std::move(shape));
}

Result<TensorId> TranslateTranspose(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const size_t rank = node.tensor(0).shape.size();
  Transpose transpose;
  if (const auto given = node.Ints("perm")) {
    for (const int64_t axis : *given) {
      if (axis < 0 || axis >= static_cast<int64_t>(rank)) {
        return Error{.message = "attribute perm is no permutation"};
      }
      transpose.permutation.push_back(static_cast<int32_t>(axis));
    }
  } else {
    for (size_t i = rank; i-- > 0;) transpose.permutation.push_back(static_cast<int32_t>(i));
  }
  if (!node.IsConstant(0)) return node.Emit(std::move(transpose), {node.input(0)});
  WRANGLET_RETURN_IF_ERROR(InferShape(transpose, {{node.tensor(0).shape}}));
  return node.AddConstant(TransposedConstant(node.tensor(0), transpose.permutation));
}

}  // namespace wranglet
