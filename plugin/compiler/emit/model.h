// Emits a model: the files from which Bazel makes a module, and those that the Worker imports.

#ifndef WRANGLET_PLUGIN_COMPILER_EMIT_MODEL_H_
#define WRANGLET_PLUGIN_COMPILER_EMIT_MODEL_H_

#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/emit/manifest.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/plan.h"

namespace wranglet {

struct EmittedFile {
  std::string name;
  std::string content;
};

// steps.cc, weights.bin, model.json, manifest.js, index.js and index.d.ts. `graph` is what `plan`
// was made from.
std::vector<EmittedFile> EmitModel(const Graph& graph, const Plan& plan, const ModelInfo& info);

// Writes them into `folder`, which exists.
Status WriteModel(const std::vector<EmittedFile>& files, const std::string& folder);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_EMIT_MODEL_H_
