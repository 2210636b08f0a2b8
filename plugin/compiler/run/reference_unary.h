// For tests: what functions of one element mean, in real numbers, apart from the compiler's own
// notion of them.

#ifndef WRANGLET_PLUGIN_COMPILER_RUN_REFERENCE_UNARY_H_
#define WRANGLET_PLUGIN_COMPILER_RUN_REFERENCE_UNARY_H_

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The function of `x`, in double precision.
double ReferenceUnary(const Unary& op, double x);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_RUN_REFERENCE_UNARY_H_
