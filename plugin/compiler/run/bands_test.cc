// Networks that run by bands of rows compute the bytes that they compute layer by layer.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

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

INSTANTIATE_TEST_SUITE_P(All, BandsTest,
                         testing::Values(DType::kFloat32, DType::kInt8, DType::kInt16));

}  // namespace
}  // namespace wranglet
