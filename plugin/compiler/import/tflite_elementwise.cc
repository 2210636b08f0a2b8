// Operators that take each element by itself, and changes of type.

#include <algorithm>
#include <string>
#include <vector>

#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {
namespace {

template <Binary::Kind kind>
Status TranslateBinary(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  Binary binary{.kind = kind};
  if constexpr (kind != Binary::Kind::kMaximum && kind != Binary::Kind::kMinimum) {
    WRANGLET_ASSIGN(const auto* options, node.Options<tflite::BinaryOptions>());
    WRANGLET_ASSIGN(binary.activation, ReadTfliteActivation(options->fused_activation_function()));
  }
  return node.Emit(binary, node.inputs());
}

// Quotients are computed in float32 only: those of quantised tensors between a Dequantize and a
// Quantize.
Status TranslateDiv(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  if (!node.out().quantization) return TranslateBinary<Binary::Kind::kDiv>(node);
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::BinaryOptions>());
  Binary divide{.kind = Binary::Kind::kDiv};
  WRANGLET_ASSIGN(divide.activation, ReadTfliteActivation(options->fused_activation_function()));
  std::vector<TensorId> floats;
  for (const TensorId id : node.inputs()) {
    WRANGLET_ASSIGN(floats.emplace_back(),
                    node.EmitFloats(node.tensor(id).shape, Dequantize{}, {id}));
  }
  WRANGLET_ASSIGN(const TensorId quotient, node.EmitFloats(node.out().shape, divide, floats));
  return node.Emit(Quantize{}, {quotient});
}

Status EmitClamp(TfliteNode& node, Activation range) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  return node.Emit(Clamp{range}, node.inputs());
}

template <tflite::FusedActivation activation>
Status TranslateClamp(TfliteNode& node) {
  WRANGLET_ASSIGN(const Activation range, ReadTfliteActivation(activation));
  return EmitClamp(node, range);
}

Status TranslateRelu0To1(TfliteNode& node) { return EmitClamp(node, {0, 1}); }

template <Unary::Kind kind>
Status TranslateUnary(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  return node.Emit(Unary{.kind = kind}, node.inputs());
}

Status TranslateLeakyRelu(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::LeakyReluOptions>());
  return node.Emit(Unary{.kind = Unary::Kind::kLeakyRelu, .alpha = options->alpha()},
                   node.inputs());
}

Status TranslateGelu(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::GeluOptions>());
  const auto kind = options->approximate() ? Unary::Kind::kGeluTanh : Unary::Kind::kGelu;
  return node.Emit(Unary{.kind = kind}, node.inputs());
}

Status TranslatePRelu(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  if (!node.in(1).constant) {
    return Error{.message = "its slopes '" + node.in(1).name + "' are not constant"};
  }
  WRANGLET_ASSIGN(const TensorId slopes, node.FloatFilter(1));
  return node.Emit(PRelu{}, {node.input(0), slopes});
}

template <typename T>
Status TranslateStorage(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  return node.Emit(T{}, node.inputs());
}

// TensorFlow Lite casts what is stored, whatever it stands for.
Status TranslateCast(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  for (const Tensor* tensor : {&node.in(0), &node.out()}) {
    if (tensor->quantization && *tensor->quantization != Quantization{{1.0f}, {0}}) {
      return Error{.message = "casts the quantised tensor '" + tensor->name + "'",
                   .hint = "quantise or dequantise it instead"};
    }
  }
  return node.Emit(Cast{}, node.inputs());
}

}  // namespace

std::span<const TfliteTranslationOf> TfliteElementwise() {
  using Kind = Unary::Kind;
  static constexpr TfliteTranslationOf kTranslations[] = {
      {tflite::BuiltinOperator_ABS, TranslateUnary<Kind::kAbs>},
      {tflite::BuiltinOperator_ADD, TranslateBinary<Binary::Kind::kAdd>},
      {tflite::BuiltinOperator_CAST, TranslateCast},
      {tflite::BuiltinOperator_DEQUANTIZE, TranslateStorage<Dequantize>},
      {tflite::BuiltinOperator_DIV, TranslateDiv},
      {tflite::BuiltinOperator_ELU, TranslateUnary<Kind::kElu>},
      {tflite::BuiltinOperator_EXP, TranslateUnary<Kind::kExp>},
      {tflite::BuiltinOperator_GELU, TranslateGelu},
      {tflite::BuiltinOperator_HARD_SWISH, TranslateUnary<Kind::kHardSwish>},
      {tflite::BuiltinOperator_LEAKY_RELU, TranslateLeakyRelu},
      {tflite::BuiltinOperator_LOG, TranslateUnary<Kind::kLog>},
      {tflite::BuiltinOperator_LOGISTIC, TranslateUnary<Kind::kLogistic>},
      {tflite::BuiltinOperator_MAXIMUM, TranslateBinary<Binary::Kind::kMaximum>},
      {tflite::BuiltinOperator_MINIMUM, TranslateBinary<Binary::Kind::kMinimum>},
      {tflite::BuiltinOperator_MUL, TranslateBinary<Binary::Kind::kMul>},
      {tflite::BuiltinOperator_NEG, TranslateUnary<Kind::kNegate>},
      {tflite::BuiltinOperator_PRELU, TranslatePRelu},
      {tflite::BuiltinOperator_QUANTIZE, TranslateStorage<Quantize>},
      {tflite::BuiltinOperator_RELU, TranslateClamp<tflite::FusedActivation_RELU>},
      {tflite::BuiltinOperator_RELU6, TranslateClamp<tflite::FusedActivation_RELU6>},
      {tflite::BuiltinOperator_RELU_0_TO_1, TranslateRelu0To1},
      {tflite::BuiltinOperator_RELU_N1_TO_1, TranslateClamp<tflite::FusedActivation_RELU_N1_TO_1>},
      {tflite::BuiltinOperator_RSQRT, TranslateUnary<Kind::kRsqrt>},
      {tflite::BuiltinOperator_SQRT, TranslateUnary<Kind::kSqrt>},
      {tflite::BuiltinOperator_SQUARE, TranslateUnary<Kind::kSquare>},
      {tflite::BuiltinOperator_SUB, TranslateBinary<Binary::Kind::kSub>},
      {tflite::BuiltinOperator_TANH, TranslateUnary<Kind::kTanh>},
  };
  return kTranslations;
}

}  // namespace wranglet
