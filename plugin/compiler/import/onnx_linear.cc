// Products of matrices: with a constant they are fully connected layers.

#include <algorithm>
#include <string>
#include <utility>
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

// A Gemm's C as the bias of `channels`: nothing unless it is one constant for all rows.
std::optional<Tensor> ReadBias(const OnnxNode& node, float beta, int64_t channels) {
  const Result<std::vector<float>> given = node.ConstantFloats(2);
  if (!given.ok()) return std::nullopt;
  std::vector<float> values = *given;
  const bool is_row = !node.tensor(2).shape.empty() && node.tensor(2).shape.back() == channels;
  if (values.size() == 1) {
    values.assign(static_cast<size_t>(channels), values[0]);
  } else if (!is_row || values.size() != static_cast<size_t>(channels)) {
    return std::nullopt;
  }
  return Scaled(FloatTensor(values, {channels}), beta);
}

bool IsConstantMatrix(const OnnxNode& node, size_t i) {
  return node.IsConstant(i) && node.tensor(i).shape.size() == 2 &&
         node.tensor(i).dtype == DType::kFloat32;
}

// A vector as a matrix of one row or column; any other tensor as it is.
Result<TensorId> AsMatrix(OnnxNode& node, size_t i, bool row) {
  const Shape shape = node.tensor(i).shape;
  if (shape.size() != 1) return node.input(i);
  Shape matrix = row ? Shape{1, shape[0]} : Shape{shape[0], 1};
  if (!node.IsConstant(i)) return node.Emit(Reshape{}, {node.input(i)}, std::move(matrix));
  Tensor constant = node.tensor(i);
  constant.shape = std::move(matrix);
  constant.quantization.reset();
  return node.AddConstant(std::move(constant));
}

}  // namespace

Result<TensorId> TranslateGemm(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  if (node.tensor(0).shape.size() != 2 || node.tensor(1).shape.size() != 2) {
    return Error{.message = "multiplies " + ToString(node.tensor(0).shape) + " by " +
                            ToString(node.tensor(1).shape)};
  }
  const bool trans_a = node.Int("transA", 0) != 0, trans_b = node.Int("transB", 0) != 0;
  const float alpha = node.Float("alpha", 1.0f), beta = node.Float("beta", 1.0f);
  TensorId y = kNoTensor, x = node.input(0);
  bool has_bias = false;
  if (IsConstantMatrix(node, 1)) {
    if (trans_a) {
      WRANGLET_ASSIGN(x, node.Emit(Transpose{{1, 0}}, {x}));
    }
    // A fully connected filter is [out][in]; without transB, ONNX's is [in][out].
    Tensor filter = Scaled(node.tensor(1), alpha);
    if (!trans_b) filter = TransposedConstant(filter, {1, 0});
    TensorId bias = kNoTensor;
    if (auto values = ReadBias(node, beta, filter.shape[0])) {
      WRANGLET_ASSIGN(bias, node.AddConstant(*std::move(values)));
      has_bias = true;
    }
    WRANGLET_ASSIGN(const TensorId weights, node.AddConstant(std::move(filter)));
    WRANGLET_ASSIGN(y, node.Emit(FullyConnected{}, {x, weights, bias}));
  } else {
    WRANGLET_ASSIGN(y,
                    node.Emit(BatchMatMul{.adj_a = trans_a, .adj_b = trans_b}, {x, node.input(1)}));
    WRANGLET_ASSIGN(y, node.EmitScaled(y, alpha));
  }
  if (!node.HasInput(2) || has_bias) return y;
  const Shape product = node.graph().tensor(y).shape, added = node.tensor(2).shape;
  const Result<Shape> sum = InferShape(Binary{}, {{product, added}});
  if (!sum.ok() || *sum != product) {
    return Error{.message = "adds " + ToString(added) + " to " + ToString(product)};
  }
  WRANGLET_ASSIGN(const TensorId c, node.EmitScaled(node.input(2), beta));
  return node.EmitBinary(Binary::Kind::kAdd, y, c);
}

// Vectors are matrices of one row (a) or one column (b), which the product then is not.
Result<TensorId> TranslateMatMul(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  const size_t rank_a = node.tensor(0).shape.size(), rank_b = node.tensor(1).shape.size();
  if (rank_a == 0 || rank_b == 0) return Error{.message = "multiplies a scalar"};
  WRANGLET_ASSIGN(const TensorId a, AsMatrix(node, 0, /*row=*/true));
  WRANGLET_ASSIGN(const TensorId b, AsMatrix(node, 1, /*row=*/false));
  TensorId y = kNoTensor;
  const Tensor& factor = node.graph().tensor(b);
  if (factor.constant && factor.shape.size() == 2 && factor.dtype == DType::kFloat32) {
    WRANGLET_ASSIGN(const TensorId filter, node.AddConstant(TransposedConstant(factor, {1, 0})));
    WRANGLET_ASSIGN(y, node.Emit(FullyConnected{}, {a, filter, kNoTensor}));
  } else {
    WRANGLET_ASSIGN(y, node.Emit(BatchMatMul{}, {a, b}));
  }
  if (rank_a > 1 && rank_b > 1) return y;
  Shape shape = node.graph().tensor(y).shape;
  if (rank_b == 1) shape.pop_back();
  if (rank_a == 1) shape.erase(shape.end() - (rank_b == 1 ? 1 : 2));
  return node.Emit(Reshape{}, {y}, std::move(shape));
}

}  // namespace wranglet
