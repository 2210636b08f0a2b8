// PlannablePrecisions: the type that each node of a network can compute in.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_PLANNABLE_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_PLANNABLE_H_

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/ranges.h"
#include "plugin/compiler/quantize/scheme.h"

namespace wranglet {

// `wanted` for every node of a float network, or float32 for those that the planner finds no kernel
// for in it. `ranges` are any that QuantizeGraph takes. Errors: QuantizeGraph's, and the planner's
// of what has no kernel in float32 either.
Result<Precisions> PlannablePrecisions(const Graph& float_graph, const Ranges& ranges,
                                       DType wanted);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_PLANNABLE_H_
