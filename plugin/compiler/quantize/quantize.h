// QuantizeGraph: a float network as an integer one.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_H_

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/ranges.h"
#include "plugin/compiler/quantize/scheme.h"

namespace wranglet {

// The form of `float_graph`, a valid Graph of float32 after its passes, in which node i computes in
// precisions[i], by the schemes of TensorFlow Lite: symmetric int8 weights with a scale an output
// channel; activations in int8 with a scale and a zero point a tensor, and int32 biases (Jacob et
// al., 2018); or activations in int16 with a scale a tensor, and int64 biases (its 16x8). `ranges`
// has the float graph's TensorIds; MakeScheme tells what follows from them. Where a node reads what
// was stored in another type, a Quantize or Dequantize converts it. Nodes keep their names and
// order. Errors, at their nodes: a tensor without a finite range, weights that are not finite or
// not constant.
Result<Graph> QuantizeGraph(const Graph& float_graph, const Ranges& ranges,
                            const Precisions& precisions);

// All of it in int8.
Result<Graph> QuantizeGraph(const Graph& float_graph, const Ranges& ranges);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_QUANTIZE_H_
