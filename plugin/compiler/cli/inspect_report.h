// A network's layers and what they cost: as text, as JSON, and as a page.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_INSPECT_REPORT_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_INSPECT_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/cli/compiler.h"
#include "plugin/compiler/cli/evaluate.h"
#include "plugin/compiler/cli/layers.h"
#include "plugin/compiler/report/table.h"

namespace wranglet {

struct Inspection {
  const CompiledModel& model;
  // Whether the activations' scales are those that the network would run with. They are not when a
  // float network was compiled for sizes alone.
  bool has_scales = true;
  std::vector<Layer> layers;
  // Against the float network; empty when that was not asked for.
  std::optional<Evaluation> evaluation;
};

// The step at which the most bytes of the arena are in use, in words: "arena peak: ... at step 3 of
// 20, conv1".
std::string PeakOf(const Plan& plan);

// A row a layer, and one of totals.
Table LayerTable(const Inspection& inspection);

std::string InspectionAsText(const Inspection& inspection);
std::string InspectionAsJson(const Inspection& inspection);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_INSPECT_REPORT_H_
