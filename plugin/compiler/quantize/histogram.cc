#include "plugin/compiler/quantize/histogram.h"

#include <algorithm>
#include <cmath>

namespace wranglet {

void Histogram::WidenFor(double magnitude) {
  // The least power of two above it, over the bins of a side.
  const double needed = std::ldexp(1.0, std::ilogb(magnitude) + 1) / kSide;
  if (bins_.empty()) {
    bins_.resize(2 * kSide);
    width_ = needed;
  }
  for (; width_ < needed; width_ *= 2) {
    std::vector<uint64_t> merged(bins_.size());
    // Bin kSide begins at zero, and kSide is even: pairs meet there, and none lies across.
    for (size_t i = 0; i < bins_.size(); ++i) merged[kSide / 2 + i / 2] += bins_[i];
    bins_ = std::move(merged);
  }
}

void Histogram::Add(std::span<const float> values) {
  if (values.empty()) return;
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  const Range before = range_.value_or(Range{*min, *max});
  range_ = Range{std::min(before.min, *min), std::max(before.max, *max)};
  total_ += values.size();
  const double magnitude = std::max(std::abs(double{*min}), std::abs(double{*max}));
  if (magnitude > 0) WidenFor(magnitude);
  for (const float value : values) {
    if (value != 0) ++bins_[static_cast<size_t>(std::floor(value / width_) + kSide)];
  }
}

}  // namespace wranglet
