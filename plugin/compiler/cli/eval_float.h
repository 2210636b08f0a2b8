// FloatForm: what a quantised network would compute if nothing were rounded.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_EVAL_FLOAT_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_EVAL_FLOAT_H_

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// `graph`, after its passes, with every quantised tensor in float32: filters and biases as the
// stored ones mean them, activations not rounded. Ranges stay, for they may be all that is left of
// a ReLU: what can have a fused activation saturates where its stored output does. Quantize and
// Dequantize become Reshapes. It tells what activations lose by being stored in few bits, not what
// the filters lost. An Error when a tensor's type has no float form.
Result<Graph> FloatForm(const Graph& graph);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_EVAL_FLOAT_H_
