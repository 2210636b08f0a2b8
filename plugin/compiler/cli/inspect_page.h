// The page of `wranglet inspect --html`.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_INSPECT_PAGE_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_INSPECT_PAGE_H_

#include <string>

#include "plugin/compiler/cli/inspect_report.h"

namespace wranglet {

// One HTML file that needs nothing else: plots of the arena over time, of multiply-accumulates and
// bytes by layer, of error by layer when there was an evaluation, and the table behind them.
std::string InspectionAsHtml(const Inspection& inspection);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_INSPECT_PAGE_H_
