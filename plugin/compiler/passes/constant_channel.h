// For RemoveDeadChannels: channels that have one value whatever the network sees.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_CONSTANT_CHANNEL_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_CONSTANT_CHANNEL_H_

#include <cstddef>
#include <optional>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/passes/channel_chain.h"

namespace wranglet {

// The value of every element of a channel behind the last node of `chain.between`, if there is only
// one that float32 can tell as long as the numbers that the head reads are within 2^20 of 0.
//
// Such are channels whose weights are zero, or so small beside the bias that their products are
// less than half of the float32's last digit; and those that the activation cuts off, as it does a
// bias of -2000 and weights of 1e-7 before a ReLU.
std::optional<float> ConstantValue(const Graph& graph, const ChannelChain& chain, size_t channel);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_CONSTANT_CHANNEL_H_
