// RunSamples: a float network, or a form of it, on samples of its inputs.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_RUN_SAMPLES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_RUN_SAMPLES_H_

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The bytes of every input of the network, as the float network takes them.
using Sample = std::vector<std::vector<std::byte>>;

// Samples 0 to count - 1, each made when it is asked for: from several threads at once.
struct Samples {
  size_t count = 0;
  std::function<Result<Sample>(size_t)> at;
};

// Samples that are there already, and stay so.
Samples InMemory(std::span<const Sample> samples);

// Sees real values of the output of watched node `watched` in sample `sample`.
using SeeValues = std::function<void(size_t sample, size_t watched, std::span<const float> values)>;

// Plans `graph`, whose inputs may be float32, int8 or int16, and runs it on the samples, on all
// cores: `see` is called from several threads at once, though never for the same sample, and in
// the order of nodes for each. `watched` are names of nodes. Errors: the planner's, a watched node
// that does not exist or puts out other types, the first sample's that cannot be made or has the
// wrong size.
Status RunSamples(const Graph& graph, const Samples& samples,
                  const std::vector<std::string>& watched, const SeeValues& see);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_RUN_SAMPLES_H_
