#include "plugin/compiler/passes/pass.h"

namespace wranglet {

Status RunPasses(Graph& graph) {
  for (const Pass pass : kPasses) {
    WRANGLET_RETURN_IF_ERROR(pass(graph));
    WRANGLET_RETURN_IF_ERROR(Validate(graph));
  }
  return Done{};
}

}  // namespace wranglet
