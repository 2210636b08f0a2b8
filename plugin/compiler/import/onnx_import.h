// ImportOnnx: an ONNX file as a Graph.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_IMPORT_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_IMPORT_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The Graph of an ONNX model, opset 7 or newer. `file` is for errors, which name it, the node, the
// operator and what to do. Any bytes may be given. ONNX's images are NCHW: every operator that
// minds is put between Transposes, which the passes then cancel. A batch dimension that is symbolic
// becomes 1; any other dynamic dimension is an Error.
Result<Graph> ImportOnnx(std::string_view file, std::span<const std::byte> bytes);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_IMPORT_H_
