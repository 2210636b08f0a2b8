// For RemoveDeadChannels: channels that have one value whatever the network sees.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_CONSTANT_CHANNEL_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_CONSTANT_CHANNEL_H_

#include <optional>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/passes/channel_chain.h"

namespace wranglet {

// Of each channel: the value, as a summand (summands.h), of all its elements behind the last node
// of `chain.between`, if they have only one.
//
// Of int8, that is one that every input gives, to the bit. Of floats, one that float32 cannot tell
// from others as long as the numbers that the head reads are within 2^20 of 0. Such are channels
// whose weights are zero, or so small beside the bias that their products are less than half of the
// last digit; and those that the activation cuts off, as it does a bias of -2000 and weights of
// 1e-7 before a ReLU.
std::vector<std::optional<double>> ConstantValues(const Graph& graph, const ChannelChain& chain);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_CONSTANT_CHANNEL_H_
