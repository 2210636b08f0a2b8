// For tests: what an operator means, in real numbers, by plain loops. Shares no code with the
// planner, the packers or the kernels.

#ifndef WRANGLET_PLUGIN_COMPILER_RUN_REFERENCE_EVALUATION_H_
#define WRANGLET_PLUGIN_COMPILER_RUN_REFERENCE_EVALUATION_H_

#include <cstddef>
#include <span>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The real numbers that a tensor's bytes stand for: float32, or integers by their
// quantisation.
std::vector<double> RealValues(const Tensor& tensor, std::span<const std::byte> bytes);

// The output of a validated graph's node, before it is rounded to its type, given the real values
// of its inputs (empty for an absent one).
std::vector<double> ReferenceOutput(const Graph& graph, const Node& node,
                                    const std::vector<std::vector<double>>& inputs);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_RUN_REFERENCE_EVALUATION_H_
