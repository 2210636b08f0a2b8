// LaneSums: the least and the most that a channel of a convolution may sum up to, and whether
// it may be summed up and requantised in int16 (depthwise_lanes.h). For the compiler, and the
// quantiser that keeps filters to it.

#ifndef WRANGLET_KERNELS_LANE_SUMS_H_
#define WRANGLET_KERNELS_LANE_SUMS_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/requantize.h"
#include "kernels/requantize_lanes.h"

namespace wranglet {

// The sums of one channel: its bias and all of its weights' products with unsigned bytes, stored
// activations moved by 128.
class LaneSums {
 public:
  static constexpr int32_t kMostByte = 255, kLeast = -32768, kMost = 32767;

  LaneSums(int64_t bias, int32_t input_zero_point)
      : start_(bias), zero_byte_(input_zero_point + 128) {}

  void Add(int32_t weight) {
    (weight > 0 ? most_ : least_) += int64_t{kMostByte} * weight;
    start_ -= int64_t{zero_byte_} * weight;
  }

  // Whether all sums are within -most and most.
  bool AreWithin(int64_t most) const { return start_ + least_ >= -most && start_ + most_ <= most; }

  // Whether neither products nor sums leave int16, whatever the bytes, and RequantizeLanes makes of
  // all these sums what RequantizeInt8 does.
  bool Fit(float scale, const Int8Output& output) const {
    if (least_ < kLeast || most_ > kMost) return false;
    if (least_ == most_) {
      // A channel without weights starts where int16 comes nearest.
      const int64_t start = std::clamp<int64_t>(start_, kLeast, kMost);
      return Requantized(start, scale, output) == Requantized(start_, scale, output) &&
             AreRequantizedAlike(start, start, scale, output);
    }
    const int64_t least = start_ + least_, most = start_ + most_;
    return least >= kLeast && most <= kMost && AreRequantizedAlike(least, most, scale, output);
  }

 private:
  static int32_t Requantized(int64_t sum, float scale, const Int8Output& output) {
    return RequantizeInt8Reference(static_cast<int32_t>(sum), scale, output);
  }

  // Neither way to requantise ever falls while sums rise, so they agree everywhere if each result
  // begins at the same sum.
  static bool AreRequantizedAlike(int64_t least, int64_t most, float scale,
                                  const Int8Output& output) {
    const float nearest = std::nearbyint(scale * kLaneUnit);
    if (!(nearest >= 1 && nearest <= kMost)) return false;
    const auto multiplier = static_cast<int64_t>(nearest);
    for (int32_t result = output.min + 1; result <= output.max; ++result) {
      // The least sum with (sum * multiplier + 2^14) / 2^15 >= result - zero_point.
      const int64_t wanted = (int64_t{result} - output.zero_point) * (1 << 15) - (1 << 14);
      const int64_t first = wanted / multiplier + (wanted % multiplier > 0);
      const int64_t begin = std::clamp(first, least, most + 1);
      if (begin <= most && Requantized(begin, scale, output) < result) return false;
      if (begin > least && Requantized(begin - 1, scale, output) >= result) return false;
    }
    return true;
  }

  int64_t start_, least_ = 0, most_ = 0;  // least and most of the products alone
  int32_t zero_byte_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_LANE_SUMS_H_
