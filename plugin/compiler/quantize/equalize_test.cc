#include "plugin/compiler/quantize/equalize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/layer_network.h"

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr Activation kRelu = {0, kInfinity}, kRelu6 = {0, 6};

Calibration CalibrationOf(const Graph& graph, const std::vector<Sample>& samples) {
  Result<Calibration> calibration = Calibrate(graph, InMemory(samples));
  EXPECT_TRUE(calibration.ok()) << calibration.error().ToString();
  return std::move(calibration).value();
}

// Equalises, and expects the network to be the same function of the samples.
ChannelFactors Equalize(LayerNetwork& network, const std::vector<Sample>& samples,
                        Balance balance) {
  const Graph before = network.graph;
  const ChannelFactors factors =
      EqualizeLayers(network.graph, CalibrationOf(before, samples), balance);
  EXPECT_TRUE(Validate(network.graph).ok());
  const Result<Fidelity> fidelity = Fidelity::Make(before, samples, {before.nodes.back().name});
  EXPECT_TRUE(fidelity.ok());
  EXPECT_GT((*fidelity->Of(network.graph))[0], 110.0);
  return factors;
}

std::vector<float> MostOf(const LayerNetwork& network, const std::vector<Sample>& samples,
                          size_t node) {
  const auto id = static_cast<size_t>(network.graph.nodes[node].outputs[0]);
  return CalibrationOf(network.graph, samples)[id].channel_most;
}

std::vector<float> Random(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random) * std::exp(normal(random));
  return values;
}

TEST(EqualizeLayers, BalancesWeightsThatMakeAndReadAChannel) {
  LayerNetwork network(4, 2);
  network.Pointwise({1, 0, 0, 0.01f}, {0, 0}, kRelu).Pointwise({1, 1}, {0});
  Equalize(network, network.RandomSamples(4, 0.5f, 1), Balance::kWeights);
  // made : read was 1 : 1 and 0.01 : 1; it becomes the same in both channels.
  const auto made = network.Filter(0), read = network.Filter(1);
  EXPECT_NEAR(made[3] / read[1], made[0] / read[0], 1e-4);
  EXPECT_NEAR(made[3] * read[1], 0.01f, 1e-6);
  EXPECT_EQ(network.graph.tensor(network.graph.nodes[0].outputs[0]).name, "layer0.out.equalized");
  EXPECT_EQ(network.graph.tensor(network.graph.nodes[1].outputs[0]).name, "layer1.out");
}

TEST(EqualizeLayers, ADepthwiseReaderLetsAllChannelsBecomeEqual) {
  LayerNetwork network(8, 3);
  network.Pointwise({1, 0, 0, 0, 0.1f, 0, 0, 0, 4}, {0, 0, 0}, kRelu)
      .Depthwise({1, 1, 1}, {0, 0, 0});
  const auto samples = network.RandomSamples(4, 0, 1);
  const std::vector<float> before = MostOf(network, samples, 0);
  const ChannelFactors factors = Equalize(network, samples, Balance::kActivations);
  const std::vector<float> after = MostOf(network, samples, 0);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(after[c], before[2], 1e-4);
    EXPECT_NEAR(factors.at("layer0")[c], before[c] / after[c], 1e-4);
  }
}

TEST(EqualizeLayers, UnderABoundOnlyChannelsWithRoomGrow) {
  LayerNetwork network(8, 3);
  // In the samples: up to 10, which the bound cuts; 0.6; and 5.
  network.Pointwise({10, 0, 0, 0, 0.6f, 0, 0, 0, 5}, {0, 0, 0}, kRelu6)
      .Depthwise({1, 1, 1}, {0, 0, 0});
  const auto samples = network.RandomSamples(8, 0, 1);
  const std::vector<float> before = MostOf(network, samples, 0);
  const ChannelFactors factors = Equalize(network, samples, Balance::kActivations);
  const std::vector<float>& s = factors.at("layer0");
  EXPECT_EQ(s[0], 1.0f);
  EXPECT_NEAR(before[1] / s[1], 4.0f, 0.01f);  // 6 / 1.5
  EXPECT_EQ(s[2], 1.0f);
}

TEST(EqualizeLayers, DeadChannelsStayAsTheyAre) {
  LayerNetwork network(4, 2);
  network.Pointwise({1, 0, 0, 0}, {0, 0}, kRelu).Pointwise({0.01f, 1}, {0});
  const ChannelFactors factors =
      Equalize(network, network.RandomSamples(2, 0, 1), Balance::kWeights);
  for (const auto& [name, s] : factors) EXPECT_EQ(s[1], 1.0f);
  EXPECT_EQ(network.Filter(1)[1], 1.0f);
}

TEST(EqualizeLayers, WhatOthersReadTooStays) {
  LayerNetwork network(4, 2);
  network.Pointwise({1, 0, 0, 0.01f}, {0, 0}, kRelu);
  const TensorId shared = network.graph.outputs[0];
  network.Pointwise({1, 0, 0, 1}, {0, 0}).Append(Binary{}, {shared});
  EXPECT_TRUE(Equalize(network, network.RandomSamples(2, 0, 1), Balance::kActivations).empty());
}

TEST(EqualizeLayers, AShiftedActivationIsNotHomogeneous) {
  LayerNetwork network(4, 2);
  network.Pointwise({1, 0, 0, 0.01f}, {0, 0}, {-1, 1}).Pointwise({1, 1}, {0});
  EXPECT_TRUE(Equalize(network, network.RandomSamples(2, 0, 1), Balance::kActivations).empty());
}

// Every kind of layer, groups, and what lies between.
TEST(EqualizeLayers, KeepsTheFunction) {
  for (const Balance balance : {Balance::kWeights, Balance::kActivations}) {
    for (uint32_t seed = 0; seed < 10; ++seed) {
      LayerNetwork network(6, 4);
      network.Pointwise(Random(32, seed), Random(8, seed + 1), kRelu)
          .Depthwise(Random(8, seed + 2), Random(8, seed + 3), kRelu)
          .Append(Reshape{})
          .Pointwise(Random(48, seed + 4), Random(12, seed + 5), {}, 2)
          .Pointwise(Random(24, seed + 6), Random(2, seed + 7));
      const ChannelFactors factors =
          Equalize(network, network.RandomSamples(4, -1, 1, seed), balance);
      EXPECT_GE(factors.size(), 2u);
    }
  }
}

}  // namespace
}  // namespace wranglet
