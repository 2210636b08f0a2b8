// The manifest: all that the Worker knows of a model. docs/architecture.md describes its format.

#ifndef WRANGLET_PLUGIN_COMPILER_EMIT_MANIFEST_H_
#define WRANGLET_PLUGIN_COMPILER_EMIT_MANIFEST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/compiler/emit/steps.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/plan.h"

namespace wranglet {

// How an encoded image becomes an input tensor.
struct ImageInput {
  int32_t width = 0;
  int32_t height = 0;
  std::string color = "rgb";    // rgb | bgr | gray
  std::string crop = "center";  // center | stretch | letterbox
  // The stored value of each pixel value: 256 entries a channel, channel-major, each of the input's
  // dtype.
  std::vector<std::byte> table;
};

// What a Plan does not know of its model.
struct ModelInfo {
  std::string name;
  std::string precision = "int8";  // int8 | int16 | mixed | float32
  std::string simd = "relaxed";    // relaxed | simd128
  WeightsStorage storage = WeightsStorage::kEmbedded;
  std::vector<std::string> labels;                // empty when there are none
  std::vector<std::optional<ImageInput>> images;  // by input; missing ones are not images
  std::string compiler;                           // "wranglet 0.1.0"
};

// What an output means: "probabilities" when a Softmax made it, "logits" when it is another vector,
// "tensor" otherwise.
const char* OutputKind(const Graph& graph, TensorId output);

// The text of model.json. `graph` is what `plan` was made from, `steps` the text of steps.cc.
std::string Manifest(const Graph& graph, const Plan& plan, const ModelInfo& info,
                     std::string_view steps);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_EMIT_MANIFEST_H_
