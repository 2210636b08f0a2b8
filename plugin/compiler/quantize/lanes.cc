#include "plugin/compiler/quantize/lanes.h"

#include <cstdint>
#include <variant>

namespace wranglet {

PairLanes LanesOf(const Operator& op, const Shape& filter) {
  const auto size = [&](size_t i) { return static_cast<int32_t>(filter[i]); };
  if (std::holds_alternative<DepthwiseConv2D>(op)) return PairLanes::OfDepthwise(size(1), size(2));
  if (const auto* conv = std::get_if<Conv2D>(&op)) {
    const int32_t run = size(2) * size(3);
    const bool has_runs = conv->groups == 1 && conv->window.dilation_w == 1;
    return has_runs && run > PairLanes::kShortRun ? PairLanes::OfRuns(size(1), run) : PairLanes();
  }
  if (std::holds_alternative<FullyConnected>(op)) return PairLanes::OfRuns(1, size(1));
  return {};
}

}  // namespace wranglet
