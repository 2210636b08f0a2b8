// Functions of each element of one tensor, or of two.

#include <algorithm>
#include <cmath>

#include "tests/conformance/random_tflite.h"

namespace wranglet {
namespace {

using tflite::BuiltinOperator;

// A shape that broadcasts to `shape`.
TfliteShape Broadcastable(RandomTflite& net, TfliteShape shape) {
  for (int32_t& size : shape) {
    if (net.OneIn(2)) size = 1;
  }
  while (shape.size() > 1 && net.OneIn(4)) shape.erase(shape.begin());
  return shape;
}

// What they have as options: an activation and, when both are integers, general scales; or nothing.
enum class BinaryOptions { kActivation, kNone };

template <BuiltinOperator op, BinaryOptions options>
void AppendBinary(RandomTflite& net) {
  const Value x = net.Next(1, 5);
  const bool same_scales = options == BinaryOptions::kNone;  // they compare stored values
  const bool is_quotient = op == tflite::BuiltinOperator_DIV;
  const TfliteShape shape = net.OneIn(2) ? x.shape : Broadcastable(net, x.shape);
  Value described = net.Quantized(shape, x.spread * net.PickScale(0.2f, 5));
  // Above the zero point there has to be room for what is positive: only DIV of uint8 has one.
  if (is_quotient) described.zero_point = std::min(described.zero_point, 127);
  if (same_scales) {
    described = x;
    described.shape = shape;
  }
  const Value z = !is_quotient && net.OneIn(3) ? net.LikeConstant(described, shape)
                                               : net.Input(described, is_quotient);
  float spread = x.spread + z.spread;
  if (op == tflite::BuiltinOperator_MUL) spread = x.spread * z.spread;
  if (is_quotient) spread = x.spread / z.spread;
  const Value y = same_scales ? net.Like(x, x.shape) : net.Activation(x.shape, spread);
  std::vector<int32_t> inputs = {x.id, z.id};
  if (!is_quotient && net.OneIn(3)) std::swap(inputs[0], inputs[1]);
  if (same_scales) {
    net.file.Operator(op, inputs, {y.id});
  } else {
    const auto activation = net.PickActivation();
    net.file.Operator(op, inputs, {y.id},
                      tflite::CreateBinaryOptions(net.file.fbb, activation, false));
  }
  net.Continue(y);
}

// What the output's quantisation is.
enum class Range { kFree, kUnit, kSymmetricUnit, kSame };

template <Range range>
Value ResultOf(RandomTflite& net, const Value& x, float spread) {
  if (!net.IsQuantized()) return net.Activation(x.shape, spread);
  if (range == Range::kSame) return net.Like(x, x.shape);
  if (range == Range::kFree) return net.Activation(x.shape, spread);
  // These ranges are prescribed: [0, 1) and [-1, 1).
  Value y{.type = net.type(), .shape = x.shape, .spread = 1};
  const bool is_symmetric = range == Range::kSymmetricUnit;
  if (net.precision() == kInt16) {
    y.scale = 1.0f / 32768;
  } else {
    y.scale = is_symmetric ? 1.0f / 128 : 1.0f / 256;
    y.zero_point = (is_symmetric ? 0 : -128) + (net.precision() == kUint8 ? 128 : 0);
  }
  return net.Activation(y);
}

template <BuiltinOperator op, Range range, bool is_positive = false>
void AppendUnary(RandomTflite& net) {
  const Value x =
      is_positive ? net.Input(net.Quantized(net.PickShape(3), 2), true) : net.Next(1, 5);
  float spread = x.spread;
  if (op == tflite::BuiltinOperator_EXP) spread = std::exp(std::min(x.spread, 20.0f));
  if (op == tflite::BuiltinOperator_SQUARE) spread = x.spread * x.spread;
  const Value y = ResultOf<range>(net, x, spread);
  net.file.Operator(op, {x.id}, {y.id});
  net.Continue(y);
}

void AppendLeakyRelu(RandomTflite& net) {
  const Value x = net.Next(1, 5);
  const float alpha = net.PickScale(0.01f, 1.5f) * (net.OneIn(6) ? -1.0f : 1.0f);
  const Value y = net.Activation(x.shape, x.spread);
  net.file.Operator(tflite::BuiltinOperator_LEAKY_RELU, {x.id}, {y.id},
                    tflite::CreateLeakyReluOptions(net.file.fbb, alpha));
  net.Continue(y);
}

void AppendGelu(RandomTflite& net) {
  const Value x = net.Next(1, 5);
  const Value y = net.Activation(x.shape, x.spread);
  const bool is_approximate = net.OneIn(2);
  net.file.Operator(tflite::BuiltinOperator_GELU, {x.id}, {y.id},
                    tflite::CreateGeluOptions(net.file.fbb, is_approximate));
  net.Continue(y);
}

void AppendPRelu(RandomTflite& net) {
  const Value x = net.Next();
  TfliteShape shape = {1, 1, x.shape[3]};
  if (net.OneIn(5)) shape = {x.shape[1], x.shape[2], x.shape[3]};
  const Value alpha = net.Constant(shape, net.PickScale(0.1f, 1));
  const Value y = net.Activation(x.shape, x.spread);
  net.file.Operator(tflite::BuiltinOperator_PRELU, {x.id, alpha.id}, {y.id});
  net.Continue(y);
}

void AppendSoftmax(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  const Value y = ResultOf<Range::kUnit>(net, x, 1);
  const float beta = net.OneIn(3) ? net.PickScale(0.3f, 2) : 1;
  net.file.Operator(tflite::BuiltinOperator_SOFTMAX, {x.id}, {y.id},
                    tflite::CreateSoftmaxOptions(net.file.fbb, beta));
  net.Continue(y);
}

void AppendL2Normalization(RandomTflite& net) {
  const Value x = net.Next(2, 4);
  const Value y = ResultOf<Range::kSymmetricUnit>(net, x, 1);
  net.file.Operator(tflite::BuiltinOperator_L2_NORMALIZATION, {x.id}, {y.id},
                    tflite::CreateBinaryOptions(net.file.fbb, tflite::FusedActivation_NONE));
  net.Continue(y);
}

}  // namespace

std::vector<TfliteCase> ElementwiseCases() {
  constexpr auto kActivation = BinaryOptions::kActivation, kNone = BinaryOptions::kNone;
  return {
      {"ADD", kAllPrecisions, AppendBinary<tflite::BuiltinOperator_ADD, kActivation>},
      {"SUB", kAllPrecisions, AppendBinary<tflite::BuiltinOperator_SUB, kActivation>},
      {"MUL", kAllPrecisions, AppendBinary<tflite::BuiltinOperator_MUL, kActivation>},
      {"DIV", kFloat32 | kUint8, AppendBinary<tflite::BuiltinOperator_DIV, kActivation>},
      {"MAXIMUM", kAllPrecisions, AppendBinary<tflite::BuiltinOperator_MAXIMUM, kNone>},
      {"MINIMUM", kAllPrecisions, AppendBinary<tflite::BuiltinOperator_MINIMUM, kNone>},
      {"RELU", kAllPrecisions, AppendUnary<tflite::BuiltinOperator_RELU, Range::kFree>},
      {"RELU6", kAllPrecisions, AppendUnary<tflite::BuiltinOperator_RELU6, Range::kFree>},
      {"RELU_N1_TO_1", kAllButInt16,
       AppendUnary<tflite::BuiltinOperator_RELU_N1_TO_1, Range::kFree>},
      {"LOGISTIC", kAllPrecisions, AppendUnary<tflite::BuiltinOperator_LOGISTIC, Range::kUnit>},
      {"TANH", kAllPrecisions, AppendUnary<tflite::BuiltinOperator_TANH, Range::kSymmetricUnit>},
      {"HARD_SWISH", kAllButInt16, AppendUnary<tflite::BuiltinOperator_HARD_SWISH, Range::kFree>},
      {"ELU", kInt8OrFloat, AppendUnary<tflite::BuiltinOperator_ELU, Range::kFree>},
      {"ABS", kFloat32 | kInt8 | kInt16, AppendUnary<tflite::BuiltinOperator_ABS, Range::kSame>},
      {"NEG", kFloat32, AppendUnary<tflite::BuiltinOperator_NEG, Range::kSame>},
      {"SQUARE", kFloat32, AppendUnary<tflite::BuiltinOperator_SQUARE, Range::kFree>},
      {"EXP", kFloat32 | kInt8 | kInt16, AppendUnary<tflite::BuiltinOperator_EXP, Range::kFree>},
      {"LOG", kInt8OrFloat, AppendUnary<tflite::BuiltinOperator_LOG, Range::kFree, true>},
      {"SQRT", kFloat32, AppendUnary<tflite::BuiltinOperator_SQRT, Range::kFree, true>},
      {"RSQRT", kInt8OrFloat, AppendUnary<tflite::BuiltinOperator_RSQRT, Range::kFree, true>},
      {"LEAKY_RELU", kAllPrecisions, AppendLeakyRelu},
      {"GELU", kAllButInt16, AppendGelu},
      {"PRELU", kAllButInt16, AppendPRelu},
      {"SOFTMAX", kAllPrecisions, AppendSoftmax},
      {"L2_NORMALIZATION", kAllButInt16, AppendL2Normalization},
  };
}

}  // namespace wranglet
