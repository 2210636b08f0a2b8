// What a network is compared with: the same one in float32, or another.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_EVAL_REFERENCE_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_EVAL_REFERENCE_H_

#include <optional>
#include <string>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/cli/compiler.h"

namespace wranglet {

// Whether the file's network is quantised already.
Result<bool> IsQuantizedFile(const std::string& path);

// The network at `path`, compiled for the same images as `model`. With no path, the float network
// that `model` was made from, or, when the file itself is quantised, FloatForm of it, whose
// precision is called "unrounded"; nothing when `model` is of float32.
Result<std::optional<CompiledModel>> CompileReference(const CompiledModel& model,
                                                      const std::string& path);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_EVAL_REFERENCE_H_
