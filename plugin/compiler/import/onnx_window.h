// Windows that move over images: what ONNX's attributes say of them.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_WINDOW_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_WINDOW_H_

#include <cstdint>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/import/onnx_node.h"

namespace wranglet {

// A row of one dimension is an image of height 1.
struct ImageSize {
  int64_t height = 1, width = 1;
};

// The size of NCHW images, or of NCW rows, of `shape`, which also filters have; an Error for any
// other number of dimensions.
Result<ImageSize> ImageSizeOf(const Shape& shape);

// Attribute `name`, for height and width: `otherwise` when absent, an Error for a value below
// `least` or one that no network has.
Result<ImageSize> SizeAttribute(const OnnxNode& node, const char* name, int64_t least,
                                int64_t otherwise);

// Attribute pads.
Result<Padding> PadsAttribute(const OnnxNode& node);

// Strides, dilations and padding of a node whose window of `kernel` moves over images of `size`,
// input 0. With ceil_mode there is padding for a last window that is not whole.
Result<Window> ReadWindow(const OnnxNode& node, ImageSize size, ImageSize kernel);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_WINDOW_H_
