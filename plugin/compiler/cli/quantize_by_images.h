// QuantizeByImages: the integer form of a float network that sees images.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_QUANTIZE_BY_IMAGES_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_QUANTIZE_BY_IMAGES_H_

#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/quantize_from_samples.h"

namespace wranglet {

// Ranges of activations come from the calibration images; that of the input itself is what any
// image can hold. `labels` are the network's, or none. Errors: no calibration images, or one that
// cannot be read; a mistake in the labelled images; QuantizeFromSamples'.
Result<QuantizedNetwork> QuantizeByImages(const Graph& graph, const CompileOptions& options,
                                          const std::vector<std::string>& labels);

// A network of the same layers and sizes, without images, whose numbers mean nothing. Precision
// auto becomes int8.
Result<QuantizedNetwork> QuantizeByPlaceholders(const Graph& graph, const CompileOptions& options);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_QUANTIZE_BY_IMAGES_H_
