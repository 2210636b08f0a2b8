// FloatForm: the float network that a quantised one stands for.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_FLOAT_FORM_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_FLOAT_FORM_H_

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// `graph`, after its passes, with every quantised tensor in float32: filters and biases as the
// stored ones mean them, activations not rounded. Quantize and Dequantize become Reshapes.
//
// A stored range that begins at zero may be all that is left of a Relu or Relu6, so what can have a
// fused activation keeps such a range's ends as its bounds. Of a range with zero inside nothing
// stays: it only held what was expected. An Error when a tensor's type has no float form.
Result<Graph> FloatForm(const Graph& graph);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_FLOAT_FORM_H_
