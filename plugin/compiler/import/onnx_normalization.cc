// Normalisation by mean and variance: known ones (BatchNormalization), or the input's own.

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

// (x - mean) / sqrt(variance + epsilon) over `axes`. Sets the further outputs that have names: the
// mean, and what was multiplied with.
Result<TensorId> EmitNormalized(OnnxNode& node, const std::vector<int32_t>& axes, float epsilon) {
  const TensorId x = node.input(0);
  WRANGLET_ASSIGN(const TensorId mean, node.Emit(Mean{axes}, {x}));
  WRANGLET_ASSIGN(const TensorId centred, node.EmitBinary(Binary::Kind::kSub, x, mean));
  WRANGLET_ASSIGN(const TensorId square, node.Emit(Unary{.kind = Unary::Kind::kSquare}, {centred}));
  WRANGLET_ASSIGN(const TensorId variance, node.Emit(Mean{axes}, {square}));
  WRANGLET_ASSIGN(const TensorId more, node.AddConstant(FloatTensor({{epsilon}}, {})));
  WRANGLET_ASSIGN(const TensorId sum, node.EmitBinary(Binary::Kind::kAdd, variance, more));
  WRANGLET_ASSIGN(const TensorId factor, node.Emit(Unary{.kind = Unary::Kind::kRsqrt}, {sum}));
  node.SetOutput(1, mean);
  node.SetOutput(2, factor);
  return node.EmitBinary(Binary::Kind::kMul, centred, factor);
}

}  // namespace

Result<TensorId> TranslateBatchNormalization(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(5));
  if (node.Int("training_mode", 0) != 0) {
    return Error{.message = "is in training mode", .hint = "export the model for inference"};
  }
  const BatchNormalization op{.epsilon = node.Float("epsilon", 1e-5f)};
  std::vector<TensorId> inputs = {node.input(0), node.input(1), node.input(2), node.input(3),
                                  node.input(4)};
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (!node.IsConstant(i)) return Error{.message = "has parameters that are not constant"};
  }
  const size_t rank = node.tensor(0).shape.size();
  if (rank == 2) return node.Emit(op, std::move(inputs));
  WRANGLET_ASSIGN(inputs[0], node.ToChannelsLast(node.input(0)));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(op, std::move(inputs)));
  return node.ToChannelsFirst(y, rank);
}

// Over all dimensions from `axis` on.
Result<TensorId> TranslateLayerNormalization(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  const size_t rank = node.tensor(0).shape.size();
  WRANGLET_ASSIGN(const int32_t first, NormalizedAxis(node.Int("axis", -1), rank));
  std::vector<int32_t> axes(rank - static_cast<size_t>(first));
  std::iota(axes.begin(), axes.end(), first);
  WRANGLET_ASSIGN(TensorId y, EmitNormalized(node, axes, node.Float("epsilon", 1e-5f)));
  WRANGLET_ASSIGN(y, node.EmitBinary(Binary::Kind::kMul, y, node.input(1)));
  if (!node.HasInput(2)) return y;
  return node.EmitBinary(Binary::Kind::kAdd, y, node.input(2));
}

// Over each channel's pixels.
Result<TensorId> TranslateInstanceNormalization(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(3));
  const Shape shape = node.tensor(0).shape;
  if (shape.size() < 3) return Error{.message = "takes an image, not " + ToString(shape)};
  std::vector<int32_t> axes(shape.size() - 2);
  std::iota(axes.begin(), axes.end(), 2);
  WRANGLET_ASSIGN(TensorId y, EmitNormalized(node, axes, node.Float("epsilon", 1e-5f)));
  // Scale and bias of a channel, for each of its pixels.
  Shape by_channel(shape.size() - 1, 1);
  by_channel[0] = shape[1];
  for (const auto& [i, kind] : {std::pair{1, Binary::Kind::kMul}, {2, Binary::Kind::kAdd}}) {
    WRANGLET_ASSIGN(const std::vector<float> values, node.ConstantFloats(static_cast<size_t>(i)));
    if (static_cast<int64_t>(values.size()) != shape[1]) {
      return Error{.message = "has " + std::to_string(values.size()) + " parameters for " +
                              std::to_string(shape[1]) + " channels"};
    }
    WRANGLET_ASSIGN(const TensorId constant, node.AddConstant(FloatTensor(values, by_channel)));
    WRANGLET_ASSIGN(y, node.EmitBinary(kind, y, constant));
  }
  return y;
}

}  // namespace wranglet
