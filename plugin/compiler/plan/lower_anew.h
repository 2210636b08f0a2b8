// Storing values anew: for operators whose kernels keep the stored values, where the output has
// another scale or zero point than the input.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_ANEW_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_ANEW_H_

#include "kernels/unary_int16.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/plan/lowering.h"

namespace wranglet {

// The step's params that stores an int16 tensor by another scale, clamped to the activation.
ScaleInt16Params ScaleParams(const Tensor& from, const Quantization& into,
                             const Activation& activation = {});

// What the node has written to its output is stored as its input is. Appends the step that stores
// it as the output is, clamped to the activation, in place; none where they are stored alike.
Status StoreAnew(Lowering& to, const Node& node, const Activation& activation = {});

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_ANEW_H_
