// RoundFilters: filters on the grid they are quantised to, for outputs that come closest.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_ROUND_FILTERS_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_ROUND_FILTERS_H_

#include <span>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/run_samples.h"
#include "plugin/compiler/quantize/scheme.h"

namespace wranglet {

// Moves the filters of `graph`, a valid Graph of float32 after its passes, to where QuantizeGraph
// with these ranges and precisions stores them exactly: not each weight to the nearest such number,
// but all of a channel so that its output has the least error (RoundTogether) over the samples,
// whose float inputs it reads. What the moves change on average goes to the bias. The filters have
// the grid they lie on as their quantization then.
//
// Nodes share no filter afterwards that did so before. These stay as they are, and are rounded to
// nearest later: filters of TransposeConv and of what computes in float32; and those with more than
// 2304 inputs an output, for time and memory grow with the third and second power.
Status RoundFilters(Graph& graph, const Ranges& ranges, const Precisions& precisions,
                    std::span<const Sample> samples);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_ROUND_FILTERS_H_
