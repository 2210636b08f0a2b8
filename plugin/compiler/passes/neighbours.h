// What passes ask about a node's surroundings.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_NEIGHBOURS_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_NEIGHBOURS_H_

#include <cstddef>
#include <optional>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The index of the node that makes input 0 of node `index`, if one does.
std::optional<size_t> Producer(const Graph& graph, size_t index);

// The same, if nobody else reads what it makes and the network does not put it out: then the two
// may become one.
std::optional<size_t> SoleProducer(const Graph& graph, size_t index);

// Whether node `node` has constant float weights, and so a filter and bias that a pass may change.
bool HasFloatWeights(const Graph& graph, const Node& node);

// The bias of such a node, or of one that HasInt8Weights (summands.h), made of zeros when there is
// none, in a tensor of its own. Floats are on no grid (Tensor::quantization) any more.
Tensor& OwnBias(Graph& graph, Node& node);

// The filter of such a node, in a tensor of its own: another node may share the old one. Floats are
// on no grid any more.
Tensor& OwnFilter(Graph& graph, Node& node);

// Takes node `index`, which reads only input 0, out: its producer writes its output instead.
void MergeIntoProducer(Graph& graph, size_t producer, size_t index);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_NEIGHBOURS_H_
