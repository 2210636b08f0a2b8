// Permutations of dimensions: output dimension i is input dimension permutation[i].

#ifndef WRANGLET_PLUGIN_COMPILER_GRAPH_TRANSPOSITION_H_
#define WRANGLET_PLUGIN_COMPILER_GRAPH_TRANSPOSITION_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

using Permutation = std::vector<int32_t>;

bool IsIdentity(const Permutation& permutation);

// The permutation that undoes `permutation`.
Permutation Inverse(const Permutation& permutation);

// The one permutation that is `first`, and then `second`.
Permutation Compose(const Permutation& first, const Permutation& second);

// The dimensions of a tensor of `shape` after it.
Shape Permuted(const Shape& shape, const Permutation& permutation);

// Whether a tensor of `shape` keeps its bytes: only dimensions of size 1 change places.
bool KeepsOrder(const Shape& shape, const Permutation& permutation);

// The constant `tensor`, transposed.
Tensor TransposedConstant(const Tensor& tensor, const Permutation& permutation);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_GRAPH_TRANSPOSITION_H_
