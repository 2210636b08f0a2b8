// Chains of convolutions that run by bands of rows, so that the tensors between them never exist as
// a whole: in an inverted residual block (expand 1x1, depthwise, project 1x1) the expanded tensor
// is what makes the arena large.
//
// Fusion by rows as in Alwani et al., "Fused-Layer CNN Accelerators" (2016), with a sliding window
// of rows between each two layers: of the rows that the next band needs too, none is computed
// again; they are moved to the front of their buffer.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_BANDS_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_BANDS_H_

#include "plugin/compiler/plan/lowering.h"

namespace wranglet {

// Rewrites the steps of chains where the most memory is alive, as long as there are any and it is
// more than `options.small_arena`. Results are the same, byte for byte.
void RunByBands(Lowering& lowering, const PlanOptions& options);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_BANDS_H_
