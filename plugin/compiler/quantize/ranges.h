// Ranges: between which real numbers each activation of a network lies.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_RANGES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_RANGES_H_

#include <optional>
#include <vector>

namespace wranglet {

struct Range {
  float min = 0.0f;
  float max = 0.0f;
  bool operator==(const Range&) const = default;
};

// By TensorId; nothing for constants and for tensors nobody has seen.
using Ranges = std::vector<std::optional<Range>>;

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_RANGES_H_
