// For tests of RemoveDeadChannels: networks that have something to remove.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_TESTING_DEAD_CHANNELS_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_TESTING_DEAD_CHANNELS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/graph/traits.h"

namespace wranglet {

// Makes a third of the filters of convolutions and fully connected nodes, float32 or int8, zeros.
inline void KillChannels(Graph& graph, std::mt19937& random) {
  for (const Node& node : graph.nodes) {
    const std::optional<int> axis = FilterChannelAxis(node.op);
    if (!axis || *axis != 0) continue;
    Tensor& filter = graph.tensor(node.inputs[1]);
    const std::span<std::byte> bytes = *filter.constant;
    const auto channels = static_cast<size_t>(filter.shape[0]);
    const size_t channel_bytes = bytes.size() / channels;
    for (size_t c = 0; c < channels; ++c) {
      if (random() % 3 != 0) continue;
      int32_t zero = 0;  // whose bytes are those of 0.0f, too
      if (filter.quantization) {
        const auto& zero_point = filter.quantization->zero_point;
        zero = zero_point[zero_point.size() == 1 ? 0 : c];
      }
      std::ranges::fill(bytes.subspan(c * channel_bytes, channel_bytes),
                        static_cast<std::byte>(zero));
    }
  }
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_TESTING_DEAD_CHANNELS_H_
