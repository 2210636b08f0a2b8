// The shape an operator's output has. Importers ask it, and Validate holds every node against it.

#ifndef WRANGLET_PLUGIN_COMPILER_GRAPH_SHAPES_H_
#define WRANGLET_PLUGIN_COMPILER_GRAPH_SHAPES_H_

#include <cstdint>
#include <span>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The output's shape, from the inputs': as many as the operator takes, less an absent bias. Of
// Mean, with the axes kept; of Reshape, which alone does not follow from its input, the input's.
// Errors say what does not fit.
Result<Shape> InferShape(const Operator& op, std::span<const Shape> inputs);

// Output elements along one dimension of a window: 0 or less when it does not fit.
int64_t WindowOutput(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                     int64_t behind);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_GRAPH_SHAPES_H_
