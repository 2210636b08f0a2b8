// ImportTflite: a TensorFlow Lite file as a Graph. Its operators are ours already, so this only
// reads, checks and writes down; quantised models come through with their own scales.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_IMPORT_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_IMPORT_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Whether `bytes` carry TensorFlow Lite's file identifier, "TFL3".
bool LooksLikeTflite(std::span<const std::byte> bytes);

// The Graph of the file's one subgraph. `file` is for errors, which name it, the operator and what
// to do. Any bytes may be given: records and sizes are verified before they are read.
Result<Graph> ImportTflite(std::string_view file, std::span<const std::byte> bytes);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_IMPORT_H_
