#include "plugin/compiler/import/fuzz_stages.h"

#include <cstdio>
#include <cstdlib>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/plan/plan.h"

namespace wranglet {
namespace {

// Larger networks are not planned: packing their weights would take all the time.
constexpr int64_t kMostConstantBytes = int64_t{1} << 20;

int64_t ConstantBytes(const Graph& graph) {
  int64_t bytes = 0;
  for (const Node& node : graph.nodes) {
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor && graph.tensor(id).constant) bytes += BytesOf(graph.tensor(id));
    }
  }
  return bytes;
}

}  // namespace

void FuzzStages(Result<Graph> graph) {
  if (!graph.ok()) return;
  for (const Pass pass : kPasses) {
    if (!pass(*graph).ok()) return;
    if (const Status valid = Validate(*graph); !valid.ok()) {
      std::fprintf(stderr, "a pass broke the graph: %s\n", valid.error().ToString().c_str());
      std::abort();
    }
  }
  if (ConstantBytes(*graph) <= kMostConstantBytes) (void)MakePlan(*graph).ok();
}

}  // namespace wranglet
