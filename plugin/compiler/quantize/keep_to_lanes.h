// KeepToLanes: filters of depthwise convolutions on grids of which int16 holds all sums.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_KEEP_TO_LANES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_KEEP_TO_LANES_H_

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "kernels/params.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/input_moments.h"
#include "plugin/compiler/quantize/run_samples.h"
#include "plugin/compiler/quantize/scheme.h"

namespace wranglet {

// The depthwise convolutions of a float network that would take DepthwiseByLanes, which needs about
// half of the time. Their grid depends on the scales around them (LaneScale), so their ranges have
// to be settled.
class KeepToLanes {
 public:
  // `wanted` is the network with filters that are not rounded yet; it has to outlive this.
  static Result<KeepToLanes> Make(const Graph& wanted, const Ranges& ranges,
                                  const Precisions& precisions, std::span<const Sample> samples);

  // Indices of nodes.
  std::vector<size_t> layers() const;

  // Moves the layer's filter in `graph`, `wanted` with rounded filters and corrected biases, to
  // where QuantizeGraph stores it exactly and its LaneSums fit: by RoundTogether from where it was
  // wanted. What that changes on average goes to the bias. False where there is no such grid, and
  // the graph may not be used.
  bool Fit(Graph& graph, size_t layer) const;

 private:
  struct Channel {
    float scale = 0, bias = 0;
    std::vector<float> weights;  // whole numbers of the scale
  };
  struct Layer {
    std::vector<Moments> moments;  // by channel
    Quantization input;
    float output_scale = 0;
    Int8Output output;

    // Channel c, whose weights were `wanted`, and are `rounded` where the bias is `bias`.
    std::optional<Channel> Fit(size_t c, const std::vector<float>& wanted,
                               const std::vector<float>& rounded, float bias) const;
  };

  explicit KeepToLanes(const Graph& wanted) : wanted_(&wanted) {}

  const Graph* wanted_;
  std::map<size_t, Layer> layers_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_KEEP_TO_LANES_H_
