// Translating ONNX's operators to ours, by family. A new operator needs a function here, and a line
// in onnx_operators.cc.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_OPERATORS_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_OPERATORS_H_

#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/import/onnx_node.h"

namespace wranglet {

// A translation adds nodes to the Graph and returns the tensor that is the ONNX node's first
// output; further ones it sets on the node.
using OnnxTranslation = Result<TensorId> (*)(OnnxNode&);

// The translation of `op_type`, or null.
OnnxTranslation FindOnnxTranslation(const std::string& op_type);

// The operators that have one, in alphabetical order.
std::vector<std::string> OnnxOperators();

// onnx_convolution.cc
Result<TensorId> TranslateConv(OnnxNode& node);
Result<TensorId> TranslateConvTranspose(OnnxNode& node);

// onnx_pool.cc
Result<TensorId> TranslateAveragePool(OnnxNode& node);
Result<TensorId> TranslateMaxPool(OnnxNode& node);
Result<TensorId> TranslateGlobalAveragePool(OnnxNode& node);
Result<TensorId> TranslateGlobalMaxPool(OnnxNode& node);

// onnx_resize.cc
Result<TensorId> TranslateResize(OnnxNode& node);
Result<TensorId> TranslateUpsample(OnnxNode& node);

// onnx_normalization.cc
Result<TensorId> TranslateBatchNormalization(OnnxNode& node);
Result<TensorId> TranslateLayerNormalization(OnnxNode& node);
Result<TensorId> TranslateInstanceNormalization(OnnxNode& node);

// onnx_elementwise.cc
Result<TensorId> TranslateBinaryAs(OnnxNode& node, Binary::Kind kind);
template <Binary::Kind kind>
Result<TensorId> TranslateBinary(OnnxNode& node) {
  return TranslateBinaryAs(node, kind);
}
Result<TensorId> TranslateDiv(OnnxNode& node);
Result<TensorId> TranslateMean(OnnxNode& node);

// onnx_unary.cc
Result<TensorId> TranslateUnaryAs(OnnxNode& node, const Unary& op);
template <Unary::Kind kind>
Result<TensorId> TranslateUnary(OnnxNode& node) {
  return TranslateUnaryAs(node, {.kind = kind});
}
Result<TensorId> TranslateElu(OnnxNode& node);
Result<TensorId> TranslateLeakyRelu(OnnxNode& node);
Result<TensorId> TranslateHardSigmoid(OnnxNode& node);
Result<TensorId> TranslateGelu(OnnxNode& node);
Result<TensorId> TranslateSelu(OnnxNode& node);
Result<TensorId> TranslateReciprocal(OnnxNode& node);
Result<TensorId> TranslatePow(OnnxNode& node);
Result<TensorId> TranslatePRelu(OnnxNode& node);
Result<TensorId> TranslateRelu(OnnxNode& node);
Result<TensorId> TranslateClip(OnnxNode& node);
Result<TensorId> TranslateIdentity(OnnxNode& node);
Result<TensorId> TranslateDropout(OnnxNode& node);

// onnx_linear.cc
Result<TensorId> TranslateGemm(OnnxNode& node);
Result<TensorId> TranslateMatMul(OnnxNode& node);

// onnx_reduce.cc
Result<TensorId> TranslateSoftmax(OnnxNode& node);
Result<TensorId> TranslateReduceMean(OnnxNode& node);
Result<TensorId> TranslateReduceSum(OnnxNode& node);
Result<TensorId> TranslateReduceSumSquare(OnnxNode& node);
Result<TensorId> TranslateReduceL2(OnnxNode& node);
Result<TensorId> TranslateArgMax(OnnxNode& node);
Result<TensorId> TranslateArgMin(OnnxNode& node);
Result<TensorId> TranslateLpNormalization(OnnxNode& node);

// onnx_layout.cc
Result<TensorId> TranslateReshape(OnnxNode& node);
Result<TensorId> TranslateFlatten(OnnxNode& node);
Result<TensorId> TranslateSqueeze(OnnxNode& node);
Result<TensorId> TranslateUnsqueeze(OnnxNode& node);
Result<TensorId> TranslateTranspose(OnnxNode& node);

// onnx_slice.cc
Result<TensorId> TranslateSlice(OnnxNode& node);
Result<TensorId> TranslateSplit(OnnxNode& node);
Result<TensorId> TranslateConcat(OnnxNode& node);
Result<TensorId> TranslateGather(OnnxNode& node);
Result<TensorId> TranslatePad(OnnxNode& node);

// onnx_space.cc
Result<TensorId> TranslateDepthToSpace(OnnxNode& node);
Result<TensorId> TranslateSpaceToDepth(OnnxNode& node);

// onnx_quantization.cc
Result<TensorId> TranslateQuantizeLinear(OnnxNode& node);
Result<TensorId> TranslateDequantizeLinear(OnnxNode& node);

// onnx_constant.cc
Result<TensorId> TranslateConstant(OnnxNode& node);
Result<TensorId> TranslateConstantOfShape(OnnxNode& node);
Result<TensorId> TranslateShape(OnnxNode& node);
Result<TensorId> TranslateSize(OnnxNode& node);
Result<TensorId> TranslateCast(OnnxNode& node);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_OPERATORS_H_
