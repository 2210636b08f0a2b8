// LanesOf: what keeps a filter of int8 to what kernels multiply fastest.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANES_H_

#include "kernels/pair_lanes.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The lanes in which kernels of int8 sum up an operator's filter of this shape, if it is kept to
// what fits them. It then has about a bit less, and takes two thirds of the time on x86-64 without
// AVX-VNNI.
PairLanes LanesOf(const Operator& op, const Shape& filter);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANES_H_
