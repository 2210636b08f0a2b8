#include "plugin/compiler/quantize/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wranglet {
namespace {

constexpr double kLeastInt8 = -128, kMostInt8 = 127, kMostWeight = 127;

// Below this a float32 loses digits.
constexpr double kLeastScale = std::numeric_limits<float>::min();

}  // namespace

Quantization ActivationQuantization(Range range, ScaleLimits limits) {
  const double min = std::min(range.min, 0.0f), max = std::max(range.max, 0.0f);
  const double wanted = min == max ? 1.0 : (max - min) / (kMostInt8 - kLeastInt8);
  const auto scale =
      std::clamp(static_cast<float>(std::max(wanted, kLeastScale)), limits.least, limits.most);
  if (min == max) return {{scale}, {0}};
  const double zero_point =
      std::clamp(std::nearbyint(kLeastInt8 - min / scale), kLeastInt8, kMostInt8);
  return {{scale}, {static_cast<int32_t>(zero_point)}};
}

ScaleLimits SumScaleLimits(float a, float b) {
  const float larger = std::max(a, b);
  return {larger * 0x1p-7f, larger * 0x1p9f};
}

float ChannelScale(float max_weight, float bias, float input_scale) {
  const double by_weights = max_weight / kMostWeight;
  const double by_bias =
      std::abs(static_cast<double>(bias)) / (static_cast<double>(input_scale) * kMaxBias);
  const auto scale = static_cast<float>(std::max(by_weights, by_bias));
  return scale < kLeastScale
             ? (max_weight == 0 && bias == 0 ? 1.0f : static_cast<float>(kLeastScale))
             : scale;
}

int8_t QuantizeWeight(float real, float scale) {
  return static_cast<int8_t>(
      std::clamp(std::nearbyint(static_cast<double>(real) / scale), -kMostWeight, kMostWeight));
}

int32_t QuantizeBias(float real, float input_scale, float weight_scale) {
  const double unit = static_cast<double>(input_scale) * weight_scale;
  return static_cast<int32_t>(
      std::clamp(std::nearbyint(real / unit), -double{kMaxBias}, double{kMaxBias}));
}

}  // namespace wranglet
