// steps.cc: a Plan as straight-line C++ that calls kernels, the module's source.

#ifndef WRANGLET_PLUGIN_COMPILER_EMIT_STEPS_H_
#define WRANGLET_PLUGIN_COMPILER_EMIT_STEPS_H_

#include <string>

#include "plugin/compiler/plan/plan.h"

namespace wranglet {

// Whether the module holds the weights, or room for a weights.bin that the Worker brings.
enum class WeightsStorage { kEmbedded, kExternal };

// The text of steps.cc. It defines what kernels/module.h declares; embedded weights come from a
// weights.bin in its folder.
std::string StepsSource(const Plan& plan, WeightsStorage storage);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_EMIT_STEPS_H_
