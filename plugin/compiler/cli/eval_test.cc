// What evaluations are made of: metrics, and pairs of layers.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "plugin/compiler/cli/eval_layers.h"
#include "plugin/compiler/cli/eval_metrics.h"
#include "plugin/compiler/cli/eval_report.h"

namespace wranglet {
namespace {

std::vector<Class> ClassesOf(const std::vector<int8_t>& stored) {
  const PlacedTensor output = {.dtype = DType::kInt8, .quantization = Quantization{{0.5f}, {-3}}};
  return *Classify(output, std::as_bytes(std::span(stored)), "probabilities", {});
}

TEST(Rank, OfEqualScoresTheLowerIndexIsFirst) {
  const std::vector<Class> classes = ClassesOf({4, 9, 4, 9, 4, 4, -128});
  EXPECT_EQ(RankOf(classes, 1), 0u);
  EXPECT_EQ(RankOf(classes, 3), 1u);
  EXPECT_EQ(RankOf(classes, 0), 2u);
  EXPECT_EQ(RankOf(classes, 2), 3u);
  EXPECT_EQ(RankOf(classes, 5), 5u);
  EXPECT_EQ(RankOf(classes, 6), 6u);
}

TEST(Score, CountsTheFirstAndTheFirstFive) {
  Score score;
  for (const size_t rank : {0, 1, 4, 5, 0}) score.Add(rank);
  EXPECT_EQ(score.images, 5u);
  EXPECT_EQ(score.top1, 2u);
  EXPECT_EQ(score.top5, 4u);
  EXPECT_DOUBLE_EQ(Percent(score.top1, score.images), 40.0);
  EXPECT_DOUBLE_EQ(Percent(0, 0), 0.0);
}

TEST(Loss, HasTheIntervalOfAgrestiAndMin) {
  // 10 lost and 3 gained of 100: (7 +- 1.96 sqrt(14 - 49 / 102)) / 102.
  const Loss loss = LossOf({.images = 100, .only_model = 3, .only_reference = 10});
  EXPECT_DOUBLE_EQ(loss.points, 7.0);
  EXPECT_NEAR(loss.least, -0.20, 0.01);
  EXPECT_NEAR(loss.most, 13.93, 0.01);
}

TEST(Loss, OfNetworksThatAgreeIsNotCertainlyZero) {
  const Loss loss = LossOf({.images = 500});
  EXPECT_EQ(loss.points, 0.0);
  EXPECT_NEAR(loss.most, 0.39, 0.01);
  EXPECT_DOUBLE_EQ(loss.least, -loss.most);
  EXPECT_EQ(LossOf({}).most, 0.0);
}

TEST(SignalToNoise, IsTheRatioOfPowersInDecibels) {
  SignalToNoise error;
  error.Add(std::vector<double>{3, -4}, std::vector<double>{3.3, -4.4});
  EXPECT_NEAR(error.Decibels(), 20.0, 1e-9) << "25 to 0.25";
  SignalToNoise both = error;
  both += error;
  EXPECT_NEAR(both.Decibels(), 20.0, 1e-9);
}

TEST(SignalToNoise, HasItsEnds) {
  SignalToNoise exact;
  exact.Add(std::vector<double>{1, 2}, std::vector<double>{1, 2});
  EXPECT_EQ(exact.Decibels(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(DecibelsOf(exact), "exact");
  SignalToNoise noise;
  noise.Add(std::vector<double>{0}, std::vector<double>{1});
  EXPECT_EQ(noise.Decibels(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(SignalToNoise().Decibels(), std::numeric_limits<double>::infinity()) << "nothing";
}

Graph GraphOf(const std::vector<Tensor>& outputs) {
  Graph graph;
  TensorId last = graph.Add({.name = "x", .shape = {1, 4}});
  graph.inputs = {last};
  for (const Tensor& output : outputs) {
    const TensorId id = graph.Add(output);
    graph.nodes.push_back(
        {.name = "make " + output.name, .op = Clamp{}, .inputs = {last}, .outputs = {id}});
    last = id;
  }
  return graph;
}

TEST(Layers, ArePairsOfTheSameNameAndShape) {
  const Quantization q = {{0.5f}, {0}};
  const Graph graph =
      GraphOf({{.name = "b", .dtype = DType::kInt8, .shape = {4}, .quantization = q},
               {.name = "", .shape = {4}},
               {.name = "c", .shape = {2, 2}},
               {.name = "index", .dtype = DType::kInt32, .shape = {4}},
               {.name = "only here", .shape = {4}},
               {.name = "a", .shape = {4}}});
  const Graph reference = GraphOf({{.name = "a", .shape = {4}},
                                   {.name = "b", .shape = {4}},
                                   {.name = "", .shape = {4}},
                                   {.name = "c", .shape = {4}},
                                   {.name = "index", .dtype = DType::kInt32, .shape = {4}}});
  const std::vector<LayerPair> pairs = PairLayers(graph, reference);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].node, "make b");
  EXPECT_EQ(pairs[0].tensor, 1);
  EXPECT_EQ(pairs[0].reference, 2);
  EXPECT_EQ(pairs[1].node, "make a");
}

TEST(Layers, AreComparedAsRealNumbers) {
  const Graph graph = GraphOf({{.name = "a",
                                .dtype = DType::kInt8,
                                .shape = {2},
                                .quantization = Quantization{{0.5f}, {1}}}});
  const Graph reference = GraphOf({{.name = "a", .shape = {2}}});
  const std::vector<LayerPair> pairs = PairLayers(graph, reference);
  LayerComparison comparison(graph, reference, pairs);
  const std::vector<float> wanted = {3.0f, -4.0f};
  const std::vector<int8_t> got = {7, -6};  // 3 and -3.5
  comparison.Keep()(1, std::as_bytes(std::span(wanted)));
  comparison.Compare()(0, std::as_bytes(std::span(got)));
  comparison.Compare()(1, std::as_bytes(std::span(got)));
  const std::vector<SignalToNoise> layers = std::move(comparison).Take();
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_DOUBLE_EQ(layers[0].signal, 25.0);
  EXPECT_DOUBLE_EQ(layers[0].noise, 0.25);
}

}  // namespace
}  // namespace wranglet
