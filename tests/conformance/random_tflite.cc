#include "tests/conformance/random_tflite.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace wranglet {
namespace {

using tflite::TensorType;

// The least and the largest stored value of an integer type, as far as tests use it.
std::pair<int32_t, int32_t> LimitsOf(TensorType type) {
  switch (type) {
    case tflite::TensorType_INT8:
      return {-128, 127};
    case tflite::TensorType_UINT8:
      return {0, 255};
    case tflite::TensorType_INT16:
      return {-32768, 32767};
    case tflite::TensorType_BOOL:
      return {0, 1};
    default:
      return {-1000, 1000};
  }
}

template <typename T>
void Append(std::vector<std::byte>& bytes, T value) {
  const size_t size = bytes.size();
  bytes.resize(size + sizeof(T));
  std::memcpy(&bytes[size], &value, sizeof(T));
}

void AppendInteger(std::vector<std::byte>& bytes, TensorType type, int32_t value) {
  switch (type) {
    case tflite::TensorType_INT16:
      return Append(bytes, static_cast<int16_t>(value));
    case tflite::TensorType_INT32:
      return Append(bytes, value);
    case tflite::TensorType_INT64:
      return Append(bytes, int64_t{value});
    default:
      return Append(bytes, static_cast<uint8_t>(value));
  }
}

}  // namespace

const char* NameOf(Precision precision) {
  switch (precision) {
    case kFloat32:
      return "float32";
    case kInt8:
      return "int8";
    case kInt16:
      return "int16";
    case kUint8:
      return "uint8";
  }
  return "";
}

int64_t ElementsOf(const TfliteShape& shape) {
  int64_t count = 1;
  for (const int32_t size : shape) count *= size;
  return count;
}

RandomTflite::RandomTflite(uint32_t seed, Precision precision)
    : Chance(seed), precision_(precision) {}

TensorType RandomTflite::type() const {
  switch (precision_) {
    case kInt8:
      return tflite::TensorType_INT8;
    case kInt16:
      return tflite::TensorType_INT16;
    case kUint8:
      return tflite::TensorType_UINT8;
    default:
      return tflite::TensorType_FLOAT32;
  }
}

TfliteShape RandomTflite::PickShape(size_t rank) {
  TfliteShape shape;
  for (size_t i = 0; i < rank; ++i) shape.push_back(Pick(1, rank > 3 ? 7 : 11));
  if (rank > 1 && !OneIn(3)) shape[0] = 1;
  if (rank > 0) shape.back() = PickChannels();
  return shape;
}

Value RandomTflite::Next(size_t least, size_t most) {
  if (!end_)
    return Input(PickShape(
        static_cast<size_t>(Pick(static_cast<int32_t>(least), static_cast<int32_t>(most)))));
  if (end_->shape.size() >= least && end_->shape.size() <= most) return *end_;
  TfliteShape shape = end_->shape;
  while (shape.size() < least) shape.insert(shape.begin(), 1);
  while (shape.size() > most) {
    shape[1] *= shape[0];
    shape.erase(shape.begin());
  }
  const Value y = Like(*end_, shape);
  file.Operator(tflite::BuiltinOperator_RESHAPE, {end_->id, file.Indices(shape)}, {y.id});
  return y;
}

Value RandomTflite::Quantized(TfliteShape shape, float spread) {
  Value value{.type = type(), .shape = std::move(shape), .spread = spread};
  if (!IsQuantized()) return value;
  const auto [low, high] = LimitsOf(value.type);
  const float steps = static_cast<float>(high - low) / 2;
  value.scale = spread * (OneIn(8) ? PickScale(0.05f, 30) : PickScale(0.8f, 4)) / steps;
  if (precision_ == kInt16) return value;
  value.zero_point = OneIn(4) ? (OneIn(2) ? low : high) : Pick(low, high);
  return value;
}

Value RandomTflite::Input(Value described, bool is_positive) {
  Value value = Activation(std::move(described));
  inputs_.push_back({value, is_positive});
  return value;
}

Value RandomTflite::Input(TfliteShape shape) {
  return Input(Quantized(std::move(shape), OneIn(4) ? PickScale(0.01f, 100) : PickScale(0.5f, 6)));
}

Value RandomTflite::Activation(Value described) {
  described.id = file.Activation(described.type, described.shape, described.quantization());
  return described;
}

Value RandomTflite::Like(const Value& x, TfliteShape shape) {
  Value y = x;
  y.shape = std::move(shape);
  return Activation(y);
}

Value RandomTflite::LikeInput(const Value& x, TfliteShape shape, bool is_positive) {
  Value y = x;
  y.shape = std::move(shape);
  return Input(y, is_positive);
}

Value RandomTflite::LikeConstant(const Value& x, TfliteShape shape) {
  Value y = x;
  y.shape = std::move(shape);
  y.id =
      file.Constant(y.type, y.shape, Elements(y, ElementsOf(y.shape), 0, false), y.quantization());
  return y;
}

Value RandomTflite::Constant(TfliteShape shape, float spread) {
  const Value value = Quantized(std::move(shape), spread);
  return LikeConstant(value, value.shape);
}

tflite::FusedActivation RandomTflite::PickActivation() {
  // Where the others round activations to int8, a clamp may leave nothing but the error.
  if (weights == Weights::kInt8 || OneIn(2)) return tflite::FusedActivation_NONE;
  return static_cast<tflite::FusedActivation>(Pick(1, 3));
}

// Kinds: 0 even over the whole type, 1 about the zero point, 2 the ends and the zero point.
std::vector<std::byte> RandomTflite::Elements(const Value& value, int64_t count, int kind,
                                              bool is_positive) {
  std::vector<std::byte> bytes;
  for (int64_t i = 0; i < count; ++i) {
    if (value.type == tflite::TensorType_FLOAT32) {
      const float reach = 2 * value.spread / (kind == 1 ? 16.0f : 1.0f);
      float real = PickReal(-reach, reach);
      if (kind == 2) real = reach * static_cast<float>(Pick(-2, 2)) / 2;
      if (is_positive) real = std::max(std::fabs(real), value.spread / 16);
      Append(bytes, real);
      continue;
    }
    const auto [low, high] = LimitsOf(value.type);
    int32_t stored = Pick(low, high);
    if (kind == 1) {
      const int32_t reach = (high - low) / 16 + 1;
      stored = std::clamp(value.zero_point + Pick(-reach, reach), low, high);
    } else if (kind == 2) {
      const int32_t ends[] = {low, high, value.zero_point, low + 1};
      stored = ends[Pick(0, 3)];
    }
    if (is_positive) stored = std::min(std::max(stored, value.zero_point + 1), high);
    AppendInteger(bytes, value.type, stored);
  }
  return bytes;
}

RandomTflite::File RandomTflite::Finish(size_t count) {
  File made;
  if (end_) outputs_.insert(outputs_.begin(), *end_);
  std::vector<int32_t> input_ids, output_ids;
  for (const NetworkInput& input : inputs_) {
    input_ids.push_back(input.value.id);
    made.inputs.push_back(input.value);
    std::vector<std::byte> samples;
    for (size_t i = 0; i < count; ++i) {
      const auto sample = Elements(input.value, ElementsOf(input.value.shape),
                                   static_cast<int>(i % 3), input.is_positive);
      samples.insert(samples.end(), sample.begin(), sample.end());
    }
    made.samples.push_back(std::move(samples));
  }
  for (const Value& output : outputs_) output_ids.push_back(output.id);
  made.outputs = outputs_;
  made.network = file.Finish(input_ids, output_ids);
  return made;
}

}  // namespace wranglet
