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
// output.
using OnnxTranslation = Result<TensorId> (*)(OnnxNode&);

// The translation of `op_type`, or null.
OnnxTranslation FindOnnxTranslation(const std::string& op_type);

// The operators that have one, in alphabetical order.
std::vector<std::string> OnnxOperators();

// onnx_convolution.cc
Result<TensorId> TranslateConv(OnnxNode& node);
Result<TensorId> TranslateBatchNormalization(OnnxNode& node);
Result<TensorId> TranslateGlobalAveragePool(OnnxNode& node);

// onnx_elementwise.cc
Result<TensorId> TranslateAdd(OnnxNode& node);
Result<TensorId> TranslateSub(OnnxNode& node);
Result<TensorId> TranslateMul(OnnxNode& node);
Result<TensorId> TranslateMax(OnnxNode& node);
Result<TensorId> TranslateMin(OnnxNode& node);
Result<TensorId> TranslateRelu(OnnxNode& node);
Result<TensorId> TranslateClip(OnnxNode& node);
Result<TensorId> TranslateIdentity(OnnxNode& node);
Result<TensorId> TranslateDropout(OnnxNode& node);

// onnx_linear.cc
Result<TensorId> TranslateGemm(OnnxNode& node);
Result<TensorId> TranslateMatMul(OnnxNode& node);
Result<TensorId> TranslateSoftmax(OnnxNode& node);
Result<TensorId> TranslateReduceMean(OnnxNode& node);

// onnx_quantization.cc
Result<TensorId> TranslateQuantizeLinear(OnnxNode& node);
Result<TensorId> TranslateDequantizeLinear(OnnxNode& node);

// onnx_layout.cc
Result<TensorId> TranslateReshape(OnnxNode& node);
Result<TensorId> TranslateFlatten(OnnxNode& node);
Result<TensorId> TranslateSqueeze(OnnxNode& node);
Result<TensorId> TranslateUnsqueeze(OnnxNode& node);
Result<TensorId> TranslateTranspose(OnnxNode& node);

// onnx_constant.cc: what exporters compute shapes with is known at import.
Result<TensorId> TranslateConstant(OnnxNode& node);
Result<TensorId> TranslateShape(OnnxNode& node);
Result<TensorId> TranslateGather(OnnxNode& node);
Result<TensorId> TranslateConcat(OnnxNode& node);
Result<TensorId> TranslateCast(OnnxNode& node);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_OPERATORS_H_
