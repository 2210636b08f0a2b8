// What lowerings of every family check before they trust: types and quantisation that kernels exist
// for.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_CHECKS_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_CHECKS_H_

#include <cstdint>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The type that the node's activations (`inputs`, by position, and the output) share. Errors unless
// all are float32, or all int8 with one scale each.
Result<DType> ActivationType(const Graph& graph, const Node& node,
                             const std::vector<size_t>& inputs);

// Whether a tensor is int8 (uint8, ...) with one scale and zero point.
bool IsQuantized(const Tensor& tensor, DType dtype);

// Checks that input 1, the filter, and input 2, the bias if any, are constants a kernel for
// activations of type `dtype` takes: float32; or an int8 filter with zero points 0 and one scale,
// or one a channel along `channel_axis`, and an int32 bias.
Status CheckFilterAndBias(const Graph& graph, const Node& node, DType dtype, int channel_axis);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_CHECKS_H_
