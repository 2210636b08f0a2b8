// Layers: what each node of a network costs.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_LAYERS_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_LAYERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/plan.h"

namespace wranglet {

struct Layer {
  std::string name;
  std::string op;
  std::vector<Shape> inputs;  // of its activations
  Shape output;
  DType dtype = DType::kFloat32;             // of the output
  std::optional<Quantization> quantization;  // of the output
  std::optional<size_t> filter_scales;       // of a quantised filter: 1, or one a channel
  int64_t macs = 0;                          // multiply-accumulates
  int64_t parameters = 0;                    // elements of its constants
  int64_t bytes = 0;       // that these take, as the file or the quantiser has them
  int64_t live_bytes = 0;  // the most of the arena in use during its steps; 0 when it has none
};

// In the order in which they run. `plan` is of `graph`.
std::vector<Layer> LayersOf(const Graph& graph, const Plan& plan);

// A layer named "total" that costs as much as all of them, and as much of the arena as the one that
// takes the most.
Layer TotalOf(const std::vector<Layer>& layers);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_LAYERS_H_
