// ImportModel: a network's file, of whatever format we read, as a Graph.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_IMPORT_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_IMPORT_H_

#include <string>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Reads the file at `path`: TensorFlow Lite when it carries that format's identifier, else ONNX.
Result<Graph> ImportModel(const std::string& path);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_IMPORT_H_
