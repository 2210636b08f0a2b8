// QuantizeGraph: a float network as an int8 one.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_H_

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/ranges.h"

namespace wranglet {

// Whether any tensor has a scale, so that the network must run as it is.
bool IsQuantized(const Graph& graph);

// The int8 form of `float_graph`, a valid Graph of float32 after its passes, by the scheme of
// TensorFlow Lite (Jacob et al., 2018): symmetric weights with a scale an output channel,
// activations with a scale and a zero point a tensor, int32 biases. `ranges` has the float graph's
// TensorIds; a fused activation narrows its output's range. The network's inputs and outputs become
// int8 too. Errors, at their nodes: a tensor without a finite range, weights that are not finite,
// operators that have no int8 form.
Result<Graph> QuantizeGraph(const Graph& float_graph, const Ranges& ranges);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_H_
