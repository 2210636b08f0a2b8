// For tests and fuzzing: small ONNX models that between them use every operator we translate.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_SEEDS_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_SEEDS_H_

#include <vector>

#include "onnx/onnx.pb.h"

namespace wranglet {

// Every one imports, passes through all passes, and is valid.
std::vector<onnx::ModelProto> SeedModels();

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_SEEDS_H_
