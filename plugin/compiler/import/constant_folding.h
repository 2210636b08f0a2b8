// Computing at import what a file computes from constants alone: weights it stores in other types
// or orders, and shapes.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_CONSTANT_FOLDING_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_CONSTANT_FOLDING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The bytes of the elements that `op`, which fits, takes of a constant.
std::vector<std::byte> SlicedElements(const Slice& op, const Tensor& x);

// The bytes of constants of one type side by side along `axis`, where `shape` is that of all of
// them together.
std::vector<std::byte> JoinedElements(int32_t axis, std::span<const Tensor* const> tensors,
                                      const Shape& shape);

// The elements that `op` makes of `inputs`, for `output`, whose type and shape are those that the
// operator gives. Nothing when an input is no constant, or the operator is none of those that
// files apply to constants: Reshape, Transpose, Slice and Concat of any type, Dequantize, Cast
// between integers and floats, and sums, differences and products of integers.
std::optional<std::vector<std::byte>> FoldConstants(const Operator& op,
                                                    std::span<const Tensor* const> inputs,
                                                    const Tensor& output);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_CONSTANT_FOLDING_H_
