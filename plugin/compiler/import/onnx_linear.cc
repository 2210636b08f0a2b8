#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

// The constant float `tensor`, times `factor`.
Tensor Scaled(Tensor tensor, float factor) {
  if (factor == 1.0f) return tensor;
  tensor.quantization.reset();
  for (float& value : tensor.MutableConstantAs<float>()) value *= factor;
  return tensor;
}

// A Gemm's C as the bias of `channels`: C may be a scalar, a row, or a matrix of one row.
Result<Tensor> ReadBias(const OnnxNode& node, float beta, int64_t channels) {
  WRANGLET_ASSIGN(std::vector<float> values, node.ConstantFloats(2));
  const bool is_row = !node.tensor(2).shape.empty() && node.tensor(2).shape.back() == channels;
  if (values.size() == 1) {
    values.assign(static_cast<size_t>(channels), values[0]);
  } else if (!is_row || values.size() != static_cast<size_t>(channels)) {
    return Error{.message = "adds " + ToString(node.tensor(2).shape) + " to " +
                            std::to_string(channels) + " channels"};
  }
  return Scaled(FloatTensor(values, {channels}), beta);
}

}  // namespace

Result<TensorId> TranslateGemm(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  if (node.Int("transA", 0) != 0) return Error{.message = "transposes its first input (transA)"};
  if (!node.IsConstant(1) || node.tensor(1).shape.size() != 2 ||
      node.tensor(1).dtype != DType::kFloat32) {
    return Error{.message = "has a second input that is not a constant matrix"};
  }
  // A fully connected filter is [out][in]; without transB, ONNX's is [in][out].
  Tensor filter = Scaled(node.tensor(1), node.Float("alpha", 1.0f));
  if (node.Int("transB", 0) == 0) filter = TransposedConstant(filter, {1, 0});
  const int64_t channels = filter.shape[0];
  TensorId bias = kNoTensor;
  if (node.HasInput(2)) {
    WRANGLET_ASSIGN(Tensor values, ReadBias(node, node.Float("beta", 1.0f), channels));
    WRANGLET_ASSIGN(bias, node.AddConstant(std::move(values)));
  }
  WRANGLET_ASSIGN(const TensorId weights, node.AddConstant(std::move(filter)));
  return node.Emit(FullyConnected{}, {node.input(0), weights, bias});
}

Result<TensorId> TranslateMatMul(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  if (!node.IsConstant(1) || node.tensor(1).shape.size() != 2) {
    return Error{.message = "multiplies by " + ToString(node.tensor(1).shape) +
                            ", which is not a constant matrix"};
  }
  WRANGLET_ASSIGN(const TensorId filter,
                  node.AddConstant(TransposedConstant(node.tensor(1), {1, 0})));
  return node.Emit(FullyConnected{}, {node.input(0), filter, kNoTensor});
}

// Over one axis since opset 13; before, over all from `axis` on, as if they were one.
Result<TensorId> TranslateSoftmax(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  const size_t rank = shape.size();
  WRANGLET_ASSIGN(const int32_t axis,
                  NormalizedAxis(node.Int("axis", node.opset() < 13 ? 1 : -1), rank));
  if (axis == static_cast<int32_t>(rank) - 1) return node.Emit(Softmax{}, {node.input(0)});
  if (node.opset() < 13) {
    Shape flat = {1, 1};
    for (size_t i = 0; i < rank; ++i) flat[i < static_cast<size_t>(axis) ? 0 : 1] *= shape[i];
    WRANGLET_ASSIGN(const TensorId x, node.Emit(Reshape{}, {node.input(0)}, flat));
    WRANGLET_ASSIGN(const TensorId y, node.Emit(Softmax{}, {x}));
    return node.Emit(Reshape{}, {y}, shape);
  }
  Permutation swap;
  for (size_t i = 0; i < rank; ++i) swap.push_back(static_cast<int32_t>(i));
  std::swap(swap[static_cast<size_t>(axis)], swap[rank - 1]);
  WRANGLET_ASSIGN(const TensorId x, node.Emit(Transpose{swap}, {node.input(0)}));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(Softmax{}, {x}));
  return node.Emit(Transpose{swap}, {y});
}

// Axes are an attribute until opset 17, an input since; none means all.
Result<TensorId> TranslateReduceMean(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  std::vector<int64_t> given = node.Ints("axes").value_or(std::vector<int64_t>());
  if (node.HasInput(1)) {
    WRANGLET_ASSIGN(given, node.ConstantIntegers(1));
  }
  if (given.empty() && node.Int("noop_with_empty_axes", 0) != 0) return node.input(0);
  if (given.empty()) {
    given.resize(shape.size());
    std::iota(given.begin(), given.end(), 0);
  }
  Mean mean;
  WRANGLET_ASSIGN(mean.axes, NormalizedAxes(given, shape.size()));
  Shape reduced;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool gone = std::count(mean.axes.begin(), mean.axes.end(), static_cast<int32_t>(i)) > 0;
    if (!gone) reduced.push_back(shape[i]);
    if (gone && node.Int("keepdims", 1) != 0) reduced.push_back(1);
  }
  return node.Emit(std::move(mean), {node.input(0)}, std::move(reduced));
}

}  // namespace wranglet
