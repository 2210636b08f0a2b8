// For CancelTransposes: what an operator becomes when its inputs' dimensions are in another order.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_ON_BASE_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_ON_BASE_H_

#include <optional>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/graph/transposition.h"

namespace wranglet {

// The operator whose output, permuted, is what `op` computes of its inputs' bases, permuted all
// alike; nothing if there is none. `op` keeps the number of dimensions.
std::optional<Operator> OnBase(const Operator& op, const Permutation& permutation);

// Whether it treats every element by itself, of one activation.
bool IsOfSingleElements(const Operator& op);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_ON_BASE_H_
