// When each buffer of a Lowering is alive.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_LIFETIMES_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_LIFETIMES_H_

#include <vector>

#include "plugin/compiler/plan/arena.h"
#include "plugin/compiler/plan/lowering.h"

namespace wranglet {

// By buffer. Time 0 is before the first step, when inputs are written; step i is time i + 1;
// outputs live to the end. A buffer that no step uses has no bytes.
std::vector<Lifetime> LifetimesOf(Lowering& lowering);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_LIFETIMES_H_
