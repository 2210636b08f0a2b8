// Calibrate: runs a float network on samples, to learn between which numbers its activations lie.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_CALIBRATE_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_CALIBRATE_H_

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/ranges.h"

namespace wranglet {

// How ranges follow from the numbers that were seen.
class RangeEstimator {
 public:
  virtual ~RangeEstimator() = default;
  // All elements of one activation in one sample, every one finite.
  virtual void See(TensorId tensor, std::span<const float> values) = 0;
  virtual Ranges Estimate() const = 0;
};

// From the least to the greatest.
class MinMaxEstimator : public RangeEstimator {
 public:
  void See(TensorId tensor, std::span<const float> values) override;
  Ranges Estimate() const override { return ranges_; }

 private:
  Ranges ranges_;
};

// The bytes of every input of the network.
using Sample = std::vector<std::vector<std::byte>>;

// Plans `graph`, of float32, and runs it on samples 0 to `count` - 1, which `sample` makes one at a
// time. Errors: the planner's, those of `sample`, a sample of the wrong size, an activation that is
// not finite (which names tensor and sample).
Result<Ranges> Calibrate(const Graph& graph, RangeEstimator& estimator, size_t count,
                         const std::function<Result<Sample>(size_t)>& sample);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_CALIBRATE_H_
