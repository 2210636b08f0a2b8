// Gelu, as exporters write it that have no such operator.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_GELU_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_GELU_H_

#include "onnx/onnx.pb.h"

namespace wranglet {

// Puts a node Gelu for every 0.5 x (1 + erf(x / sqrt(2))), in whichever order it is multiplied: of
// Erf alone we have no kernel. Needs no valid graph.
void RecognizeGelu(onnx::GraphProto& graph);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_GELU_H_
