#include "plugin/compiler/quantize/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace wranglet {
namespace {

constexpr double kLeastInt8 = -128, kMostInt8 = 127, kMostWeight = 127, kMostInt16 = 32767;
constexpr double kSteps = kMostInt8 - kLeastInt8;

// Below this a float32 loses digits.
constexpr double kLeastScale = std::numeric_limits<float>::min();

// The least scale by which weights, rounded to nearest, fit the lanes.
double ScaleByLanes(std::span<const float> weights, const PairLanes& lanes) {
  if (lanes.empty()) return 0;
  struct Lane {
    double positive = 0, negative = 0, count = 0;
  };
  std::vector<Lane> sums(lanes.count());
  for (size_t i = 0; i < weights.size(); ++i) {
    Lane& lane = sums[lanes[i]];
    (weights[i] > 0 ? lane.positive : lane.negative) += std::abs(double{weights[i]});
    ++lane.count;
  }
  double scale = 0;
  for (const Lane& lane : sums) {
    // Rounding adds up to a half to each.
    scale = std::max(
        scale, std::max(lane.positive, lane.negative) / (LaneWeights::kMost - lane.count / 2));
  }
  return scale;
}

}  // namespace

Quantization ActivationQuantization(Range range, ScaleLimits limits, DType dtype) {
  const double min = std::min(range.min, 0.0f), max = std::max(range.max, 0.0f);
  const bool is_int16 = dtype == DType::kInt16;
  const double span = is_int16 ? std::max(-min, max) : max - min;
  const double wanted = span == 0 ? 1.0 : span / (is_int16 ? kMostInt16 : kSteps);
  const auto scale =
      std::clamp(static_cast<float>(std::max(wanted, kLeastScale)), limits.least, limits.most);
  if (span == 0 || is_int16) return {{scale}, {0}};
  const double zero_point =
      std::clamp(std::nearbyint(kLeastInt8 - min / scale), kLeastInt8, kMostInt8);
  return {{scale}, {static_cast<int32_t>(zero_point)}};
}

ScaleLimits SumScaleLimits(float a, float b) {
  const float larger = std::max(a, b);
  return {larger * 0x1p-7f, larger * 0x1p9f};
}

Range WithStoredEnds(Range range) {
  const double min = std::min(range.min, 0.0f), max = std::max(range.max, 0.0f);
  if (min == max) return {0.0f, 0.0f};
  const auto scale_with = [&](double zero_point) {
    const double for_min = min < 0 ? -min / (zero_point - kLeastInt8) : 0.0;
    const double for_max = max > 0 ? max / (kMostInt8 - zero_point) : 0.0;
    return std::max(for_min, for_max);
  };
  const double between = kLeastInt8 - min * kSteps / (max - min);
  const double low = std::floor(between), high = std::ceil(between);
  const double zero_point = scale_with(high) < scale_with(low) ? high : low;
  const double scale = scale_with(zero_point);
  return {static_cast<float>((kLeastInt8 - zero_point) * scale),
          static_cast<float>((kMostInt8 - zero_point) * scale)};
}

float ChannelScale(std::span<const float> weights, const PairLanes& lanes, float bias,
                   float input_scale, const SumLimits& limits, float grid) {
  double most = 0.0, sum = 0.0;
  for (const float weight : weights) {
    most = std::max(most, std::abs(double{weight}));
    sum += std::abs(double{weight});
  }
  const auto limit = static_cast<double>(limits.most);
  const double by_bias = std::abs(double{bias}) / (double{input_scale} * limit);
  // Rounding at most doubles a weight.
  const double by_sum = 2 * sum * limits.steps / limit;
  const double by_weights = std::max(most / kMostWeight, ScaleByLanes(weights, lanes));
  const auto scale =
      static_cast<float>(std::max({grid > 0 ? double{grid} : by_weights, by_bias, by_sum}));
  if (scale == 0 && most == 0 && bias == 0) return 1.0f;
  return std::max(scale, static_cast<float>(kLeastScale));
}

int8_t QuantizeWeight(float real, float scale) {
  return static_cast<int8_t>(
      std::clamp(std::nearbyint(static_cast<double>(real) / scale), -kMostWeight, kMostWeight));
}

int64_t QuantizeBias(float real, float input_scale, float weight_scale, const SumLimits& limits) {
  const double unit = static_cast<double>(input_scale) * weight_scale;
  const auto most = static_cast<double>(limits.most);
  return static_cast<int64_t>(std::clamp(std::nearbyint(real / unit), -most, most));
}

}  // namespace wranglet
