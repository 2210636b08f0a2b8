#include "plugin/compiler/quantize/accuracy.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace wranglet {

Result<Accuracy> Accuracy::Make(const Graph& float_graph, const LabelledSamples& labelled) {
  const int32_t maker = float_graph.Producers()[static_cast<size_t>(float_graph.outputs[0])];
  if (maker < 0) {
    return Error{.message = "no node computes the first output, so it has no accuracy",
                 .file = float_graph.file};
  }
  Accuracy accuracy;
  accuracy.labelled_ = &labelled;
  accuracy.output_ = float_graph.nodes[static_cast<size_t>(maker)].name;
  WRANGLET_ASSIGN(std::vector<size_t> answers, accuracy.FirstClasses(float_graph));
  accuracy.expected_ = labelled.classes.empty() ? answers : labelled.classes;
  accuracy.float_right_ = accuracy.RightOf(answers);
  return accuracy;
}

Result<double> Accuracy::LossOf(const Graph& graph) const {
  WRANGLET_ASSIGN(const std::vector<size_t> answers, FirstClasses(graph));
  return (static_cast<double>(float_right_) - static_cast<double>(RightOf(answers))) *
         PointsOfOne();
}

Result<std::vector<size_t>> Accuracy::FirstClasses(const Graph& graph) const {
  std::vector<size_t> first(labelled_->samples.count);
  WRANGLET_RETURN_IF_ERROR(RunSamples(graph, labelled_->samples, {output_},
                                      [&](size_t sample, size_t, std::span<const float> scores) {
                                        const auto highest =
                                            std::max_element(scores.begin(), scores.end());
                                        first[sample] =
                                            static_cast<size_t>(highest - scores.begin());
                                      }));
  return first;
}

size_t Accuracy::RightOf(const std::vector<size_t>& answers) const {
  size_t right = 0;
  for (size_t i = 0; i < answers.size(); ++i) right += answers[i] == expected_[i];
  return right;
}

}  // namespace wranglet
