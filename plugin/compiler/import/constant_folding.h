// Computing at import what a file computes from constants alone: weights it stores in other types
// or orders, and shapes.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_CONSTANT_FOLDING_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_CONSTANT_FOLDING_H_

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The elements that `op` makes of `inputs`, for `output`, whose type and shape are those that the
// operator gives. Nothing when an input is no constant, or the operator is none of those that
// files apply to constants: Reshape, Transpose, Slice and Concat of any type, Dequantize, Cast
// between integers and floats, and sums, differences and products of integers.
std::optional<std::vector<std::byte>> FoldConstants(const Operator& op,
                                                    std::span<const Tensor* const> inputs,
                                                    const Tensor& output);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_CONSTANT_FOLDING_H_
