// CorrectBiases: empirical bias correction (Nagel et al., 2019, section 4.2 and appendix D).

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_CORRECT_BIAS_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_CORRECT_BIAS_H_

#include <span>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/run_samples.h"
#include "plugin/compiler/quantize/scheme.h"

namespace wranglet {

// Changes the biases of `graph`, a valid Graph of float32 after its passes, so that its quantised
// form puts out as much, on average over samples and pixels, as `wanted` does in float32: the graph
// itself, or what it was before RoundFilters, with nodes of the same names. It goes layer by
// layer in order, for each channel, by the difference of means that is left once the layers before
// are corrected. A fused activation lets through only a part of a change, that of the elements
// strictly within its bounds, so the change is larger by as much; a channel of which almost all
// lies at the bounds stays as it is.
Status CorrectBiases(Graph& graph, const Graph& wanted, const Ranges& ranges,
                     const Precisions& precisions, std::span<const Sample> samples);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_CORRECT_BIAS_H_
