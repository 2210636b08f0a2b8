#include "plugin/compiler/plan/requantize.h"

#include <algorithm>
#include <cmath>

namespace wranglet {
namespace {

// The scales XNNPACK takes for a conversion, and the bits of fraction it gives them.
constexpr float kMinConvertScale = 0x1p-8f, kMaxConvertScale = 0x1p7f;
constexpr int32_t kConvertBits = 8;

// value * scale, as TensorFlow Lite's MultiplyByQuantizedMultiplier has it: a mantissa of 31 bits,
// and two roundings of halves away from zero, one to an integer and one where the exponent is
// negative.
int64_t MultiplyTwiceRounded(int32_t value, double scale) {
  int exponent;
  auto mantissa = static_cast<int64_t>(std::llround(std::frexp(scale, &exponent) * 0x1p31));
  if (mantissa == int64_t{1} << 31) {
    mantissa /= 2;
    ++exponent;
  }
  const double shifted = std::ldexp(static_cast<double>(value), std::max(exponent, 0));
  const double product = shifted * static_cast<double>(mantissa) * 0x1p-31;
  // Beyond that, any output saturates.
  const double bounded = std::clamp(product, -0x1p30, 0x1p30);
  return std::llround(std::ldexp(std::round(bounded), std::min(exponent, 0)));
}

}  // namespace

int32_t QuantizeInt8(float real, float scale, int32_t zero_point) {
  const float stored = real / scale + static_cast<float>(zero_point);
  return static_cast<int32_t>(std::lrintf(std::clamp(stored, -128.0f, 127.0f)));
}

int32_t RequantizeStored(int32_t stored, const Quantization& from, const Quantization& into,
                         bool same_type) {
  const int32_t value = stored - from.zero_point[0];
  const float scale = from.scale[0] / into.scale[0];
  if (same_type && scale >= kMinConvertScale && scale <= kMaxConvertScale) {
    const auto multiplier = static_cast<int32_t>(std::lrintf(std::ldexp(scale, kConvertBits)));
    const int32_t half = int32_t{1} << (kConvertBits - 1);
    return ((value * multiplier + half) >> kConvertBits) + into.zero_point[0];
  }
  const double exact = static_cast<double>(from.scale[0]) / static_cast<double>(into.scale[0]);
  return static_cast<int32_t>(MultiplyTwiceRounded(value, exact) + into.zero_point[0]);
}

Int8Output OutputOf(const Quantization& output, const Activation& activation) {
  auto stored = [&](float real) {
    return QuantizeInt8(real, output.scale[0], output.zero_point[0]);
  };
  return {output.zero_point[0], stored(activation.min), stored(activation.max)};
}

Int16Output Int16OutputOf(const Quantization& output, const Activation& activation) {
  auto stored = [&](float real) {
    return static_cast<int32_t>(
        std::clamp(std::round(real / output.scale[0]), -32768.0f, 32767.0f));
  };
  return {stored(activation.min), stored(activation.max)};
}

FloatOutput OutputOf(const Activation& activation) { return {activation.min, activation.max}; }

std::vector<float> RequantizationScales(float input, const std::vector<float>& filter, float output,
                                        int64_t channels) {
  std::vector<float> scales(static_cast<size_t>(channels));
  for (size_t c = 0; c < scales.size(); ++c) {
    scales[c] = input * filter[filter.size() == 1 ? 0 : c] / output;
  }
  return scales;
}

}  // namespace wranglet
