// Scales and zero points: from the numbers a tensor holds to the integers that stand for them.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_PARAMETERS_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_PARAMETERS_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "kernels/pair_lanes.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/ranges.h"

namespace wranglet {

// Between which numbers a scale may lie.
struct ScaleLimits {
  float least = 0.0f;
  float most = std::numeric_limits<float>::infinity();
};

// Parameters of an activation of int8 or int16. In int8, under which zero is exact and both ends of
// `range`, widened to hold zero, lie within half a scale of a stored value: TensorFlow Lite's
// nudged zero point. In int16 the zero point is 0, and the range becomes symmetric. A range of
// nothing but zero gets scale 1. `limits`, whose `most` is enough for the range, may ask for
// another scale.
Quantization ActivationQuantization(Range range, ScaleLimits limits = {},
                                    DType dtype = DType::kInt8);

// The stored value nearest to `real`, halves to even; int8 or int16, T's ends where it is beyond.
template <typename T>
T QuantizeActivation(float real, const Quantization& q) {
  constexpr double kLeast = std::numeric_limits<T>::min(), kMost = std::numeric_limits<T>::max();
  const double nearest = std::nearbyint(double{real} / q.scale[0]) + q.zero_point[0];
  return static_cast<T>(std::clamp(nearest, kLeast, kMost));
}

// The limits of a quantised sum's scale, given its operands': their larger one times 2^-7 to 2^9,
// which the kernel can express (kernels/add.h). A finer scale, as an activation that lets little
// through would ask for, gains nothing: the sum is no more precise than its operands.
ScaleLimits SumScaleLimits(float a, float b);

// The narrowest range around `range` of which zero and both ends are stored values of int8. For
// numbers that are spread evenly over all of their range, as pixels are: where
// ActivationQuantization alone would put every one of them halfway between two stored values, or
// cut off an end.
Range WithStoredEnds(Range range);

// What a layer adds up: biases stay within +-most, and the sums of products too, of inputs that
// are up to `steps` scales from zero.
struct SumLimits {
  int64_t most;
  int32_t steps;
};
// Two of `most` fit in an int32, and in the 37 bits up to which the int16 kernels are exact.
inline constexpr SumLimits kInt8Sums = {int64_t{1} << 30, 255};
inline constexpr SumLimits kInt16Sums = {(int64_t{1} << 36) - 1, 32768};

// The symmetric int8 scale of one output channel, of these weights: max|weight| / 127, or larger
// when otherwise the weights, rounded to nearest, would not fit `lanes`, or `bias` in units of
// input_scale * scale, or the sum of products with any inputs, would exceed the limits. 1 for a
// channel that is all zero. `grid`, unless 0, is the scale that the weights were rounded to
// already: then they ask for no other.
float ChannelScale(std::span<const float> weights, const PairLanes& lanes, float bias,
                   float input_scale, const SumLimits& limits = kInt8Sums, float grid = 0);

// The number of `scale` nearest to `real`, halves to even, within [-127, 127].
int8_t QuantizeWeight(float real, float scale);

// The number of input_scale * weight_scale nearest to `real`, within the limits.
int64_t QuantizeBias(float real, float input_scale, float weight_scale,
                     const SumLimits& limits = kInt8Sums);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_PARAMETERS_H_
