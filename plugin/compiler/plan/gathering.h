// Gathering: a GatherRuns step (kernels/gather.h), made of each dimension's table of indices.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_GATHERING_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_GATHERING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/gather.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

struct Gathering {
  GatherParams params;  // without the fill
  std::vector<int32_t> tables;
};

// The step that makes a tensor whose element [i, j, ...] is the input's element [indices[0][i],
// indices[1][j], ...], or is filled where one of these is kGatherFill. As many inner dimensions as
// make rows of a moderate number of runs become rows. Nothing when more than kMaxGatherRank are
// left.
std::optional<Gathering> GatheringOf(const Shape& input, size_t element_bytes,
                                     const std::vector<std::vector<int32_t>>& indices);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_GATHERING_H_
