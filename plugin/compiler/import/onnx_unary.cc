// Functions of each element by itself.

#include <limits>
#include <vector>

#include "plugin/compiler/import/onnx_fold.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A bound of Clip: an attribute until opset 10, an input since.
Result<float> ReadBound(const OnnxNode& node, const char* attribute, size_t input,
                        float otherwise) {
  if (node.opset() < 11) return node.Float(attribute, otherwise);
  if (!node.HasInput(input)) return otherwise;
  WRANGLET_ASSIGN(const std::vector<float> values, node.ConstantFloats(input));
  if (values.size() != 1) return Error{.message = "has a bound that is not one number"};
  return values[0];
}

}  // namespace

Result<TensorId> TranslateUnaryAs(OnnxNode& node, const Unary& op) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Tensor* const x[] = {&node.tensor(0)};
  if (!AreFoldable(x)) return node.Emit(op, {node.input(0)});
  WRANGLET_ASSIGN(Tensor folded, FoldedUnary(op, *x[0]));
  return node.AddConstant(std::move(folded));
}

Result<TensorId> TranslateElu(OnnxNode& node) {
  return TranslateUnaryAs(node, {.kind = Unary::Kind::kElu, .alpha = node.Float("alpha", 1.0f)});
}

Result<TensorId> TranslateLeakyRelu(OnnxNode& node) {
  return TranslateUnaryAs(node,
                          {.kind = Unary::Kind::kLeakyRelu, .alpha = node.Float("alpha", 0.01f)});
}

Result<TensorId> TranslateHardSigmoid(OnnxNode& node) {
  return TranslateUnaryAs(node, {.kind = Unary::Kind::kHardSigmoid,
                                 .alpha = node.Float("alpha", 0.2f),
                                 .beta = node.Float("beta", 0.5f)});
}

Result<TensorId> TranslateGelu(OnnxNode& node) {
  const bool by_tanh = node.String("approximate", "none") == "tanh";
  return TranslateUnaryAs(node, {.kind = by_tanh ? Unary::Kind::kGeluTanh : Unary::Kind::kGelu});
}

// gamma * Elu.
Result<TensorId> TranslateSelu(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Unary elu{.kind = Unary::Kind::kElu, .alpha = node.Float("alpha", 1.67326319f)};
  WRANGLET_ASSIGN(const TensorId x, node.Emit(elu, {node.input(0)}));
  return node.EmitScaled(x, node.Float("gamma", 1.05070102f));
}

Result<TensorId> TranslateReciprocal(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  WRANGLET_ASSIGN(const TensorId one, node.AddConstant(FloatTensor({{1.0f}}, {})));
  return node.EmitBinary(Binary::Kind::kDiv, one, node.input(0));
}

// Of the exponents that networks use.
Result<TensorId> TranslatePow(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  float exponent = 0;
  if (const auto integers = node.ConstantIntegers(1); integers.ok() && integers->size() == 1) {
    exponent = static_cast<float>(integers->at(0));
  } else if (const auto floats = node.ConstantFloats(1); floats.ok() && floats->size() == 1) {
    exponent = floats->at(0);
  }
  if (exponent == 1) return node.input(0);
  if (exponent == 2) return TranslateUnaryAs(node, {.kind = Unary::Kind::kSquare});
  if (exponent == 0.5f) return TranslateUnaryAs(node, {.kind = Unary::Kind::kSqrt});
  if (exponent == -0.5f) return TranslateUnaryAs(node, {.kind = Unary::Kind::kRsqrt});
  if (exponent == -1) return TranslateReciprocal(node);
  if (exponent == 3) {
    WRANGLET_ASSIGN(const TensorId square, TranslateUnaryAs(node, {.kind = Unary::Kind::kSquare}));
    return node.EmitBinary(Binary::Kind::kMul, square, node.input(0));
  }
  return Error{.message = "has an exponent that is not one of -1, -0.5, 0.5, 1, 2 and 3"};
}

Result<TensorId> TranslatePRelu(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  if (!node.IsConstant(1)) return Error{.message = "has slopes that are not constant"};
  return node.Emit(PRelu{}, {node.input(0), node.input(1)});
}

Result<TensorId> TranslateRelu(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  return node.Emit(Clamp{{0, kInfinity}}, {node.input(0)});
}

Result<TensorId> TranslateClip(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  WRANGLET_ASSIGN(const float min, ReadBound(node, "min", 1, -kInfinity));
  WRANGLET_ASSIGN(const float max, ReadBound(node, "max", 2, kInfinity));
  if (!(min <= max)) return Error{.message = "has a minimum above its maximum"};
  return node.Emit(Clamp{{min, max}}, {node.input(0)});
}

Result<TensorId> TranslateIdentity(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  return node.input(0);
}

// In inference the same as Identity.
Result<TensorId> TranslateDropout(OnnxNode& node) {
  if (!node.HasInput(2)) return TranslateIdentity(node);
  if (!node.IsConstant(2) || node.tensor(2).constant->at(0) != std::byte{0}) {
    return Error{.message = "is in training mode", .hint = "export the model for inference"};
  }
  return TranslateIdentity(node);
}

}  // namespace wranglet
