// EqualizeLayers: cross-layer equalisation (Nagel et al., Data-Free Quantization Through Weight
// Equalization and Bias Correction, 2019).

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_EQUALIZE_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_EQUALIZE_H_

#include <map>
#include <string>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/calibrate.h"

namespace wranglet {

// Which magnitudes of channels are balanced against the weights that read them.
enum class Balance {
  kWeights,      // those of the weights that make them, as in the paper: for a scale a filter
  kActivations,  // those measured (as in Xiao et al., SmoothQuant, 2022): for a scale a channel
};

// Where a layer with weights feeds another one, alone and through nothing but what is homogeneous
// (an activation that is none, Relu or LeakyRelu, pools, means over pixels, ...), divides the first
// one's channel c by a number s[c] and multiplies by it the second one's weights that read it. The
// function stays, and a channel that was small beside its neighbours gets more of their common
// scale. s[c] is the root of the channel's magnitude over its readers'; for a depthwise reader with
// Balance::kActivations it is the magnitude itself, for that one's channels have scales of their
// own.
//
// A Relu6, or another upper bound, allows it only to channels that stayed below the bound in all
// samples, and leaves them a half more room than they took; so there the function stays for inputs
// like the samples.
//
// `graph` is a valid Graph of float32 after its passes, `calibration` its own. Returns the numbers
// s of each first layer, by its name. Tensors keep their numbers and nodes their names; a tensor
// that is scaled has another name, for it is not the file's.
using ChannelFactors = std::map<std::string, std::vector<float>>;
ChannelFactors EqualizeLayers(Graph& graph, const Calibration& calibration, Balance balance);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_EQUALIZE_H_
