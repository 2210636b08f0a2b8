// Weights and biases as the numbers that a node sums up: floats as they are; of int8, the stored
// values less the zero point, and a bias of int32. Activations of int8 count the same way, so that
// zero, which padding adds, is 0.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_SUMMANDS_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_SUMMANDS_H_

#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Whether `node` multiplies int8 activations by a constant filter of int8, and makes int8 of the
// sums as XNNPACK does (RequantizeInt8Reference).
bool HasInt8Weights(const Graph& graph, const Node& node);

// The functions below are for nodes that HasInt8Weights, or HasFloatWeights (neighbours.h).

// Of all elements of the filter.
std::vector<double> WeightsOf(const Graph& graph, const Node& node);

// One an output channel; zeros when there is no bias.
std::vector<double> BiasOf(const Graph& graph, const Node& node);

// Adds one number to the bias of each output channel, in a tensor of the node's own. Sums of int32
// wrap, as they do in the kernels.
void AddToBias(Graph& graph, Node& node, const std::vector<double>& numbers);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_SUMMANDS_H_
