#include "plugin/compiler/plan/requantize.h"

#include <algorithm>
#include <cmath>

#include "kernels/fixed_point.h"

namespace wranglet {
namespace {

// The scales XNNPACK takes for a conversion, and the bits of fraction it gives them.
constexpr float kMinConvertScale = 0x1p-8f, kMaxConvertScale = 0x1p7f;
constexpr int32_t kConvertBits = 8;

// input * filter / output of a channel.
double ExactScale(const Quantization& input, const Quantization& filter, const Quantization& output,
                  size_t channel, bool float_product) {
  const float x = input.scale[0], w = filter.scale[filter.scale.size() == 1 ? 0 : channel];
  return (float_product ? double{x * w} : double{x} * double{w}) / double{output.scale[0]};
}

}  // namespace

int32_t QuantizeInt8(float real, float scale, int32_t zero_point) {
  const float stored = real / scale + static_cast<float>(zero_point);
  return static_cast<int32_t>(std::lrintf(std::clamp(stored, -128.0f, 127.0f)));
}

int32_t PlusZeroPoint(int32_t value, const Quantization& into) {
  return std::clamp(value, -(1 << 30), 1 << 30) + into.zero_point[0];
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
  return PlusZeroPoint(MultiplyReference(value, ToFixedPoint(exact)), into);
}

Int8Output OutputOf(const Quantization& output, const Activation& activation) {
  auto stored = [&](float real) {
    return QuantizeInt8(real, output.scale[0], output.zero_point[0]);
  };
  return {output.zero_point[0], stored(activation.min), stored(activation.max)};
}

Int8Output TfliteOutputOf(const Quantization& output, const Activation& activation) {
  auto stored = [&](float real) {
    const float rounded =
        std::round(real / output.scale[0]) + static_cast<float>(output.zero_point[0]);
    return static_cast<int32_t>(std::clamp(rounded, -128.0f, 127.0f));
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

std::vector<FixedPoint> FixedPointScales(const Quantization& input, const Quantization& filter,
                                         const Quantization& output, int64_t channels,
                                         bool float_product) {
  std::vector<FixedPoint> scales(static_cast<size_t>(channels));
  for (size_t c = 0; c < scales.size(); ++c) {
    scales[c] = ToFixedPoint(ExactScale(input, filter, output, c, float_product));
  }
  return scales;
}

std::vector<double> Int16RequantizationScales(const Quantization& input, const Quantization& filter,
                                              const Quantization& output, int64_t channels,
                                              Rounding16 rounding, bool float_product) {
  std::vector<double> scales(static_cast<size_t>(channels));
  for (size_t c = 0; c < scales.size(); ++c) {
    const double exact = ExactScale(input, filter, output, c, float_product);
    if (rounding == Rounding16::kHalfAway) {
      scales[c] = exact;
      continue;
    }
    const auto [mantissa, exponent] = ToFixedPoint(exact);
    if (rounding == Rounding16::kHalfUp) {
      // As MultiplyByQuantizedMultiplier(int64_t) reduces it.
      const int32_t reduced = mantissa < 0x7fff0000 ? (mantissa + (1 << 15)) >> 16 : 0x7fff;
      scales[c] = std::ldexp(static_cast<double>(reduced), exponent - 15);
    } else {
      scales[c] = std::ldexp(static_cast<double>(mantissa), exponent - 31);
    }
  }
  return scales;
}

}  // namespace wranglet
