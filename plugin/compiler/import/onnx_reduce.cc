// Operators whose outputs look along dimensions: reductions, Softmax and norms of vectors.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/import/onnx_operators.h"

namespace wranglet {
namespace {

// `id` by an operator along the last dimension, applied to dimension `axis`.
Result<TensorId> EmitAlong(OnnxNode& node, TensorId id, int32_t axis, Operator op) {
  Permutation swap(node.graph().tensor(id).shape.size());
  std::iota(swap.begin(), swap.end(), 0);
  if (axis == swap.back()) return node.Emit(std::move(op), {id});
  std::swap(swap[static_cast<size_t>(axis)], swap.back());
  WRANGLET_ASSIGN(const TensorId x, node.Emit(Transpose{swap}, {id}));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(std::move(op), {x}));
  return node.Emit(Transpose{swap}, {y});
}

// `shape` with `axes` of size 1, or without them.
Shape Reduced(const Shape& shape, const std::vector<int32_t>& axes, bool keep) {
  Shape reduced;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool gone = std::ranges::count(axes, static_cast<int32_t>(i)) > 0;
    if (!gone) reduced.push_back(shape[i]);
    if (gone && keep) reduced.push_back(1);
  }
  return reduced;
}

// What a reduction reduces. Axes are an attribute until opset 17 (of ReduceSum 12), an input since;
// none means all, or with noop_with_empty_axes nothing.
Result<std::vector<int32_t>> ReadAxes(const OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  std::vector<int64_t> given = node.Ints("axes").value_or(std::vector<int64_t>());
  if (node.HasInput(1)) {
    WRANGLET_ASSIGN(given, node.ConstantIntegers(1));
  }
  const size_t rank = node.tensor(0).shape.size();
  if (given.empty() && node.Int("noop_with_empty_axes", 0) == 0) {
    given.resize(rank);
    std::iota(given.begin(), given.end(), 0);
  }
  return NormalizedAxes(given, rank);
}

// `id`'s sums over `axes`: as many times the mean as there are elements in each.
Result<TensorId> EmitSum(OnnxNode& node, TensorId id, const std::vector<int32_t>& axes) {
  const Shape shape = node.graph().tensor(id).shape;
  int64_t count = 1;
  for (const int32_t axis : axes) count *= shape[static_cast<size_t>(axis)];
  WRANGLET_ASSIGN(const TensorId mean,
                  node.Emit(Mean{axes}, {id}, Reduced(shape, axes, node.Int("keepdims", 1) != 0)));
  return node.EmitScaled(mean, static_cast<float>(count));
}

Result<TensorId> TranslateArg(OnnxNode& node, bool is_min) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(node.Int("axis", 0), shape.size()));
  if (node.tensor(0).dtype != DType::kFloat32) {
    return Error{.message = std::string("compares numbers of ") + NameOf(node.tensor(0).dtype)};
  }
  const ArgMax arg_max{
      .axis = axis, .is_min = is_min, .is_last = node.Int("select_last_index", 0) != 0};
  return node.EmitStoredLike({.dtype = DType::kInt64}, arg_max, {node.input(0)},
                             Reduced(shape, {axis}, node.Int("keepdims", 1) != 0));
}

}  // namespace

// Over one axis since opset 13; before, over all from `axis` on, as if they were one.
Result<TensorId> TranslateSoftmax(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  const size_t rank = shape.size();
  WRANGLET_ASSIGN(const int32_t axis,
                  NormalizedAxis(node.Int("axis", node.opset() < 13 ? 1 : -1), rank));
  const auto rest = std::ranges::subrange(shape.begin() + axis + 1, shape.end());
  const bool alone = std::ranges::all_of(rest, [](int64_t size) { return size == 1; });
  if (node.opset() >= 13 || alone) return EmitAlong(node, node.input(0), axis, Softmax{});
  Shape flat = {1, 1};
  for (size_t i = 0; i < rank; ++i) flat[i < static_cast<size_t>(axis) ? 0 : 1] *= shape[i];
  WRANGLET_ASSIGN(const TensorId x, node.Emit(Reshape{}, {node.input(0)}, flat));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(Softmax{}, {x}));
  return node.Emit(Reshape{}, {y}, shape);
}

Result<TensorId> TranslateReduceMean(OnnxNode& node) {
  WRANGLET_ASSIGN(std::vector<int32_t> axes, ReadAxes(node));
  if (axes.empty()) return node.input(0);
  Shape reduced = Reduced(node.tensor(0).shape, axes, node.Int("keepdims", 1) != 0);
  return node.Emit(Mean{std::move(axes)}, {node.input(0)}, std::move(reduced));
}

Result<TensorId> TranslateReduceSum(OnnxNode& node) {
  WRANGLET_ASSIGN(const std::vector<int32_t> axes, ReadAxes(node));
  return axes.empty() ? Result<TensorId>(node.input(0)) : EmitSum(node, node.input(0), axes);
}

Result<TensorId> TranslateReduceSumSquare(OnnxNode& node) {
  WRANGLET_ASSIGN(const std::vector<int32_t> axes, ReadAxes(node));
  WRANGLET_ASSIGN(const TensorId square,
                  node.Emit(Unary{.kind = Unary::Kind::kSquare}, {node.input(0)}));
  return axes.empty() ? Result<TensorId>(square) : EmitSum(node, square, axes);
}

Result<TensorId> TranslateReduceL2(OnnxNode& node) {
  WRANGLET_ASSIGN(const TensorId sum, TranslateReduceSumSquare(node));
  return node.Emit(Unary{.kind = Unary::Kind::kSqrt}, {sum});
}

Result<TensorId> TranslateArgMax(OnnxNode& node) { return TranslateArg(node, false); }
Result<TensorId> TranslateArgMin(OnnxNode& node) { return TranslateArg(node, true); }

Result<TensorId> TranslateLpNormalization(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  if (node.Int("p", 2) != 2) return Error{.message = "is not of p = 2"};
  WRANGLET_ASSIGN(const int32_t axis,
                  NormalizedAxis(node.Int("axis", -1), node.tensor(0).shape.size()));
  return EmitAlong(node, node.input(0), axis, L2Normalization{});
}

}  // namespace wranglet
