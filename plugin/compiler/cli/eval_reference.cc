#include "plugin/compiler/cli/eval_reference.h"

#include <utility>

#include "plugin/compiler/import/import.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {

Result<bool> IsQuantizedFile(const std::string& path) {
  WRANGLET_ASSIGN(const Graph graph, ImportModel(path));
  return IsQuantized(graph);
}

Result<std::optional<CompiledModel>> CompileReference(const CompileOptions& options,
                                                      const std::string& path) {
  CompileOptions to = options;
  if (!path.empty()) to.model = path;
  WRANGLET_ASSIGN(const bool is_quantized, IsQuantizedFile(to.model));
  if (path.empty() && (is_quantized || options.precision == "float32")) {
    return std::optional<CompiledModel>();
  }
  to.precision = is_quantized ? "int8" : "float32";
  to.labels.clear();
  WRANGLET_ASSIGN(CompiledModel reference, Compile(to));
  return std::optional(std::move(reference));
}

}  // namespace wranglet
