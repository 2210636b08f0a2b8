#include "plugin/compiler/import/tflite_seeds.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "plugin/compiler/import/tflite_builder.h"
#include "plugin/compiler/import/tflite_seed_file.h"

namespace wranglet {
namespace {

using tflite::BuiltinOperator;
using Numbers = std::vector<int32_t>;
using Operand = TfliteOperand;
using Precision = TfliteStorage;
using Seed = TfliteSeedFile;

// In the order of TflitePrecision.
constexpr Precision kPrecisions[] = {
    {"float32", tflite::TensorType_FLOAT32, tflite::TensorType_FLOAT32, tflite::TensorType_FLOAT32},
    {"int8", tflite::TensorType_INT8, tflite::TensorType_INT8, tflite::TensorType_INT32, 3},
    {"uint8", tflite::TensorType_UINT8, tflite::TensorType_UINT8, tflite::TensorType_INT32, 131},
    {"int16", tflite::TensorType_INT16, tflite::TensorType_INT8, tflite::TensorType_INT64},
};

std::vector<std::byte> OneOperator(const Precision& precision, const TfliteRow& row) {
  Seed seed(precision);
  std::vector<int32_t> inputs, outputs;
  for (const Operand& operand : row.inputs) inputs.push_back(seed.Add(operand));
  for (const Numbers& shape : row.outputs) {
    outputs.push_back(seed.Activation(shape, seed.OutputOf(row.op)));
  }
  seed.Append(row, inputs, outputs);
  return seed.Finish(outputs);
}

// Whether the operator takes one tensor or two, each of `shape`, among its activations.
bool ReadsOnly(const TfliteRow& row, const Numbers& shape) {
  return std::ranges::all_of(row.inputs, [&](const Operand& operand) {
    return operand.kind != Operand::Kind::kActivation || operand.numbers == shape;
  });
}

// All operators that can read one image: those that keep its shape in a chain, at whose end the
// others read.
std::vector<std::byte> Chain(const Precision& precision) {
  const Numbers image = {1, 4, 6, 4};
  Seed seed(precision);
  int32_t last = seed.Input(image);
  std::vector<int32_t> ends;
  for (const bool in_chain : {true, false}) {
    for (const TfliteRow& row : TfliteRows()) {
      const bool keeps = row.outputs == std::vector<Numbers>{image};
      if (!ReadsOnly(row, image) || keeps != in_chain) continue;
      std::vector<int32_t> inputs, outputs;
      for (const Operand& operand : row.inputs) {
        const bool is_activation = operand.kind == Operand::Kind::kActivation;
        inputs.push_back(is_activation ? last : seed.Add(operand));
      }
      for (const Numbers& shape : row.outputs) {
        outputs.push_back(seed.Activation(shape, seed.OutputOf(row.op)));
      }
      seed.Append(row, inputs, outputs);
      if (in_chain) last = outputs[0];
      if (!in_chain) ends.insert(ends.end(), outputs.begin(), outputs.end());
    }
  }
  return seed.Finish(ends);
}

std::vector<std::byte> ArgMax(const Precision& precision, BuiltinOperator op) {
  Seed seed(precision);
  const int32_t x = seed.Input({1, 10}), axis = seed.file().Indices({-1});
  const int32_t y = seed.file().Activation(tflite::TensorType_INT32, {1});
  seed.file().Operator(op, {x, axis}, {y},
                       tflite::CreateArgMaxOptions(seed.file().fbb, tflite::TensorType_INT32));
  return seed.Finish({y});
}

// float32 to the precision, on to int8, and back.
std::vector<std::byte> Conversions(const Precision& precision) {
  Seed seed(precision);
  TfliteBuilder& file = seed.file();
  const int32_t x = file.Activation(tflite::TensorType_FLOAT32, {1, 10});
  const int32_t stored = seed.Activation({1, 10});
  const int32_t again = file.Activation(tflite::TensorType_INT8, {1, 10}, {{0.1f}, {-2}});
  const int32_t y = file.Activation(tflite::TensorType_FLOAT32, {1, 10});
  file.Operator(tflite::BuiltinOperator_QUANTIZE, {x}, {stored});
  file.Operator(tflite::BuiltinOperator_QUANTIZE, {stored}, {again});
  file.Operator(tflite::BuiltinOperator_DEQUANTIZE, {again}, {y});
  return file.Finish({x}, {y});
}

// FULLY_CONNECTED of floats, the filter stored as `type`, behind DEQUANTIZE or, as "dynamic range"
// quantisation leaves it, not.
std::vector<std::byte> StoredFilter(tflite::TensorType type, bool dequantize) {
  Seed seed(kPrecisions[0]);
  TfliteBuilder& file = seed.file();
  const int32_t x = seed.Input({1, 4});
  int32_t filter =
      type == tflite::TensorType_FLOAT16
          ? file.Constant<uint16_t>(type, {2, 4}, {0, 0x3c00, 0xbc00, 0x3555, 1, 2, 3, 4})
          : file.Constant<int8_t>(type, {2, 4}, {1, 2, 3, 4, -5, 6, 7, 8}, {{0.1f, 0.5f}, {0, 0}});
  const int32_t y = seed.Activation({1, 2});
  if (dequantize) {
    const int32_t real = seed.Activation({2, 4});
    file.Operator(tflite::BuiltinOperator_DEQUANTIZE, {filter}, {real});
    filter = real;
  }
  file.Operator(tflite::BuiltinOperator_FULLY_CONNECTED, {x, filter, -1}, {y});
  return seed.Finish({y});
}

// A RESHAPE whose shape the file computes, as converters write it where the batch is open.
std::vector<std::byte> ComputedShape() {
  Seed seed(kPrecisions[0]);
  TfliteBuilder& file = seed.file();
  const auto integers = [&](const Numbers& shape) {
    return file.Activation(tflite::TensorType_INT32, shape);
  };
  const int32_t x = seed.Input({1, 4, 3}), shape = integers({3}), batch = integers({});
  const int32_t twelve = file.Constant<int32_t>(tflite::TensorType_INT32, {}, {12});
  const int32_t packed = integers({2}), wide = integers({2}), sum = integers({2});
  const int32_t y = seed.Activation({1, 12});
  file.Operator(tflite::BuiltinOperator_SHAPE, {x}, {shape});
  file.Operator(
      tflite::BuiltinOperator_STRIDED_SLICE,
      {shape, file.Indices({0}), file.Indices({1}), file.Indices({1})}, {batch},
      tflite::CreateStridedSliceOptions(file.fbb, 0, 0, 0, 0, /*shrink_axis_mask=*/1, false));
  file.Operator(tflite::BuiltinOperator_PACK, {batch, twelve}, {packed},
                tflite::CreatePackOptions(file.fbb, 2, 0));
  file.Operator(tflite::BuiltinOperator_MUL, {packed, file.Indices({1, 1})}, {wide});
  file.Operator(tflite::BuiltinOperator_CAST, {wide}, {sum});
  file.Operator(tflite::BuiltinOperator_RESHAPE, {x, sum}, {y});
  return seed.Finish({y});
}

}  // namespace

std::vector<std::byte> TfliteFileOf(const TfliteRow& row, TflitePrecision precision) {
  return OneOperator(kPrecisions[static_cast<size_t>(precision)], row);
}

std::vector<TfliteSeed> TfliteSeeds() {
  std::vector<TfliteSeed> seeds;
  for (const Precision& precision : kPrecisions) {
    const auto add = [&](const std::string& name, std::vector<std::byte> file) {
      seeds.push_back({name + " " + precision.name, std::move(file)});
    };
    for (const TfliteRow& row : TfliteRows()) {
      add(tflite::EnumNameBuiltinOperator(row.op), OneOperator(precision, row));
    }
    add("ARG_MAX", ArgMax(precision, tflite::BuiltinOperator_ARG_MAX));
    add("ARG_MIN", ArgMax(precision, tflite::BuiltinOperator_ARG_MIN));
    add("chain", Chain(precision));
    if (&precision != &kPrecisions[0]) add("QUANTIZE", Conversions(precision));
  }
  seeds.push_back({"float16 filter", StoredFilter(tflite::TensorType_FLOAT16, true)});
  seeds.push_back({"int8 filter", StoredFilter(tflite::TensorType_INT8, true)});
  seeds.push_back({"dynamic range filter", StoredFilter(tflite::TensorType_INT8, false)});
  seeds.push_back({"computed shape", ComputedShape()});
  return seeds;
}

}  // namespace wranglet
