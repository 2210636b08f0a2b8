#include <cstddef>
#include <limits>
#include <vector>

#include "plugin/compiler/import/onnx_operators.h"

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Max and Min take any number of inputs; the others two.
Result<TensorId> TranslateBinary(OnnxNode& node, Binary::Kind kind) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(node.input_count() == 1 ? 1 : 2));
  TensorId result = node.input(0);
  for (size_t i = 1; i < node.input_count(); ++i) {
    WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(i + 1));
    WRANGLET_ASSIGN(result, node.Emit(Binary{.kind = kind}, {result, node.input(i)}));
  }
  return result;
}

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

Result<TensorId> TranslateAdd(OnnxNode& node) { return TranslateBinary(node, Binary::Kind::kAdd); }
Result<TensorId> TranslateSub(OnnxNode& node) { return TranslateBinary(node, Binary::Kind::kSub); }
Result<TensorId> TranslateMul(OnnxNode& node) { return TranslateBinary(node, Binary::Kind::kMul); }
Result<TensorId> TranslateMax(OnnxNode& node) {
  return TranslateBinary(node, Binary::Kind::kMaximum);
}
Result<TensorId> TranslateMin(OnnxNode& node) {
  return TranslateBinary(node, Binary::Kind::kMinimum);
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
