// Estimators: which range of an activation is worth its stored values.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_ESTIMATE_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_ESTIMATE_H_

#include <cstdint>

#include "plugin/compiler/quantize/histogram.h"
#include "plugin/compiler/quantize/ranges.h"

namespace wranglet {

enum class Estimator {
  // From the least to the greatest value seen.
  kMinMax,
  // All but one value in 10,000, of which as many are cut off above as below.
  kPercentile,
  // The least mean square of the error in int8, of rounding within the range and of clipping
  // outside (as in Banner et al., 2019, but of the values seen rather than of a fitted density).
  kMse,
  // The least Kullback-Leibler divergence of the values in int8 from the values seen, clipped
  // (Migacz, 8-bit inference with TensorRT, 2017); the clipping threshold is one for both signs.
  kEntropy,
};
inline constexpr Estimator kEstimators[] = {Estimator::kMinMax, Estimator::kPercentile,
                                            Estimator::kMse, Estimator::kEntropy};

// The range, which holds zero and lies within that of the values, that the estimator gives a
// histogram of one value or more.
Range Estimate(Estimator estimator, const Histogram& histogram);

// The range with room for what further samples may show, given how many values it was made from:
// the greatest of n values of a normal distribution grows as the root of the logarithm of n, so a
// few logits say less of their range than a million pixels, whose range stays as it is. What the
// span grows is shared by both ends, unless one is zero: that of a Relu's output stays.
Range WithRoom(Range range, uint64_t values);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_ESTIMATE_H_
