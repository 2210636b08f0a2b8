// For fuzzing: small changes to an ONNX model that keep it one, so that fuzzing gets behind the
// parser.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_MUTATION_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_MUTATION_H_

#include <random>

#include "onnx/onnx.pb.h"

namespace wranglet {

// Changes one thing: an operator, where a node reads from, an attribute, a constant's shape, the
// input's shape, the operator set, or what the network puts out.
void MutateModel(onnx::ModelProto& model, std::minstd_rand& random);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_MUTATION_H_
