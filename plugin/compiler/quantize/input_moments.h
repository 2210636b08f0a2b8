// MeasureInputs: means and covariances of what the outputs of layers read.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_INPUT_MOMENTS_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_INPUT_MOMENTS_H_

#include <cstddef>
#include <span>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/run_samples.h"

namespace wranglet {

// Of the numbers that an output reads.
struct Moments {
  std::vector<float> mean;
  std::vector<float> deviation;    // standard deviation; 0 of a number that never changes
  std::vector<float> correlation;  // a square, symmetric, 1 on its diagonal
};

// By layer and group of its Patches, of the float network `graph`, over samples and pixels; of each
// sample pixels spread over all of its image, as many as tell enough. `layers` are indices of nodes
// with Patches whose input is float32.
//
// Few samples show correlations that others do not have. They are shrunk by the part that is
// expected to be chance (Schaefer and Strimmer, 2005, after Ledoit and Wolf), judged by how far the
// samples' own disagree: pixels of one image are alike, so images are counted, not pixels. Of one
// sample alone none is believed.
Result<std::vector<std::vector<Moments>>> MeasureInputs(const Graph& graph,
                                                        const std::vector<size_t>& layers,
                                                        std::span<const Sample> samples);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_INPUT_MOMENTS_H_
