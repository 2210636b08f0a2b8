// From one type to another.

#include "tests/conformance/random_axis.h"
#include "tests/conformance/random_tflite.h"

namespace wranglet {
namespace {

// Float, or another integer type or quantisation, to this network's.
void AppendQuantize(RandomTflite& net) {
  const TfliteShape shape = net.PickShape(static_cast<size_t>(net.Pick(1, 4)));
  const float spread = net.PickScale(0.1f, 10);
  Value x{.shape = shape, .spread = spread};
  if (net.OneIn(2)) x = net.Quantized(shape, spread);  // a requantisation
  const Value from = net.Input(x), y = net.Activation(shape, spread);
  net.file.Operator(tflite::BuiltinOperator_QUANTIZE, {from.id}, {y.id});
  net.Continue(y);
}

void AppendDequantize(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  const Value y = net.Activation(Value{.shape = x.shape, .spread = x.spread});
  net.file.Operator(tflite::BuiltinOperator_DEQUANTIZE, {x.id}, {y.id});
  net.Continue(y);
}

void AppendCast(RandomTflite& net) {
  static constexpr tflite::TensorType kTypes[] = {
      tflite::TensorType_FLOAT32, tflite::TensorType_INT32, tflite::TensorType_INT64,
      tflite::TensorType_INT8,    tflite::TensorType_UINT8, tflite::TensorType_INT16,
      tflite::TensorType_BOOL};
  const tflite::TensorType from = kTypes[net.Pick(0, 5)], to = kTypes[net.Pick(0, 6)];
  const TfliteShape shape = net.PickShape(static_cast<size_t>(net.Pick(1, 4)));
  // A float beyond the type it becomes is undefined in C++, so these stay within all.
  const Value x = net.Input(Value{.type = from, .shape = shape, .spread = 50}, true);
  const Value y = net.Activation(Value{.type = to, .shape = shape});
  net.file.Operator(tflite::BuiltinOperator_CAST, {x.id}, {y.id},
                    tflite::CreateCastOptions(net.file.fbb, from, to));
  net.Continue(y);
}

template <tflite::BuiltinOperator op>
void AppendArgMax(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  const int32_t axis = net.Pick(0, RankOf(x) - 1);
  TfliteShape shape = x.shape;
  shape.erase(shape.begin() + axis);
  const auto type = net.OneIn(3) ? tflite::TensorType_INT64 : tflite::TensorType_INT32;
  const Value y = net.Activation(Value{.type = type, .shape = shape});
  const int32_t where =
      net.file.Constant(tflite::TensorType_INT32, {}, std::vector{Written(net, axis, RankOf(x))});
  net.file.Operator(op, {x.id, where}, {y.id}, tflite::CreateArgMaxOptions(net.file.fbb, type));
  net.Continue(y);
}

}  // namespace

std::vector<TfliteCase> TypeCases() {
  return {
      {"QUANTIZE", kInt8 | kInt16 | kUint8, AppendQuantize, Place::kLast},
      {"DEQUANTIZE", kInt8 | kInt16 | kUint8, AppendDequantize, Place::kLast},
      {"CAST", kFloat32, AppendCast, Place::kLast},
      {"ARG_MAX", kAllButInt16, AppendArgMax<tflite::BuiltinOperator_ARG_MAX>, Place::kLast},
      {"ARG_MIN", kAllButInt16, AppendArgMax<tflite::BuiltinOperator_ARG_MIN>, Place::kLast},
  };
}

}  // namespace wranglet
