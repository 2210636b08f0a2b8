// Support: which operators have a kernel in which precision, found by planning one of each.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_SUPPORT_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_SUPPORT_H_

#include <string>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The types that a network's activations may have, in the order of OperatorSupport::by_precision.
inline constexpr DType kPrecisions[] = {DType::kInt8, DType::kInt16, DType::kFloat32};

struct OperatorSupport {
  std::string name;  // as NameOf calls the operator, or its kind
  // Whether a node of this operator, of a usual shape, can be planned with activations of each of
  // kPrecisions.
  std::vector<bool> by_precision;
};

// One entry for each operator of the Graph, and for each kind of those that have kinds, sorted by
// name. BatchNormalization is not among them: passes put it into other operators.
std::vector<OperatorSupport> SupportOfOperators();

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_SUPPORT_H_
