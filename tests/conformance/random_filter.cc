// Filters and biases, as the files of each precision have them.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tests/conformance/random_tflite.h"

namespace wranglet {

// uint8 is the old scheme: one scale, any zero point. The others: a scale a channel, or one.
TfliteQuantization RandomTflite::FilterQuantization(int32_t channels, int32_t axis, float deviation,
                                                    bool may_have_one_scale) {
  TfliteQuantization quantization = {.axis = axis};
  const bool is_old = precision_ == kUint8;
  const int32_t scales = is_old || (may_have_one_scale && OneIn(5)) ? 1 : channels;
  for (int32_t i = 0; i < scales; ++i) {
    const float channel_deviation = OneIn(12) ? PickScale(0.001f, 1) : PickScale(0.5f, 2);
    quantization.scale.push_back(deviation * channel_deviation / 74);
    quantization.zero_point.push_back(is_old ? (OneIn(2) ? 128 : Pick(0, 255)) : 0);
  }
  return quantization;
}

Value RandomTflite::FloatFilter(const TfliteShape& shape, int32_t axis, float deviation) {
  if (weights == Weights::kFloat32) return Constant(shape, deviation);
  Value filter{.shape = shape, .spread = deviation};
  const auto count = static_cast<size_t>(ElementsOf(shape));
  if (weights == Weights::kInt8) {
    const TfliteQuantization quantization =
        FilterQuantization(shape[static_cast<size_t>(axis)], axis, deviation, true);
    std::vector<int8_t> stored(count);
    for (int8_t& element : stored) element = static_cast<int8_t>(Pick(-127, 127));
    filter.type = tflite::TensorType_INT8;
    filter.id = file.Constant(filter.type, shape, stored, quantization);
    return filter;
  }
  std::vector<uint16_t> stored(count);
  for (uint16_t& element :
       stored) {  // sign, exponent and mantissa: between 2^-8 and 2 in magnitude
    element = static_cast<uint16_t>(Pick(0, 1) << 15 | Pick(7, 15) << 10 | Pick(0, 1023));
  }
  const int32_t half = file.Constant(tflite::TensorType_FLOAT16, shape, stored);
  filter = Activation(filter);
  file.Operator(tflite::BuiltinOperator_DEQUANTIZE, {half}, {filter.id});
  return filter;
}

void RandomTflite::AddIntegerFilter(Filtered& made, const Value& x, int32_t axis, bool has_bias,
                                    bool may_have_one_scale) {
  const int32_t channels = made.filter.shape[static_cast<size_t>(axis)];
  const bool is_old = precision_ == kUint8;
  const TfliteQuantization quantization =
      FilterQuantization(channels, axis, made.filter.spread, may_have_one_scale);
  Value stored = made.filter;
  stored.type = is_old ? tflite::TensorType_UINT8 : tflite::TensorType_INT8;
  stored.zero_point = static_cast<int32_t>(quantization.zero_point[0]);
  std::vector<std::byte> elements = Elements(stored, ElementsOf(stored.shape), 0, false);
  if (!is_old && !OneIn(6)) {  // -128 is legal, and not what exporters write
    std::ranges::replace(elements, std::byte{0x80}, std::byte{0x81});
  }
  stored.id = file.Constant(stored.type, stored.shape, elements, quantization);
  made.filter = stored;
  if (!has_bias) return;
  TfliteQuantization of_bias;
  for (const float scale : quantization.scale) {
    of_bias.scale.push_back(scale * x.scale);
    of_bias.zero_point.push_back(0);
  }
  std::vector<int32_t> bias;
  for (int32_t i = 0; i < channels; ++i) {
    const float scale = of_bias.scale[of_bias.scale.size() == 1 ? 0 : static_cast<size_t>(i)];
    bias.push_back(static_cast<int32_t>(
        std::clamp(PickReal(-made.spread, made.spread) / scale / 2, -1e8f, 1e8f)));
  }
  if (precision_ == kInt16) {
    made.bias = file.Constant(tflite::TensorType_INT64, {channels},
                              std::vector<int64_t>(bias.begin(), bias.end()), of_bias);
  } else {
    made.bias = file.Constant(tflite::TensorType_INT32, {channels}, bias, of_bias);
  }
}

RandomTflite::Filtered RandomTflite::Filter(const Value& x, const TfliteShape& shape, int32_t axis,
                                            int64_t terms, bool may_lack_bias,
                                            bool may_have_one_scale) {
  const bool has_bias = !may_lack_bias || !OneIn(4);
  const float deviation = PickScale(0.05f, 2);
  Filtered made;
  made.spread = x.spread * deviation * std::sqrt(static_cast<float>(terms)) * 2;
  if (IsQuantized()) {
    made.filter = {.shape = shape, .spread = deviation};
    AddIntegerFilter(made, x, axis, has_bias, may_have_one_scale);
  } else {
    made.filter = FloatFilter(shape, axis, deviation);
    if (has_bias) made.bias = Constant({shape[static_cast<size_t>(axis)]}, made.spread / 4).id;
  }
  return made;
}

}  // namespace wranglet
