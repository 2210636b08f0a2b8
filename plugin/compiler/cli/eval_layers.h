// EvalLayers: how far a network's activations are from those of another one of the same function.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_EVAL_LAYERS_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_EVAL_LAYERS_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "plugin/compiler/cli/eval_metrics.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {

// A tensor that both networks compute.
struct LayerPair {
  std::string node;  // of the network that is evaluated
  std::string op;
  Shape shape;
  TensorId tensor = kNoTensor;
  TensorId reference = kNoTensor;  // the tensor of the same name and shape
};

// In the order of `graph`'s nodes. Nodes whose output's name the reference does not compute, as it
// was fused away there, have none.
std::vector<LayerPair> PairLayers(const Graph& graph, const Graph& reference);

// Compares the activations of one inference of both.
class LayerComparison {
 public:
  LayerComparison(const Graph& graph, const Graph& reference, std::span<const LayerPair> pairs);

  // Of the run of the reference, which comes first, and of the network's.
  Runner::Observer Keep();
  Runner::Observer Compare();

  // By pair.
  std::vector<SignalToNoise> Take() && { return std::move(layers_); }

 private:
  const Graph& graph_;
  const Graph& reference_;
  std::span<const LayerPair> pairs_;
  std::vector<std::vector<std::byte>> kept_;  // by pair
  std::vector<SignalToNoise> layers_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_EVAL_LAYERS_H_
