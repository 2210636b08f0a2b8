#include "plugin/compiler/quantize/accuracy.h"

#include <gtest/gtest.h>

#include <vector>

#include "plugin/compiler/quantize/layer_network.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

// Answers with the larger one of two inputs, or, of its quantised form, with whichever is the first
// of those that are stored alike.
LayerNetwork Larger() {
  LayerNetwork network(1, 2);
  network.Pointwise({1, 0, 0, 1}, {0, 0});
  return network;
}

// Whose steps are one wide.
Graph Coarse(const Graph& graph) {
  return *QuantizeGraph(graph, Ranges(graph.tensors.size(), Range{-128, 127}));
}

// Of these the coarse form sees but the first two.
std::vector<Sample> Inputs() {
  std::vector<Sample> samples;
  for (const auto& values : {std::vector<float>{3, 1}, {1, 3}, {2.1f, 2.2f}, {5.3f, 5.4f}}) {
    samples.push_back(LayerNetwork::SampleOf(values));
  }
  return samples;
}

TEST(Accuracy, CountsWhatTheQuantisedNetworkGetsWrong) {
  const LayerNetwork network = Larger();
  const auto samples = Inputs();
  const LabelledSamples labelled = {InMemory(samples), {0, 1, 1, 1}};
  const Result<Accuracy> accuracy = Accuracy::Make(network.graph, labelled);
  ASSERT_TRUE(accuracy.ok()) << accuracy.error().ToString();
  EXPECT_EQ(accuracy->PointsOfOne(), 25.0);
  EXPECT_EQ(*accuracy->LossOf(network.graph), 0.0);
  EXPECT_EQ(*accuracy->LossOf(Coarse(network.graph)), 50.0);
}

TEST(Accuracy, IsLessThanNothingLostWhenRoundingHelps) {
  const LayerNetwork network = Larger();
  const auto samples = Inputs();
  const LabelledSamples labelled = {InMemory(samples), {0, 1, 0, 0}};
  EXPECT_EQ(*Accuracy::Make(network.graph, labelled)->LossOf(Coarse(network.graph)), -50.0);
}

TEST(Accuracy, WithoutClassesIsAgreement) {
  const LayerNetwork network = Larger();
  const auto samples = Inputs();
  const LabelledSamples labelled = {InMemory(samples), {}};
  EXPECT_EQ(*Accuracy::Make(network.graph, labelled)->LossOf(Coarse(network.graph)), 50.0);
}

TEST(Accuracy, ASampleThatCannotBeMadeIsAnError) {
  const LayerNetwork network = Larger();
  const LabelledSamples labelled = {{3, [](size_t i) -> Result<Sample> {
                                       if (i > 0)
                                         return Error{.message = "no sample " + std::to_string(i)};
                                       return LayerNetwork::SampleOf({1, 2});
                                     }}};
  const Result<Accuracy> accuracy = Accuracy::Make(network.graph, labelled);
  ASSERT_FALSE(accuracy.ok());
  EXPECT_EQ(accuracy.error().message, "no sample 1");
}

TEST(Accuracy, ANetworkThatComputesNothingHasNone) {
  const LayerNetwork network(1, 2);
  EXPECT_FALSE(Accuracy::Make(network.graph, {InMemory({}), {}}).ok());
}

}  // namespace
}  // namespace wranglet
