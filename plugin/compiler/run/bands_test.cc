// Networks that run by bands of rows compute the bytes that they compute layer by layer.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "kernels/pair_dot.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/run/random_network.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

using Bytes = std::vector<std::byte>;

// Bands wherever they can be, as low as `band_bytes` asks.
PlanOptions Everywhere(int64_t band_bytes) {
  return {.by_bands = true, .small_arena = 0, .band_bytes = band_bytes};
}

std::vector<Bytes> OutputsOf(const Plan& plan, const std::vector<Bytes>& inputs) {
  Runner runner(plan);
  for (size_t i = 0; i < inputs.size(); ++i) runner.SetInput(i, inputs[i]);
  runner.Run();
  std::vector<Bytes> outputs;
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const auto output = runner.Output(i);
    outputs.emplace_back(output.begin(), output.end());
  }
  return outputs;
}

Plan MustPlan(const Graph& graph, const PlanOptions& options = {}) {
  Result<Plan> plan = MakePlan(graph, options);
  EXPECT_TRUE(plan.ok()) << plan.error().ToString();
  return std::move(plan).value();
}

class BandsTest : public testing::TestWithParam<DType> {};

TEST_P(BandsTest, RandomNetworksComputeTheSameBytes) {
  size_t banded = 0, looped = 0, smaller = 0;
  for (uint32_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomNetwork network(seed, GetParam(), RandomNetwork::Kind::kWindows);
    const std::vector<Bytes> inputs = {network.RandomInput()};
    const Plan whole = MustPlan(network.graph());
    const std::vector<Bytes> expected = OutputsOf(whole, inputs);
    for (const int64_t band_bytes : {0, 4096}) {
      const Plan bands = MustPlan(network.graph(), Everywhere(band_bytes));
      ASSERT_EQ(OutputsOf(bands, inputs), expected) << "bands of " << band_bytes << " bytes";
      banded += bands.steps.size() != whole.steps.size();
      looped += !bands.loops.empty();
      smaller += bands.arena_lower_bound < whole.arena_lower_bound;
      EXPECT_EQ(bands.macs, whole.macs);
    }
  }
  EXPECT_GT(banded, 20u) << "there is something to compare";
  EXPECT_GT(looped, 5u);
  EXPECT_GT(smaller, 5u);
}

// Two convolutions of `kernel` a side by as many channels, one after the other, of 36 by 56 pixels.
Graph TwoConvolutions(int32_t kernel, int64_t channels) {
  Graph graph;
  std::mt19937 random(1);
  const auto tensor = [&](const std::string& name, Shape shape, Quantization quantization) {
    return graph.Add({.name = name,
                      .dtype = DType::kInt8,
                      .shape = std::move(shape),
                      .quantization = std::move(quantization)});
  };
  TensorId x = tensor("x", {1, 36, 56, channels}, {{1.0f}, {-128}});
  graph.inputs = {x};
  for (const std::string name : {"a", "b"}) {
    const TensorId filter =
        tensor(name + ".filter", {channels, kernel, kernel, channels}, {{0.01f}, {0}});
    Bytes weights(static_cast<size_t>(channels * kernel * kernel * channels));
    for (std::byte& weight : weights) weight = static_cast<std::byte>(random());
    graph.tensor(filter).constant = std::move(weights);
    const TensorId y = tensor(name, {1, 36, 56, channels}, {{4.0f}, {3}});
    const int32_t around = kernel / 2;
    const Window window{.padding = {around, around, around, around}};
    graph.nodes.push_back({name, Conv2D{.window = window}, {x, filter}, {y}});
    x = y;
  }
  graph.outputs = {x};
  return graph;
}

// All of the image's tiles take less scratch memory than a band of 16 rows, whose tiles make one
// panel.
TEST(Bands, ConvolutionsByTilesComputeTheSameBytes) {
  const Graph graph = TwoConvolutions(3, 8);
  const auto is_by_tiles = [](const Step& step) {
    const auto* params = std::get_if<Conv2dParams<int8_t, int8_t>>(&step.params);
    return params != nullptr && params->by_tiles;
  };
  Bytes input(36 * 56 * 8);
  std::mt19937 random(2);
  for (std::byte& byte : input) byte = static_cast<std::byte>(random());
  const Plan whole = MustPlan(graph);
  EXPECT_TRUE(std::all_of(whole.steps.begin(), whole.steps.end(), is_by_tiles));
  const std::vector<Bytes> expected = OutputsOf(whole, {input});
  for (const int64_t band_bytes : {0, 4096, 16384}) {
    const Plan bands = MustPlan(graph, Everywhere(band_bytes));
    EXPECT_GT(bands.steps.size(), whole.steps.size());
    EXPECT_TRUE(std::any_of(bands.steps.begin(), bands.steps.end(), is_by_tiles));
    EXPECT_EQ(OutputsOf(bands, {input}), expected) << "bands of " << band_bytes << " bytes";
  }
}

// Products by pairs of what fits them are those of words.
TEST(Bands, ClippedProductsComputeTheSameBytes) {
  const Graph graph = TwoConvolutions(1, 30);
  // Close to the zero point, but for one of 50.
  Bytes input(36 * 56 * 30);
  std::mt19937 random(3);
  for (std::byte& byte : input) {
    byte = static_cast<std::byte>(random() % 50 == 0 ? random() : 128 + random() % 40);
  }
  const Plan whole = MustPlan(graph);
  for (size_t i = 0; i < 2; ++i) {
    const auto& params = std::get<GemmParams<int8_t, int8_t>>(whole.steps[i].params);
    EXPECT_TRUE(params.clips && !params.fit_pairs);
    EXPECT_EQ(params.input_zero_point, i == 0 ? -128 : 3);
  }
  const std::vector<Bytes> expected = OutputsOf(whole, {input});
  use_pair_dot = true;
  EXPECT_EQ(OutputsOf(whole, {input}), expected);
  EXPECT_EQ(OutputsOf(MustPlan(graph, Everywhere(4096)), {input}), expected);
  use_pair_dot = false;
}

INSTANTIATE_TEST_SUITE_P(All, BandsTest,
                         testing::Values(DType::kFloat32, DType::kInt8, DType::kInt16));

}  // namespace
}  // namespace wranglet
