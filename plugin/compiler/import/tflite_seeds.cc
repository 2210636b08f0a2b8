#include "plugin/compiler/import/tflite_seeds.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>

#include "plugin/compiler/import/tflite_builder.h"

namespace wranglet {
namespace {

using tflite::BuiltinOperator;
using Numbers = std::vector<int32_t>;
using Operand = TfliteOperand;

// How a network of a precision stores activations, filters and biases.
struct Precision {
  const char* name;
  tflite::TensorType activation, filter, bias;
  int64_t zero_point;  // of activations
};
// In the order of TflitePrecision.
constexpr Precision kPrecisions[] = {
    {"float32", tflite::TensorType_FLOAT32, tflite::TensorType_FLOAT32, tflite::TensorType_FLOAT32},
    {"int8", tflite::TensorType_INT8, tflite::TensorType_INT8, tflite::TensorType_INT32, 3},
    {"uint8", tflite::TensorType_UINT8, tflite::TensorType_UINT8, tflite::TensorType_INT32, 131},
    {"int16", tflite::TensorType_INT16, tflite::TensorType_INT8, tflite::TensorType_INT64},
};

// A file in the making, of one precision.
class Seed {
 public:
  explicit Seed(const Precision& precision) : precision_(precision) {
    file_.fbb.ForceDefaults(true);  // so that fuzzing finds every field
  }

  TfliteBuilder& file() { return file_; }

  // Without scale and zero point of its own, one serves all activations.
  int32_t Activation(const Numbers& shape, const TfliteQuantization& fixed = {}) {
    return file_.Activation(precision_.activation, shape, fixed.scale.empty() ? Scaled() : fixed);
  }
  int32_t Input(const Numbers& shape) { return inputs_.emplace_back(Activation(shape)); }

  int32_t Add(const Operand& operand) {
    switch (operand.kind) {
      case Operand::Kind::kActivation:
        return Input(operand.numbers);
      case Operand::Kind::kFilter:
        return Constant(precision_.filter, operand.numbers, FilterScales(operand.numbers, 0));
      case Operand::Kind::kDepthwiseFilter:
        return Constant(precision_.filter, operand.numbers, FilterScales(operand.numbers, 3));
      case Operand::Kind::kBias:
        return Constant(precision_.bias, operand.numbers, {});
      case Operand::Kind::kValue:
        return Constant(precision_.activation, operand.numbers, Scaled());
      case Operand::Kind::kIndices:
        return file_.Indices(operand.numbers);
    }
    return -1;
  }

  void Append(const TfliteRow& row, const std::vector<int32_t>& inputs,
              const std::vector<int32_t>& outputs) {
    file_.Operator(row.op, inputs, outputs, row.options != nullptr ? row.options(file_.fbb) : 0);
  }

  std::vector<std::byte> Finish(const std::vector<int32_t>& outputs) {
    return file_.Finish(inputs_, outputs);
  }

  // The quantisation that LiteRT asks of some operators' outputs.
  TfliteQuantization OutputOf(BuiltinOperator op) const {
    const bool is_probability =
        op == tflite::BuiltinOperator_SOFTMAX || op == tflite::BuiltinOperator_LOGISTIC;
    const bool is_signed_unit =
        op == tflite::BuiltinOperator_TANH || op == tflite::BuiltinOperator_L2_NORMALIZATION;
    if ((!is_probability && !is_signed_unit) || Scaled().scale.empty()) return {};
    if (precision_.activation == tflite::TensorType_INT16) return {{1.0f / 32768}, {0}};
    const int64_t least = precision_.activation == tflite::TensorType_UINT8 ? 0 : -128;
    return is_probability ? TfliteQuantization{{1.0f / 256}, {least}}
                          : TfliteQuantization{{1.0f / 128}, {least + 128}};
  }

 private:
  TfliteQuantization Scaled() const {
    if (precision_.activation == tflite::TensorType_FLOAT32) return {};
    return {.scale = {0.05f}, .zero_point = {precision_.zero_point}};
  }

  TfliteQuantization FilterScales(const Numbers& shape, int32_t axis) const {
    if (precision_.filter == tflite::TensorType_FLOAT32) return {};
    if (precision_.filter == tflite::TensorType_UINT8) return {{0.02f}, {120}};
    const auto channels = static_cast<size_t>(shape[static_cast<size_t>(axis)]);
    return {std::vector(channels, 0.02f), std::vector<int64_t>(channels), axis};
  }

  int32_t Constant(tflite::TensorType type, const Numbers& shape,
                   const TfliteQuantization& quantization) {
    const auto count = static_cast<size_t>(
        std::accumulate(shape.begin(), shape.end(), 1, std::multiplies<int32_t>()));
    switch (type) {
      case tflite::TensorType_FLOAT32:
        return file_.Constant(type, shape, Ramp<float>(count), quantization);
      case tflite::TensorType_INT16:
        return file_.Constant(type, shape, Ramp<int16_t>(count), quantization);
      case tflite::TensorType_INT32:
        return file_.Constant(type, shape, Ramp<int32_t>(count), quantization);
      case tflite::TensorType_INT64:
        return file_.Constant(type, shape, Ramp<int64_t>(count), quantization);
      default:
        return file_.Constant(type, shape, Ramp<uint8_t>(count), quantization);
    }
  }

  template <typename T>
  static std::vector<T> Ramp(size_t count) {
    std::vector<T> values(count);
    for (size_t i = 0; i < count; ++i) values[i] = static_cast<T>(i * 7 % 13);
    return values;
  }

  const Precision& precision_;
  TfliteBuilder file_;
  std::vector<int32_t> inputs_;
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
