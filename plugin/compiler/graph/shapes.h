// Arithmetic of shapes: what importers ask, and Validate holds every node against.

#ifndef WRANGLET_PLUGIN_COMPILER_GRAPH_SHAPES_H_
#define WRANGLET_PLUGIN_COMPILER_GRAPH_SHAPES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The output's shape, from the inputs': as many as the operator takes, less an absent bias. Of
// Mean and ArgMax, with the axes kept; of Reshape, which does not follow from its input, the
// input's; of TransposeConv, of which several fit, the smallest. Errors say what does not fit.
Result<Shape> InferShape(const Operator& op, std::span<const Shape> inputs);

// Output elements along one dimension of a window: 0 or less when it does not fit.
int64_t WindowOutput(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                     int64_t behind);

// Whether a TransposeConv with this window and filter may make `output` of `input`: the convolution
// back from it has to give `input`'s height and width.
bool FitsTransposeConv(const TransposeConv& op, const Shape& input, const Shape& filter,
                       const Shape& output);

// Padding before the first and behind the last element of a dimension: TensorFlow's SAME, by which
// the output is as long as the input divided by the stride, rounded up, and an odd element goes
// behind.
std::pair<int32_t, int32_t> SamePadding(int64_t in, int64_t kernel, int64_t stride,
                                        int64_t dilation);

// Axis `axis` of a tensor of `rank` dimensions, counted from the front; files may count from
// behind, by negative numbers.
Result<int32_t> NormalizedAxis(int64_t axis, size_t rank);

// The same of several: ascending, each once.
Result<std::vector<int32_t>> NormalizedAxes(std::span<const int64_t> axes, size_t rank);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_GRAPH_SHAPES_H_
