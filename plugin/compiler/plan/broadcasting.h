// How kernels are told that two shapes meet in one (kernels/broadcast.h).

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_BROADCASTING_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_BROADCASTING_H_

#include <optional>

#include "kernels/broadcast.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// `a` and `b`, which fit each other, in their common shape. Neighbouring dimensions along which
// both operands go on, or are both repeated, become one; nothing when more than kMaxBroadcastRank
// are left.
std::optional<Broadcast> BroadcastOf(const Shape& a, const Shape& b);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_BROADCASTING_H_
