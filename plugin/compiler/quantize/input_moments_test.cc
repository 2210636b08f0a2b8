#include "plugin/compiler/quantize/input_moments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "plugin/compiler/quantize/layer_network.h"

namespace wranglet {
namespace {

// Samples of three channels: one at random, one that is half of it and half noise, a constant.
std::vector<Sample> Related(size_t count, size_t pixels) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<Sample> samples;
  for (size_t s = 0; s < count; ++s) {
    std::vector<float> values;
    for (size_t p = 0; p < pixels; ++p) {
      const float a = normal(random), b = normal(random);
      values.insert(values.end(), {3 + 2 * a, (a + b) * std::sqrt(0.5f), 7});
    }
    samples.push_back(LayerNetwork::SampleOf(values));
  }
  return samples;
}

Moments MomentsOf(const LayerNetwork& network, size_t node, const std::vector<Sample>& samples) {
  auto moments = MeasureInputs(network.graph, {node}, samples);
  EXPECT_TRUE(moments.ok()) << moments.error().ToString();
  return (*moments)[0][0];
}

TEST(MeasureInputs, KnowsMeansDeviationsAndCorrelations) {
  LayerNetwork network(40, 3);
  network.Pointwise({1, 2, 3}, {0});
  const Moments m = MomentsOf(network, 0, Related(200, 40));
  EXPECT_NEAR(m.mean[0], 3, 0.1);
  EXPECT_NEAR(m.mean[2], 7, 1e-5);
  EXPECT_NEAR(m.deviation[0], 2, 0.05);
  EXPECT_NEAR(m.deviation[1], 1, 0.05);
  EXPECT_EQ(m.deviation[2], 0);
  EXPECT_NEAR(m.correlation[1], std::sqrt(0.5), 0.03);
  EXPECT_EQ(m.correlation[1], m.correlation[3]);
  EXPECT_EQ(m.correlation[2], 0);
  EXPECT_EQ(m.correlation[8], 1);
}

TEST(MeasureInputs, SeesWhatALayerMakesAsTheNextOneReadsIt) {
  LayerNetwork network(40, 3);
  network.Pointwise({1, 0, 0, -1, 0, 0}, {0, 5}).Pointwise({1, 1}, {0});
  const Moments m = MomentsOf(network, 1, Related(50, 40));
  EXPECT_NEAR(m.mean[1], 2, 0.1);
  EXPECT_NEAR(m.correlation[1], -1, 0.01);
}

TEST(MeasureInputs, DoubtsCorrelationsThatSamplesDoNotShare) {
  LayerNetwork network(4, 40);
  network.Pointwise(std::vector<float>(40, 1), {0});
  const auto strongest = [&](size_t samples) {
    const Moments m = MomentsOf(network, 0, network.RandomSamples(samples, -1, 1));
    float most = 0;
    for (size_t i = 1; i < 40; ++i) most = std::max(most, std::abs(m.correlation[i]));
    return most;
  };
  EXPECT_EQ(strongest(1), 0) << "of one sample";
  // Four samples of four pixels, of 40 independent numbers, correlate by 1/4 on average.
  EXPECT_LT(strongest(4), 0.2);
  EXPECT_LT(strongest(400), 0.05);
}

}  // namespace
}  // namespace wranglet
