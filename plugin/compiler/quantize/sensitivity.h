// Sensitivity: how much each layer of a network loses by int8, and which layers need more.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_SENSITIVITY_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_SENSITIVITY_H_

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/run_samples.h"
#include "plugin/compiler/quantize/scheme.h"
#include "plugin/compiler/quantize/search.h"

namespace wranglet {

struct LayerSensitivity {
  size_t node = 0;  // its index
  std::string name;
  // Of the outputs, in decibels (the worst telling node's), when this layer alone reads and writes
  // int8 and all others compute in float32.
  double sqnr = 0;
};

// Of every node that computes in int8 by `precisions` and has a choice, in the order of the nodes.
Result<std::vector<LayerSensitivity>> MeasureSensitivity(const Graph& float_graph,
                                                         const Prepared& prepared,
                                                         const Precisions& precisions,
                                                         std::span<const Sample> samples);

// The nodes, by index, that have to compute in int16 for `reaches` to hold: the most sensitive
// ones, as many as it takes (found by bisection: more in int16 never hurts much), without those
// that can be spared again, tried from the least sensitive up. So no node of the set can be left
// out. `reaches` tells, of the nodes in int16, whether that is enough. An Error when all are not.
Result<std::vector<size_t>> SmallestSet(
    std::vector<LayerSensitivity> layers,
    const std::function<Result<bool>(const std::vector<size_t>&)>& reaches);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_SENSITIVITY_H_
