// Calibrate: runs a float network on samples, to learn which values its activations take.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_CALIBRATE_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_CALIBRATE_H_

#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/estimate.h"
#include "plugin/compiler/quantize/histogram.h"
#include "plugin/compiler/quantize/ranges.h"
#include "plugin/compiler/quantize/run_samples.h"

namespace wranglet {

// What one activation was in all samples.
struct Statistics {
  Histogram histogram;
  // The greatest magnitude of each channel, which is the last dimension's index.
  std::vector<float> channel_most;
};
using Calibration = std::vector<Statistics>;  // by TensorId

// Plans `graph`, of float32, and runs it on the samples. Errors: the planner's, those of a sample,
// a sample of the wrong size, an activation that is not finite (which names tensor and sample).
Result<Calibration> Calibrate(const Graph& graph, const Samples& samples);

// The range of every activation that was seen.
Ranges EstimateRanges(Estimator estimator, const Calibration& calibration);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_CALIBRATE_H_
