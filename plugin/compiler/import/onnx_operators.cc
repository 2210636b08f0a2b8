#include "plugin/compiler/import/onnx_operators.h"

#include <map>
#include <string_view>

namespace wranglet {
namespace {

const std::map<std::string_view, OnnxTranslation>& Translations() {
  static const auto* const kTranslations = new std::map<std::string_view, OnnxTranslation>{
      {"Add", TranslateAdd},
      {"BatchNormalization", TranslateBatchNormalization},
      {"Cast", TranslateCast},
      {"Clip", TranslateClip},
      {"Concat", TranslateConcat},
      {"Constant", TranslateConstant},
      {"Conv", TranslateConv},
      {"DequantizeLinear", TranslateDequantizeLinear},
      {"Dropout", TranslateDropout},
      {"Flatten", TranslateFlatten},
      {"Gather", TranslateGather},
      {"Gemm", TranslateGemm},
      {"GlobalAveragePool", TranslateGlobalAveragePool},
      {"Identity", TranslateIdentity},
      {"MatMul", TranslateMatMul},
      {"Max", TranslateMax},
      {"Min", TranslateMin},
      {"Mul", TranslateMul},
      {"QuantizeLinear", TranslateQuantizeLinear},
      {"ReduceMean", TranslateReduceMean},
      {"Relu", TranslateRelu},
      {"Reshape", TranslateReshape},
      {"Shape", TranslateShape},
      {"Softmax", TranslateSoftmax},
      {"Squeeze", TranslateSqueeze},
      {"Sub", TranslateSub},
      {"Transpose", TranslateTranspose},
      {"Unsqueeze", TranslateUnsqueeze},
  };
  return *kTranslations;
}

}  // namespace

OnnxTranslation FindOnnxTranslation(const std::string& op_type) {
  const auto found = Translations().find(op_type);
  return found == Translations().end() ? nullptr : found->second;
}

std::vector<std::string> OnnxOperators() {
  std::vector<std::string> names;
  for (const auto& [name, translation] : Translations()) names.emplace_back(name);
  return names;
}

}  // namespace wranglet
