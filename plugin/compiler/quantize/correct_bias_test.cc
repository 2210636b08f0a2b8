#include "plugin/compiler/quantize/correct_bias.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "plugin/compiler/quantize/layer_network.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

// Mean of the last layer's output over samples.
double MeanOf(const Graph& graph, const std::vector<Sample>& samples) {
  std::vector<double> sums(samples.size());
  EXPECT_TRUE(RunSamples(graph, InMemory(samples), {graph.nodes.back().name},
                         [&](size_t sample, size_t, std::span<const float> values) {
                           for (const float v : values) {
                             sums[sample] += v / static_cast<double>(values.size());
                           }
                         })
                  .ok());
  double sum = 0;
  for (const double s : sums) sum += s / static_cast<double>(sums.size());
  return sum;
}

// One large weight, and eight that int8 rounds to zero.
LayerNetwork Lossy(Activation activation) {
  LayerNetwork network(16, 9);
  std::vector<float> filter(9, 0.49f / 127);
  filter[0] = 1;
  network.Pointwise(filter, {-0.3f}, activation);
  return network;
}

double Shift(const LayerNetwork& network, const Graph& graph, const std::vector<Sample>& samples,
             const Ranges& ranges) {
  const Result<Graph> quantized = QuantizeGraph(graph, ranges);
  EXPECT_TRUE(quantized.ok()) << quantized.error().ToString();
  return MeanOf(*quantized, samples) - MeanOf(network.graph, samples);
}

class CorrectBiasesTest : public testing::TestWithParam<Activation> {};

TEST_P(CorrectBiasesTest, MakesTheMeansEqual) {
  const LayerNetwork network = Lossy(GetParam());
  const auto samples = network.RandomSamples(40, 0, 1);
  const Result<Calibration> calibration = Calibrate(network.graph, InMemory(samples));
  const Ranges ranges = EstimateRanges(Estimator::kMinMax, *calibration);
  EXPECT_GT(std::abs(Shift(network, network.graph, samples, ranges)), 0.005);
  Graph corrected = network.graph;
  ASSERT_TRUE(
      CorrectBiases(corrected, network.graph, ranges, Uniform(corrected, DType::kInt8), samples)
          .ok());
  EXPECT_LT(std::abs(Shift(network, corrected, samples, ranges)), 0.0015);
}

INSTANTIATE_TEST_SUITE_P(Activations, CorrectBiasesTest,
                         testing::Values(Activation{}, Activation{.min = 0}, Activation{0, 0.4f}));

TEST(CorrectBiases, LeavesChannelsThatAreNeverFree) {
  LayerNetwork network(4, 1);
  network.Pointwise({1}, {-5}, {.min = 0});
  const auto samples = network.RandomSamples(4, 0, 1);
  Graph corrected = network.graph;
  ASSERT_TRUE(CorrectBiases(corrected, network.graph, Ranges(corrected.tensors.size(), Range{0, 1}),
                            Uniform(corrected, DType::kInt8), samples)
                  .ok());
  EXPECT_EQ(corrected.tensor(corrected.nodes[0].inputs[2]).ConstantAs<float>()[0], -5.0f);
}

TEST(CorrectBiases, LeavesFloatLayers) {
  LayerNetwork network = Lossy({});
  Graph corrected = network.graph;
  ASSERT_TRUE(CorrectBiases(corrected, network.graph, {}, Uniform(corrected, DType::kFloat32),
                            network.RandomSamples(2, 0, 1))
                  .ok());
  EXPECT_EQ(corrected.tensors.size(), network.graph.tensors.size());
}

}  // namespace
}  // namespace wranglet
