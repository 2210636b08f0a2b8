// Functions of the elements of several tensors, with numpy's broadcasting.

#include <cstddef>
#include <vector>

#include "plugin/compiler/import/onnx_operators.h"

namespace wranglet {

// Sum, Max and Min take any number of inputs; the others two.
Result<TensorId> TranslateBinaryAs(OnnxNode& node, Binary::Kind kind) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(node.input_count() == 1 ? 1 : 2));
  TensorId result = node.input(0);
  for (size_t i = 1; i < node.input_count(); ++i) {
    WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(i + 1));
    WRANGLET_ASSIGN(result, node.EmitBinary(kind, result, node.input(i)));
  }
  return result;
}

// By a constant, as a product with its reciprocal: of that there are int8 kernels too.
Result<TensorId> TranslateDiv(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  const bool constant = node.IsConstant(1) && node.tensor(1).dtype == DType::kFloat32;
  if (!constant || node.IsConstant(0)) return TranslateBinaryAs(node, Binary::Kind::kDiv);
  Tensor reciprocal = node.tensor(1);
  reciprocal.quantization.reset();
  for (float& value : reciprocal.MutableConstantAs<float>()) value = 1 / value;
  WRANGLET_ASSIGN(const TensorId factor, node.AddConstant(std::move(reciprocal)));
  return node.EmitBinary(Binary::Kind::kMul, node.input(0), factor);
}

Result<TensorId> TranslateMean(OnnxNode& node) {
  WRANGLET_ASSIGN(const TensorId sum, TranslateBinaryAs(node, Binary::Kind::kAdd));
  if (node.input_count() == 1) return sum;
  return node.EmitScaled(sum, 1.0f / static_cast<float>(node.input_count()));
}

}  // namespace wranglet
