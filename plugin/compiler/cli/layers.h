// Layers: what each node of a network costs.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_LAYERS_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_LAYERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

struct Layer {
  std::string name;
  std::string op;
  Shape output;
  int64_t macs = 0;        // multiply-accumulates
  int64_t parameters = 0;  // elements of its constants
  int64_t bytes = 0;       // that these take, as the file or the quantiser has them
};

// In the order in which they run.
std::vector<Layer> LayersOf(const Graph& graph);

// A layer named "total" that costs as much as all of them.
Layer TotalOf(const std::vector<Layer>& layers);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_LAYERS_H_
