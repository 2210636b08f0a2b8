// Scales and zero points: from the numbers a tensor holds to the integers that stand for them.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_PARAMETERS_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_PARAMETERS_H_

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/ranges.h"

namespace wranglet {

// Biases stay within this, and the sums of products too, so that together they fit in an int32.
inline constexpr int32_t kMaxBias = 1 << 30;

// Between which numbers a scale may lie.
struct ScaleLimits {
  float least = 0.0f;
  float most = std::numeric_limits<float>::infinity();
};

// int8 parameters under which zero is exact and both ends of `range`, widened to hold zero, lie
// within half a scale of a stored value: TensorFlow Lite's nudged zero point. A range of nothing
// but zero gets scale 1. `limits`, whose `most` is enough for the range, may ask for another scale.
Quantization ActivationQuantization(Range range, ScaleLimits limits = {});

// The limits of an int8 sum's scale, given its operands': their larger one times 2^-7 to 2^9, which
// the kernel can express (kernels/add.h). A finer scale, as an activation that lets little through
// would ask for, gains nothing: the sum is no more precise than its operands.
ScaleLimits SumScaleLimits(float a, float b);

// The narrowest range around `range` of which zero and both ends are stored values. For numbers
// that are spread evenly over all of their range, as pixels are: where ActivationQuantization alone
// would put every one of them halfway between two stored values, or cut off an end.
Range WithStoredEnds(Range range);

// The symmetric int8 scale of one output channel, of these weights: max|weight| / 127, or larger
// when otherwise `bias` in units of input_scale * scale, or the sum of products with any int8
// inputs, would exceed kMaxBias. 1 for a channel that is all zero.
float ChannelScale(std::span<const float> weights, float bias, float input_scale);

// The number of `scale` nearest to `real`, halves to even, within [-127, 127].
int8_t QuantizeWeight(float real, float scale);

// The number of input_scale * weight_scale nearest to `real`, within +-kMaxBias.
int32_t QuantizeBias(float real, float input_scale, float weight_scale);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_PARAMETERS_H_
