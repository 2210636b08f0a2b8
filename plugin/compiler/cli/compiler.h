// Compile: from a network's file to a Plan, by way of every stage.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_COMPILER_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_COMPILER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/emit/manifest.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/preprocess/image_preprocess.h"
#include "plugin/compiler/quantize/quantize_from_samples.h"

namespace wranglet {

struct CompiledModel {
  Graph graph;  // what `plan` was made from
  Plan plan;
  ModelInfo info;
  CompileOptions options;
  // How a float network became what `graph` is, which is taken from here.
  std::optional<QuantizedNetwork> quantized;

  // Input 0 for an image file. An Error, which names the file, when it cannot be read, or when the
  // network takes something other than one image.
  Result<std::vector<std::byte>> ReadImage(const std::string& path) const;
};

// Reads, rewrites, quantises and plans the network. A float network becomes int8, int16 or both by
// its calibration images (QuantizeFromSamples); one that is quantised already stays as it is.
Result<CompiledModel> Compile(const CompileOptions& options);

// The same for one who only looks at layers and sizes, which no sample changes: a float network
// that should become int8 needs no calibration images, and its numbers mean nothing.
Result<CompiledModel> CompileForSizes(const CompileOptions& options);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_COMPILER_H_
