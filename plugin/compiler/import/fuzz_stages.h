// For fuzzing: what becomes of a file behind its importer.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_FUZZ_STAGES_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_FUZZ_STAGES_H_

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Runs every pass and the planner, for as long as there is no Error. Aborts when a pass leaves the
// Graph invalid.
void FuzzStages(Result<Graph> graph);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_FUZZ_STAGES_H_
