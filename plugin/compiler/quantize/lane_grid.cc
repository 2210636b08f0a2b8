#include "plugin/compiler/quantize/lane_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/lane_sums.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

constexpr double kMostWeight = 127;

// What a channel's bias may yet change by, in units of its sums.
constexpr double kRoom = 512;

// Beyond it, what a factor takes from the sums that the output could tell apart is no longer
// little.
constexpr double kLeastFactor = 1.0 / 64;

// The multiplier that the factor leaves: of those above, float32 has a scale for one at least.
constexpr double kMostWanted = LaneSums::kMost - 400;

// How many float32 on each side of a scale are tried for one that makes the multiplier exact.
constexpr int kNearby = 4;

// The scale nearest to multiplier / unit that, as kernels are told it, is multiplier / kLaneUnit;
// nothing where float32 has none.
std::optional<float> ScaleFor(double multiplier, double unit, float input, float output) {
  const auto wanted = static_cast<float>(multiplier) / kLaneUnit;
  for (const float towards : {0.0f, std::numeric_limits<float>::infinity()}) {
    auto scale = static_cast<float>(multiplier / unit);
    for (int i = 0; i < kNearby; ++i, scale = std::nextafter(scale, towards)) {
      if (RequantizationScales(input, {scale}, output, 1)[0] == wanted) return scale;
    }
  }
  return {};
}

}  // namespace

std::optional<LaneGrid> LaneGrid::Of(std::span<const float> weights, float bias,
                                     const Quantization& input, float output_scale) {
  double positive = 0, negative = 0, largest = 0;
  for (const float weight : weights) {
    const double size = std::abs(double{weight});
    (weight > 0 ? positive : negative) += size;
    largest = std::max(largest, size);
  }
  // Where sums start, in units of the input's scale.
  const double zero_byte = input.zero_point[0] + 128;
  const double start = std::abs(double{bias} / input.scale[0] - zero_byte * (positive - negative));
  // Rounding adds up to a half to each weight.
  const double half = static_cast<double>(weights.size()) / 2;
  const double room = LaneSums::kMost - kRoom;
  const double wanted =
      std::max(largest / kMostWeight, (LaneSums::kMostByte * std::max(positive, negative) + start) /
                                          (room - LaneSums::kMostByte * half));
  const double unit = double{kLaneUnit} * input.scale[0] / output_scale;
  const double factor = std::min(1.0, kMostWanted / (wanted * unit));
  if (!(factor >= kLeastFactor)) return {};
  // Of a multiplier 4 n + 3 the only sum between two results is 2^14, and rounds to the even 2 n +
  // 2 either way.
  const double n = std::max(std::ceil((wanted * factor * unit - 3) / 4), 0.0);
  for (double multiplier = 4 * n + 3; multiplier <= LaneSums::kMost; multiplier += 4) {
    if (const auto scale = ScaleFor(multiplier, unit, input.scale[0], output_scale)) {
      const double most = (room - start * factor / *scale) / LaneSums::kMostByte;
      return LaneGrid{*scale, static_cast<int32_t>(most), static_cast<float>(factor)};
    }
  }
  return {};
}

}  // namespace wranglet
