// Accuracy: how many images a quantised network knows less than the float network it was made from.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_ACCURACY_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_ACCURACY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/run_samples.h"

namespace wranglet {

// Samples of a classifier, and the class of each. Without classes, a network is right where it
// answers as the float network does.
struct LabelledSamples {
  Samples samples;
  std::vector<size_t> classes;
};

class Accuracy {
 public:
  // Runs the float network, whose first output has a score a class, on all samples; there has to be
  // one or more. Keeps a reference to `labelled`. Errors: RunSamples', an output that no node
  // computes.
  static Result<Accuracy> Make(const Graph& float_graph, const LabelledSamples& labelled);

  // How many points of top-1 accuracy `graph` has less than the float network; without classes, the
  // percentage of samples of which it says something else. Less than zero when it has more.
  // `graph` has the float graph's inputs, in any type, and its output's node.
  Result<double> LossOf(const Graph& graph) const;

  // What one sample is worth, in points.
  double PointsOfOne() const { return 100.0 / static_cast<double>(labelled_->samples.count); }

 private:
  // Of every sample the class with the highest score; of equal ones the lower index, as in the
  // Worker.
  Result<std::vector<size_t>> FirstClasses(const Graph& graph) const;
  size_t RightOf(const std::vector<size_t>& answers) const;

  const LabelledSamples* labelled_ = nullptr;
  std::string output_;  // the node that makes the first output
  std::vector<size_t> expected_;
  size_t float_right_ = 0;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_ACCURACY_H_
