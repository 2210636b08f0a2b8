// ImportModel: a network's file, of whatever format we read, as a Graph.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_IMPORT_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_IMPORT_H_

#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Reads the file at `path`: TensorFlow Lite when it carries that format's identifier, else ONNX.
Result<Graph> ImportModel(const std::string& path);

// What is read of a format: its operators by the names they have there, sorted.
struct FormatOperators {
  const char* format;  // "ONNX"
  std::vector<std::string> operators;
};

// Of every format.
std::vector<FormatOperators> SupportedOperators();

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_IMPORT_H_
