// What is known at import is computed at import: exporters compute shapes, sizes and small tables
// with the operators that networks are made of.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_FOLD_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_FOLD_H_

#include <cstdint>
#include <span>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Results of more elements are somebody's trick.
inline constexpr int64_t kMostFolded = int64_t{1} << 24;

// Whether they can be folded: constants of float32, or of int32 and int64.
bool AreFoldable(std::span<const Tensor* const> tensors);

// a op b of two foldable constants, with numpy's broadcasting. Integers divide towards zero. An
// Error when they are of different kinds, do not fit or overflow.
Result<Tensor> FoldedBinary(Binary::Kind kind, const Tensor& a, const Tensor& b);

// Functions of each element of a foldable constant. Of integers there are kAbs and kNegate.
Result<Tensor> FoldedUnary(const Unary& op, const Tensor& x);

// Parts and unions of constants of any type.
Result<Tensor> FoldedSlice(const Slice& op, const Tensor& x);
Result<Tensor> FoldedConcat(int32_t axis, std::span<const Tensor* const> tensors);
// x's parts at `indices` along `axis`, where the dimension becomes those of `index_shape`.
Result<Tensor> FoldedGather(const Tensor& x, int32_t axis, std::span<const int64_t> indices,
                            const Shape& index_shape);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_FOLD_H_
