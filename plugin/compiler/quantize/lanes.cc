#include "plugin/compiler/quantize/lanes.h"

#include <cstdint>
#include <variant>

namespace wranglet {

PairLanes LanesOf(const Operator& op, const Shape& filter) {
  const auto size = [&](size_t i) { return static_cast<int32_t>(filter[i]); };
  if (std::holds_alternative<DepthwiseConv2D>(op)) return PairLanes::OfDepthwise(size(1), size(2));
  if (std::holds_alternative<Conv2D>(op)) return PairLanes::OfRuns(size(1), size(2) * size(3));
  if (std::holds_alternative<FullyConnected>(op)) return PairLanes::OfRuns(1, size(1));
  return {};
}

}  // namespace wranglet
