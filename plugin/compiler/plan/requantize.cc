#include "plugin/compiler/plan/requantize.h"

#include <algorithm>
#include <cmath>

namespace wranglet {

int32_t QuantizeInt8(float real, float scale, int32_t zero_point) {
  const float stored = real / scale + static_cast<float>(zero_point);
  return static_cast<int32_t>(std::lrintf(std::clamp(stored, -128.0f, 127.0f)));
}

Int8Output OutputOf(const Quantization& output, const Activation& activation) {
  auto stored = [&](float real) {
    return QuantizeInt8(real, output.scale[0], output.zero_point[0]);
  };
  return {output.zero_point[0], stored(activation.min), stored(activation.max)};
}

FloatOutput OutputOf(const Activation& activation) { return {activation.min, activation.max}; }

std::vector<float> RequantizationScales(float input, const std::vector<float>& filter, float output,
                                        int64_t channels) {
  std::vector<float> scales(static_cast<size_t>(channels));
  for (size_t c = 0; c < scales.size(); ++c) {
    scales[c] = input * filter[filter.size() == 1 ? 0 : c] / output;
  }
  return scales;
}

}  // namespace wranglet
