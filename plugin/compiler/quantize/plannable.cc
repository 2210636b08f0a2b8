#include "plugin/compiler/quantize/plannable.h"

#include <cstddef>

#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {

Result<Precisions> PlannablePrecisions(const Graph& float_graph, const Ranges& ranges,
                                       DType wanted) {
  Precisions precisions = Uniform(float_graph, wanted);
  for (;;) {
    WRANGLET_ASSIGN(const Graph quantized, QuantizeGraph(float_graph, ranges, precisions));
    const Result<Plan> plan = MakePlan(quantized);
    if (plan.ok()) return precisions;
    size_t at = 0;
    while (at < float_graph.nodes.size() && float_graph.nodes[at].name != plan.error().node) ++at;
    if (at == float_graph.nodes.size() || precisions[at] == DType::kFloat32) return plan.error();
    precisions[at] = DType::kFloat32;
  }
}

}  // namespace wranglet
