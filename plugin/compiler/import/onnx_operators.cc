#include "plugin/compiler/import/onnx_operators.h"

#include <map>
#include <string_view>

namespace wranglet {

OnnxTranslation FindOnnxTranslation(const std::string& op_type) {
  static const auto* const kTranslations = new std::map<std::string_view, OnnxTranslation>{
      {"Add", TranslateAdd},
      {"BatchNormalization", TranslateBatchNormalization},
      {"Cast", TranslateCast},
      {"Clip", TranslateClip},
      {"Concat", TranslateConcat},
      {"Constant", TranslateConstant},
      {"Conv", TranslateConv},
      {"Dropout", TranslateIdentity},
      {"Flatten", TranslateFlatten},
      {"Gather", TranslateGather},
      {"Gemm", TranslateGemm},
      {"GlobalAveragePool", TranslateGlobalAveragePool},
      {"Identity", TranslateIdentity},
      {"MatMul", TranslateMatMul},
      {"Max", TranslateMax},
      {"Min", TranslateMin},
      {"Mul", TranslateMul},
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
  const auto found = kTranslations->find(op_type);
  return found == kTranslations->end() ? nullptr : found->second;
}

}  // namespace wranglet
