#include "plugin/compiler/quantize/round_filters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/pair_lanes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/layer_network.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

constexpr size_t kPixels = 32;

std::vector<float> RandomWeights(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> weights(count);
  for (float& weight : weights) weight = normal(random);
  return weights;
}

// Channels that are mixtures of three numbers, each with a mean and a little of its own.
std::vector<Sample> Correlated(size_t count, size_t channels, uint32_t seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  const std::vector<float> mix = RandomWeights(channels * 3, 99);
  std::vector<Sample> samples;
  for (size_t s = 0; s < count; ++s) {
    std::vector<float> values;
    for (size_t p = 0; p < kPixels; ++p) {
      const float common[] = {normal(random), normal(random), normal(random)};
      for (size_t c = 0; c < channels; ++c) {
        float value = 1 + 0.05f * normal(random);
        for (size_t i = 0; i < 3; ++i) value += mix[c * 3 + i] * common[i];
        values.push_back(value);
      }
    }
    samples.push_back(LayerNetwork::SampleOf(values));
  }
  return samples;
}

Ranges Wide(const Graph& graph) { return Ranges(graph.tensors.size(), Range{-100, 100}); }

Graph Rounded(const Graph& graph, const std::vector<Sample>& samples, DType dtype = DType::kInt16) {
  Graph rounded = graph;
  const Status status = RoundFilters(rounded, Wide(graph), Uniform(graph, dtype), samples);
  EXPECT_TRUE(status.ok()) << status.error().ToString();
  EXPECT_TRUE(Validate(rounded).ok());
  return rounded;
}

Graph In(DType dtype, const Graph& graph) {
  Result<Graph> quantized = QuantizeGraph(graph, Wide(graph), Uniform(graph, dtype));
  EXPECT_TRUE(quantized.ok()) << quantized.error().ToString();
  return std::move(quantized).value();
}
Graph InInt16(const Graph& graph) { return In(DType::kInt16, graph); }

// How much more decibels the rounded filters have than the nearest ones, on other samples.
double GainOf(const LayerNetwork& network, size_t channels) {
  const auto others = Correlated(20, channels, 2);
  const Fidelity fidelity =
      *Fidelity::Make(network.graph, others, {network.graph.nodes.back().name});
  const Graph rounded = Rounded(network.graph, Correlated(20, channels));
  return (*fidelity.Of(InInt16(rounded)))[0] - (*fidelity.Of(InInt16(network.graph)))[0];
}

std::span<const float> FloatsOf(const Graph& graph, size_t input) {
  return graph.tensor(graph.nodes[0].inputs[input]).ConstantAs<float>();
}

TEST(RoundFilters, CorrelatedInputsLoseLess) {
  LayerNetwork network(kPixels, 24);
  network.Pointwise(RandomWeights(24 * 8, 5), std::vector<float>(8));
  EXPECT_GT(GainOf(network, 24), 10);
}

TEST(RoundFilters, GroupsToo) {
  LayerNetwork network(kPixels, 24);
  network.Pointwise(RandomWeights(12 * 8, 5), std::vector<float>(8), {}, 2);
  EXPECT_GT(GainOf(network, 24), 6);
}

TEST(RoundFilters, FullyConnectedLayersToo) {
  LayerNetwork network(kPixels, 24);
  const std::vector<TensorId> constants = {network.Constant({8, 24}, RandomWeights(24 * 8, 5)),
                                           network.Constant({8}, std::vector<float>(8))};
  network.Append(FullyConnected{}, constants, 8);
  EXPECT_GT(GainOf(network, 24), 10);
}

TEST(RoundFilters, QuantizingReproducesTheNumbers) {
  LayerNetwork network(kPixels, 24);
  network.Pointwise(RandomWeights(24 * 64, 5), std::vector<float>(64));
  for (const DType dtype : {DType::kInt8, DType::kInt16}) {
    const Graph rounded = Rounded(network.graph, Correlated(20, 24), dtype);
    const Graph before = In(dtype, network.graph), after = In(dtype, rounded);
    const Tensor& filter = after.tensor(after.nodes[0].inputs[1]);
    EXPECT_EQ(filter.quantization, before.tensor(before.nodes[0].inputs[1]).quantization);
    EXPECT_NE(filter.constant, before.tensor(before.nodes[0].inputs[1]).constant);
    const auto stored = filter.ConstantAs<int8_t>();
    const auto real = FloatsOf(rounded, 1);
    for (size_t i = 0; i < real.size(); ++i) {
      const float scale = filter.quantization->scale[i / 24];
      EXPECT_NEAR(real[i], static_cast<float>(stored[i]) * scale, std::abs(real[i]) * 1e-6);
    }
    EXPECT_EQ(PairLanes::OfRuns(1, 24).Fit(stored, 64, 24, 1), dtype == DType::kInt8);
  }
}

TEST(RoundFilters, WhatStaysFloatIsOnNoGrid) {
  LayerNetwork network(kPixels, 24);
  network.Pointwise(RandomWeights(24 * 8, 5), std::vector<float>(8));
  const Graph rounded = Rounded(network.graph, Correlated(20, 24));
  EXPECT_TRUE(rounded.tensor(rounded.nodes[0].inputs[1]).quantization.has_value());
  EXPECT_FALSE(IsQuantized(In(DType::kFloat32, rounded)));
}

TEST(RoundFilters, TheMeanOfTheOutputStays) {
  LayerNetwork network(kPixels, 24);
  network.Pointwise(RandomWeights(24, 5), {0.5f});
  const auto samples = Correlated(20, 24);
  const auto mean_of = [&](const Graph& graph) {
    std::vector<double> sums(samples.size());
    EXPECT_TRUE(RunSamples(graph, InMemory(samples), {"layer0"},
                           [&](size_t sample, size_t, std::span<const float> values) {
                             for (const float v : values) sums[sample] += v;
                           })
                    .ok());
    double sum = 0;
    for (const double s : sums) sum += s;
    return sum / static_cast<double>(samples.size() * kPixels);
  };
  EXPECT_NEAR(mean_of(Rounded(network.graph, samples)), mean_of(network.graph), 1e-4);
}

TEST(RoundFilters, ChannelsOfZerosStay) {
  LayerNetwork network(kPixels, 24);
  std::vector<float> weights = RandomWeights(48, 5);
  std::fill_n(weights.begin(), 24, 0.0f);
  network.Pointwise(weights, {0.25f, 0});
  const Graph rounded = Rounded(network.graph, Correlated(20, 24));
  for (const float weight : FloatsOf(rounded, 1).subspan(0, 24)) EXPECT_EQ(weight, 0);
  EXPECT_EQ(FloatsOf(rounded, 2)[0], 0.25f);
  EXPECT_NE(FloatsOf(rounded, 1)[30], weights[30]);
}

TEST(RoundFilters, ChannelsWhoseBiasDecidesTheScaleKeepIt) {
  LayerNetwork network(kPixels, 24);
  std::vector<float> weights = RandomWeights(24, 5);
  for (float& weight : weights) weight *= 1e-9f;
  network.Pointwise(weights, {1e6f});
  const Graph before = InInt16(network.graph);
  const Graph after = InInt16(Rounded(network.graph, Correlated(20, 24)));
  EXPECT_EQ(after.tensor(after.nodes[0].inputs[1]).quantization,
            before.tensor(before.nodes[0].inputs[1]).quantization);
}

TEST(RoundFilters, NodesThatShareAFilterGetTheirOwn) {
  LayerNetwork network(kPixels, 8);
  const TensorId filter = network.Constant({8, 1, 1, 8}, RandomWeights(64, 5));
  network.Append(Conv2D{}, {filter}, 8).Append(Conv2D{.activation = {.min = 0}}, {filter}, 8);
  const Graph rounded = Rounded(network.graph, Correlated(20, 8));
  EXPECT_NE(rounded.nodes[0].inputs[1], rounded.nodes[1].inputs[1]);
  EXPECT_NE(rounded.tensor(rounded.nodes[0].inputs[1]).constant,
            rounded.tensor(rounded.nodes[1].inputs[1]).constant);
  InInt16(rounded);
}

TEST(RoundFilters, OfOneSampleIsNearest) {
  LayerNetwork network(1, 24);
  network.Pointwise(RandomWeights(24 * 4, 5), std::vector<float>(4));
  const Graph rounded = Rounded(network.graph, network.RandomSamples(1, -1, 1));
  const Graph before = InInt16(network.graph), after = InInt16(rounded);
  EXPECT_EQ(after.tensor(after.nodes[0].inputs[1]).constant,
            before.tensor(before.nodes[0].inputs[1]).constant);
}

TEST(RoundFilters, FloatLayersStay) {
  LayerNetwork network(kPixels, 4);
  network.Pointwise(RandomWeights(16, 5), std::vector<float>(4));
  const Graph rounded = Rounded(network.graph, Correlated(4, 4), DType::kFloat32);
  EXPECT_TRUE(std::ranges::equal(FloatsOf(rounded, 1), network.Filter(0)));
}

}  // namespace
}  // namespace wranglet
