#include "plugin/compiler/cli/eval_reference.h"

#include <utility>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/import.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/quantize/float_form.h"

namespace wranglet {
namespace {

Result<CompiledModel> RealOf(const CompiledModel& model) {
  WRANGLET_ASSIGN(Graph graph, FloatForm(model.graph));
  WRANGLET_ASSIGN(Plan plan, MakePlan(graph));
  ModelInfo info = model.info;
  info.precision = "unrounded";
  return CompiledModel{std::move(graph), std::move(plan), std::move(info), model.options};
}

}  // namespace

Result<bool> IsQuantizedFile(const std::string& path) {
  WRANGLET_ASSIGN(const Graph graph, ImportModel(path));
  return IsQuantized(graph);
}

Result<std::optional<CompiledModel>> CompileReference(const CompiledModel& model,
                                                      const std::string& path) {
  CompileOptions options = model.options;
  options.labels.clear();
  if (!path.empty()) {
    options.model = path;
    options.dequantize = false;
  }
  WRANGLET_ASSIGN(const bool is_quantized, IsQuantizedFile(options.model));
  if (path.empty() && !IsQuantized(model.graph)) return std::optional<CompiledModel>();
  const bool stays_quantized = is_quantized && !options.dequantize;
  options.precision = stays_quantized ? "int8" : "float32";
  WRANGLET_ASSIGN(CompiledModel reference,
                  path.empty() && stays_quantized ? RealOf(model) : Compile(options));
  return std::optional(std::move(reference));
}

}  // namespace wranglet
