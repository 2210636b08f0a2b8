// LaneGrid: a grid for the weights of a depthwise convolution's channel of which int16 holds all
// sums (kernels/lane_sums.h).

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANE_GRID_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANE_GRID_H_

#include <cstdint>
#include <optional>
#include <span>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

struct LaneGrid {
  float scale;
  int32_t most;  // what rounded weights of one sign may add up to
  // What weights and bias are multiplied by. It is less than 1 where they are so large that int16
  // would hold their sums in steps coarser than the output's alone: then nearly all of the sums are
  // beyond what the output can tell apart, and stay there.
  float factor;

  // The finest grid on which weights times the factor, rounded to nearest, fit, and the bias may
  // yet change a little; nothing where there is none. The scales of input and grid over
  // `output_scale` are a whole number of 2^-15, so that RequantizeLanes multiplies by it.
  static std::optional<LaneGrid> Of(std::span<const float> weights, float bias,
                                    const Quantization& input, float output_scale);
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_LANE_GRID_H_
