// LanesOf: what keeps a filter of int8 to what kernels multiply fastest.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANES_H_

#include "kernels/pair_lanes.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The lanes in which kernels of int8 sum up a node's filter, if it is kept to what fits them. It
// then has about a bit less, and takes two thirds of the time on x86-64 without AVX-VNNI. None for
// a filter that is multiplied by tiles (conv2d_winograd.h), if its sums are no larger than these
// take: 900 channels and more may make larger ones, and are then widened.
PairLanes LanesOf(const Graph& graph, const Node& node);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANES_H_
