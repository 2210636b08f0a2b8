// Histogram: how often an activation took which values.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_HISTOGRAM_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_HISTOGRAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "plugin/compiler/quantize/ranges.h"

namespace wranglet {

// Values in bins of one width, a power of two, which doubles as larger values come: bins merge in
// pairs then, so that one pass over the samples is enough, and their order does not matter.
class Histogram {
 public:
  // Bins on either side of zero. The largest value seen lies in the upper half of its side.
  static constexpr int kSide = 4096;

  // Every value finite.
  void Add(std::span<const float> values);

  // From the least to the greatest value; nothing before the first.
  const std::optional<Range>& range() const { return range_; }
  // How many values there were, zeros among them, which are in no bin: every quantisation has them
  // exactly.
  uint64_t total() const { return total_; }

  double width() const { return width_; }
  // Bin i holds values from (i - kSide) * width() up to, and without, the next bin's. Empty when
  // all values were zero.
  const std::vector<uint64_t>& bins() const { return bins_; }
  double CentreOf(size_t bin) const { return (static_cast<double>(bin) - kSide + 0.5) * width_; }

 private:
  void WidenFor(double magnitude);

  std::optional<Range> range_;
  uint64_t total_ = 0;
  double width_ = 0;
  std::vector<uint64_t> bins_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_HISTOGRAM_H_
