#include "plugin/compiler/passes/pass.h"

namespace wranglet {

Status RunPasses(Graph& graph) {
  // Transposes go first, so that the others find producers and consumers side by side.
  for (const auto pass : {RemoveDeadNodes, CancelTransposes, FoldBatchNormalization, FuseBias,
                          FuseActivation, RemoveDeadNodes}) {
    WRANGLET_RETURN_IF_ERROR(pass(graph));
    WRANGLET_RETURN_IF_ERROR(Validate(graph));
  }
  return Done{};
}

}  // namespace wranglet
