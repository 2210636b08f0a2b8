// Fidelity: how close a quantised network comes to the float network it was made from.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_FIDELITY_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_FIDELITY_H_

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/equalize.h"
#include "plugin/compiler/quantize/run_samples.h"

namespace wranglet {

// The names of the nodes whose outputs tell how well a network does: those that make its outputs,
// or, of probabilities and classes, what these are made from: a probability near 0 or 1 hides how
// large an error was. An output that no node computes from real values tells nothing.
std::vector<std::string> TellingNodes(const Graph& graph);

class Fidelity {
 public:
  // Runs the float network on the samples, and keeps them and what the nodes of these names put
  // out.
  static Result<Fidelity> Make(const Graph& float_graph, std::span<const Sample> samples,
                               std::vector<std::string> nodes);

  // Of each node the signal-to-noise ratio in decibels: the sum of squares of the float network's
  // numbers over that of `graph`'s differences from them, over all samples; within +-kMost, which
  // stands for equal. `graph` has the float graph's inputs, in any type, and nodes of these names.
  // Its channels count as many times as `factors` says, if it was equalised.
  Result<std::vector<double>> Of(const Graph& graph, const ChannelFactors& factors = {}) const;

  static constexpr double kMost = 200.0;

 private:
  Fidelity(std::span<const Sample> samples, std::vector<std::string> nodes)
      : samples_(samples), nodes_(std::move(nodes)) {}

  std::span<const Sample> samples_;
  std::vector<std::string> nodes_;
  std::vector<std::vector<std::vector<float>>> expected_;  // by sample and node
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_FIDELITY_H_
