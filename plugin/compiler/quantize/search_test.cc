#include "plugin/compiler/quantize/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/layer_network.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/quantize/quantize_from_samples.h"

namespace wranglet {
namespace {

constexpr Activation kRelu = {0, std::numeric_limits<float>::infinity()};

QuantizedNetwork Quantized(const LayerNetwork& network, const std::vector<Sample>& samples,
                           const QuantizeOptions& options) {
  Result<QuantizedNetwork> quantized =
      QuantizeFromSamples(network.graph, InMemory(samples), options);
  EXPECT_TRUE(quantized.ok()) << quantized.error().ToString();
  return std::move(quantized).value();
}

bool Reports(const QuantizedNetwork& quantized, const std::string& what) {
  return std::any_of(quantized.report.begin(), quantized.report.end(),
                     [&](const std::string& line) { return line.find(what) != std::string::npos; });
}

TEST(QuantizeFromSamples, EqualisesChannelsOfUnlikeSizes) {
  // The small channel counts as much as the large one.
  LayerNetwork network(16, 2);
  network.Pointwise({1, 0, 0, 0.01f}, {0, 0}, kRelu).Pointwise({1, 100, 1, -100}, {0, 0});
  const auto samples = network.RandomSamples(16, -1, 1);
  const auto plain = Quantized(network, samples, {.estimator = Estimator::kMinMax});
  const auto searched = Quantized(network, samples, {});
  EXPECT_TRUE(Reports(searched, "equalised"));
  EXPECT_GT(searched.sqnr, plain.sqnr + 10);
}

// Channels below a bound, of sizes that are more or less unlike: some gain by it, others hardly.
TEST(QuantizeFromSamples, EqualisesByActivationsForNoLessThanADecibel) {
  int taken = 0;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    const float unlike = 0.05f * static_cast<float>(seed % 20);
    LayerNetwork network(16, 4);
    for (int layer = 0; layer < 3; ++layer) {
      std::vector<float> weights(16);
      for (size_t i = 0; i < 16; ++i) {
        weights[i] = normal(random) * std::exp(unlike * normal(random)) / 2;
      }
      network.Pointwise(weights, {0, 0, 0, 0}, {0, 6});
    }
    const auto quantized = Quantized(network, network.RandomSamples(4, -1, 1), {});
    for (const std::string& line : quantized.report) {
      double after, before;
      if (std::sscanf(line.c_str(), "equalised by activations: %lf dB, from %lf", &after,
                      &before) == 2) {
        EXPECT_GE(after, before + 0.99) << line;
        ++taken;
      }
    }
  }
  EXPECT_GT(taken, 0);
}

TEST(QuantizeFromSamples, ClipsATensorThatHasAnOutlier) {
  // An input in ten thousand is a hundred times larger, and the second layer saturates it.
  LayerNetwork network(20000, 1);
  network.Pointwise({1}, {0}).Pointwise({1}, {0}, {-1, 1}).Pointwise({1}, {0});
  auto samples = network.RandomSamples(2, -1, 1);
  for (Sample& sample : samples) {
    auto* values = reinterpret_cast<float*>(sample[0].data());
    values[0] = 100;
    values[1] = -100;
  }
  QuantizeOptions options{.known = Ranges(network.graph.tensors.size())};
  options.known[0] = Range{-1, 1};  // the input itself is another matter
  const auto searched = Quantized(network, samples, options);
  options.estimator = Estimator::kMinMax;
  EXPECT_GT(searched.sqnr, Quantized(network, samples, options).sqnr + 10);
}

TEST(QuantizeFromSamples, NeverMeasuresWorseThanTheNetworkAsItIs) {
  LayerNetwork network(16, 3);
  network.Pointwise({1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3}, kRelu)
      .Depthwise({1, 0.1f, 3}, {0, 1, 0}, kRelu)
      .Pointwise({1, 1, -1, 0.5f, 0.1f, 0}, {0, 0});
  const auto samples = network.RandomSamples(16, -1, 1);
  const auto searched = Quantized(network, samples, {});
  ASSERT_FALSE(searched.report.empty());
  EXPECT_TRUE(searched.report[0].starts_with("as it is: ")) << searched.report[0];
}

TEST(QuantizeFromSamples, GivesTheSameEachTime) {
  LayerNetwork network(16, 2);
  network.Pointwise({1, 0.3f, 0.2f, 0.01f}, {0, 0}, kRelu).Pointwise({1, 10, 1, -10}, {0, 0});
  const auto samples = network.RandomSamples(8, -1, 1);
  const auto first = Quantized(network, samples, {}), second = Quantized(network, samples, {});
  ASSERT_EQ(first.graph.tensors.size(), second.graph.tensors.size());
  for (size_t i = 0; i < first.graph.tensors.size(); ++i) {
    EXPECT_EQ(first.graph.tensors[i].constant, second.graph.tensors[i].constant);
    EXPECT_EQ(first.graph.tensors[i].quantization, second.graph.tensors[i].quantization);
  }
  EXPECT_EQ(first.report, second.report);
}

TEST(QuantizeFromSamples, MeasuresSensitivityWhenAsked) {
  LayerNetwork network(4, 1);
  network.Pointwise({1}, {0}).Pointwise({2}, {0});
  const auto samples = network.RandomSamples(4, -1, 1);
  EXPECT_TRUE(Quantized(network, samples, {}).sensitivity.empty());
  EXPECT_EQ(Quantized(network, samples, {.wants_sensitivity = true}).sensitivity.size(), 2u);
}

TEST(QuantizeFromSamples, Int8ThatIsGoodEnoughStaysInt8) {
  LayerNetwork network(4, 1);
  network.Pointwise({1}, {0}).Pointwise({2}, {0});
  const auto quantized = Quantized(network, network.RandomSamples(4, -1, 1), {.min_sqnr = 20});
  EXPECT_TRUE(quantized.int16_layers.empty());
}

// One channel is a thousand times larger than the one that is heard, and a bound keeps them from
// being equalised.
LayerNetwork Unequal() {
  LayerNetwork network(16, 2);
  network.Pointwise({1, 0, 0, 1000}, {0, 0}, {-1, 1000})
      .Pointwise({1, 0}, {0})
      .Pointwise({2}, {0})
      .Pointwise({-1}, {0});
  return network;
}

TEST(QuantizeFromSamples, Int16KeepsWhatInt8Loses) {
  const LayerNetwork network = Unequal();
  const auto samples = network.RandomSamples(8, -1, 1);
  EXPECT_LT(Quantized(network, samples, {}).sqnr, 10);
  const auto int16 = Quantized(network, samples, {.precision = DType::kInt16});
  EXPECT_GT(int16.sqnr, 25);
}

TEST(QuantizeFromSamples, Int16CorrectsBiases) {
  // All of 200 weights are rounded down, by 0.4 of a step, which positive inputs make a bias.
  LayerNetwork network(4, 200);
  std::vector<float> filter(200, 0.014f);
  filter[0] = 1.27f;
  network.Pointwise(filter, {0});
  const auto samples = network.RandomSamples(8, 0, 1);
  QuantizeOptions options = {.precision = DType::kInt16};
  const auto corrected = Quantized(network, samples, options);
  EXPECT_TRUE(Reports(corrected, "biases corrected"));
  options.estimator = Estimator::kMinMax;
  EXPECT_GT(corrected.sqnr, Quantized(network, samples, options).sqnr + 6);
}

TEST(QuantizeFromSamples, Int16KeepsSumsToWhatItsKernelsCanAdd) {
  // The bias of an almost silent channel, in units of such small weights, has 40 bits.
  LayerNetwork network(4, 1);
  network.Pointwise({1e-9f, 1}, {30, 0}).Pointwise({1, 1}, {0});
  const auto samples = network.RandomSamples(4, -1, 1);
  EXPECT_GT(Quantized(network, samples, {.precision = DType::kInt16}).sqnr, 40);
}

TEST(QuantizeFromSamples, OnlyTheLayersThatNeedItComputeInInt16) {
  const LayerNetwork network = Unequal();
  const auto samples = network.RandomSamples(8, -1, 1);
  const auto mixed = Quantized(network, samples, {.min_sqnr = 25});
  EXPECT_EQ(mixed.int16_layers, (std::vector<std::string>{"layer0", "layer1"}));
  EXPECT_GE(mixed.sqnr, 25);
}

TEST(QuantizeFromSamples, KeepsAnAccuracy) {
  // A third channel, which nobody hears, takes the stored values that would tell the first two
  // apart.
  LayerNetwork network(1, 3);
  network.Pointwise({1, 0, 0, 0, 1, 0, 0, 0, 100}, {0, 0, 0}, {-1, 100})
      .Pointwise({1, 0, 0, 0, 1, 0}, {0, 0})
      .Pointwise({1, 0, 0, 1}, {0, 0});
  const auto samples = network.RandomSamples(64, -1, 1);
  const auto with = [&](double max_loss) {
    QuantizeOptions options;
    options.accuracy = {max_loss, {InMemory(samples), {}}};
    return Quantized(network, samples, options);
  };
  const QuantizedNetwork all_int8 = with(100);
  EXPECT_TRUE(all_int8.int16_layers.empty());
  EXPECT_GT(*all_int8.accuracy_loss, 10.0);
  const QuantizedNetwork mixed = with(5);
  EXPECT_LE(*mixed.accuracy_loss, 5.0);
  EXPECT_FALSE(mixed.int16_layers.empty());
  EXPECT_LT(mixed.int16_layers.size(), 3u);
}

TEST(QuantizeFromSamples, MoreThanInt16CanGiveIsAnError) {
  const LayerNetwork network = Unequal();
  const Result<QuantizedNetwork> quantized = QuantizeFromSamples(
      network.graph, InMemory(network.RandomSamples(4, -1, 1)), {.min_sqnr = 120});
  ASSERT_FALSE(quantized.ok());
  EXPECT_EQ(quantized.error().message, "int16 in all layers is not enough");
}

TEST(QuantizeFromSamples, WhatHasNoKernelStaysFloat) {
  LayerNetwork network(4, 2);
  network.Pointwise({1, 0, 0, 1}, {3, 3}).Append(Unary{.kind = Unary::Kind::kRsqrt});
  const TensorId twos = network.Constant({1, 1, 4, 2}, std::vector<float>(8, 2));
  network.Append(Binary{Binary::Kind::kDiv}, {twos});
  const auto quantized = Quantized(network, network.RandomSamples(4, -1, 1), {});
  EXPECT_TRUE(Reports(quantized, "in float32, for it has no kernel in int8: layer2"));
  EXPECT_GT(quantized.sqnr, 25);
}

}  // namespace
}  // namespace wranglet
