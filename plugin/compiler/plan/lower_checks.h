// What lowerings of every family check before they trust: types and quantisation that kernels exist
// for.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_CHECKS_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_CHECKS_H_

#include <cstdint>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The type that the node's activations (`inputs`, by position, and the output) share: float32, or
// another of `supported`, with one scale for a tensor. An Error for any others.
Result<DType> ActivationType(const Graph& graph, const Node& node,
                             const std::vector<size_t>& inputs,
                             const std::vector<DType>& supported = {DType::kFloat32, DType::kInt8});

// What elementwise operators support.
inline const std::vector<DType> kAllPrecisions = {DType::kFloat32, DType::kInt8, DType::kInt16};

// Whether a tensor is int8 (uint8, ...) with one scale and zero point; of int16 the latter is 0.
bool IsQuantized(const Tensor& tensor, DType dtype);

// Checks that input 1, the filter, and input 2, the bias if any, are constants a kernel for
// activations of type `dtype` takes: float32; or an int8 filter with one scale, or one a channel
// along `channel_axis`, and an int32 bias; for int16 activations, the filter with zero points 0,
// and the bias int32 or int64.
Status CheckFilterAndBias(const Graph& graph, const Node& node, DType dtype, int channel_axis);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_CHECKS_H_
