// What Conv and ConvTranspose have in common.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_FILTER_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_FILTER_H_

#include <cstdint>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/import/onnx_node.h"

namespace wranglet {

// Checks what a convolution of either kind needs, and gives its filter, of 4 dimensions.
Result<Tensor> ReadFilter(const OnnxNode& node);

// Into how many groups the image's `channels` fall, and the filter's first dimension, `filters`.
Result<int64_t> ReadGroups(const OnnxNode& node, int64_t channels, int64_t filters);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_FILTER_H_
