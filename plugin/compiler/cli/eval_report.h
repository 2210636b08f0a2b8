// An Evaluation in words, and as JSON.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_EVAL_REPORT_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_EVAL_REPORT_H_

#include <string>

#include "plugin/compiler/cli/compiler.h"
#include "plugin/compiler/cli/evaluate.h"
#include "plugin/compiler/report/table.h"

namespace wranglet {

// "34.56 dB"; "exact" of what has no error.
std::string DecibelsOf(const SignalToNoise& error);

// A row a layer: its node, operator, shape and error.
Table ErrorTable(const std::vector<LayerError>& layers);

// `reference` is null when there was none.
std::string EvaluationAsText(const Evaluation& evaluation, const CompiledModel& model,
                             const CompiledModel* reference);

// The same for programs, all shares in percent. A layer without error has no "sqnr", as JSON has no
// infinity: null.
std::string EvaluationAsJson(const Evaluation& evaluation, const CompiledModel& model,
                             const CompiledModel* reference);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_EVAL_REPORT_H_
