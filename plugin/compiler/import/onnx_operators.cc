#include "plugin/compiler/import/onnx_operators.h"

#include <map>
#include <string_view>

namespace wranglet {
namespace {

const std::map<std::string_view, OnnxTranslation>& Translations() {
  static const auto* const kTranslations = new std::map<std::string_view, OnnxTranslation>{
      {"Abs", TranslateUnary<Unary::Kind::kAbs>},
      {"Add", TranslateBinary<Binary::Kind::kAdd>},
      {"ArgMax", TranslateArgMax},
      {"ArgMin", TranslateArgMin},
      {"AveragePool", TranslateAveragePool},
      {"BatchNormalization", TranslateBatchNormalization},
      {"Cast", TranslateCast},
      {"Clip", TranslateClip},
      {"Concat", TranslateConcat},
      {"Constant", TranslateConstant},
      {"ConstantOfShape", TranslateConstantOfShape},
      {"Conv", TranslateConv},
      {"ConvTranspose", TranslateConvTranspose},
      {"DepthToSpace", TranslateDepthToSpace},
      {"DequantizeLinear", TranslateDequantizeLinear},
      {"Div", TranslateDiv},
      {"Dropout", TranslateDropout},
      {"Elu", TranslateElu},
      {"Exp", TranslateUnary<Unary::Kind::kExp>},
      {"Flatten", TranslateFlatten},
      {"Gather", TranslateGather},
      {"Gelu", TranslateGelu},
      {"Gemm", TranslateGemm},
      {"GlobalAveragePool", TranslateGlobalAveragePool},
      {"GlobalMaxPool", TranslateGlobalMaxPool},
      {"HardSigmoid", TranslateHardSigmoid},
      {"HardSwish", TranslateUnary<Unary::Kind::kHardSwish>},
      {"Identity", TranslateIdentity},
      {"InstanceNormalization", TranslateInstanceNormalization},
      {"LayerNormalization", TranslateLayerNormalization},
      {"LeakyRelu", TranslateLeakyRelu},
      {"Log", TranslateUnary<Unary::Kind::kLog>},
      {"LpNormalization", TranslateLpNormalization},
      {"MatMul", TranslateMatMul},
      {"Max", TranslateBinary<Binary::Kind::kMaximum>},
      {"MaxPool", TranslateMaxPool},
      {"Mean", TranslateMean},
      {"Min", TranslateBinary<Binary::Kind::kMinimum>},
      {"Mul", TranslateBinary<Binary::Kind::kMul>},
      {"Neg", TranslateUnary<Unary::Kind::kNegate>},
      {"PRelu", TranslatePRelu},
      {"Pad", TranslatePad},
      {"Pow", TranslatePow},
      {"QuantizeLinear", TranslateQuantizeLinear},
      {"Reciprocal", TranslateReciprocal},
      {"ReduceL2", TranslateReduceL2},
      {"ReduceMean", TranslateReduceMean},
      {"ReduceSum", TranslateReduceSum},
      {"ReduceSumSquare", TranslateReduceSumSquare},
      {"Relu", TranslateRelu},
      {"Reshape", TranslateReshape},
      {"Resize", TranslateResize},
      {"Selu", TranslateSelu},
      {"Shape", TranslateShape},
      {"Sigmoid", TranslateUnary<Unary::Kind::kLogistic>},
      {"Size", TranslateSize},
      {"Slice", TranslateSlice},
      {"Softmax", TranslateSoftmax},
      {"SpaceToDepth", TranslateSpaceToDepth},
      {"Split", TranslateSplit},
      {"Sqrt", TranslateUnary<Unary::Kind::kSqrt>},
      {"Squeeze", TranslateSqueeze},
      {"Sub", TranslateBinary<Binary::Kind::kSub>},
      {"Sum", TranslateBinary<Binary::Kind::kAdd>},
      {"Tanh", TranslateUnary<Unary::Kind::kTanh>},
      {"Transpose", TranslateTranspose},
      {"Unsqueeze", TranslateUnsqueeze},
      {"Upsample", TranslateUpsample},
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
