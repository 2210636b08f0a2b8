// For RemoveDeadChannels: the stretch of a network in which a channel can go without others
// knowing.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_CHANNEL_CHAIN_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_CHANNEL_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// A node that makes channels of all that it reads, nodes that treat each of them by itself, and
// nodes that again make their own channels of all: Conv2D -> DepthwiseConv2D -> Conv2D. The head
// and the readers are Conv2D of one group or FullyConnected; they and the DepthwiseConv2D between
// have constant weights, all of float or all of int8 (HasInt8Weights). The channels are the last
// dimension of every tensor between, and nobody else reads those.
struct ChannelChain {
  size_t head;
  std::vector<size_t> between;   // in order, each alone reading what the one before makes
  std::vector<int32_t> readers;  // at least one, of what the last makes
};

// That of node `head`, if it is the head of one. `consumers` is graph.Consumers().
std::optional<ChannelChain> ChainFrom(const Graph& graph,
                                      const std::vector<std::vector<int32_t>>& consumers,
                                      size_t head);

// Whether a window goes beyond the edge of its image.
bool IsPadded(const Window& window);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_CHANNEL_CHAIN_H_
