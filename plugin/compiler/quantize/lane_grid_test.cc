#include "plugin/compiler/quantize/lane_grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "kernels/lane_sums.h"
#include "plugin/compiler/plan/requantize.h"
#include "plugin/compiler/quantize/parameters.h"

namespace wranglet {
namespace {

// Filters of all kinds of sizes and signs, beside scales of all kinds: rounded to nearest, and even
// with the bias moved, their sums fit, and hardly on a finer grid.
TEST(LaneGrid, FitsWeightsThatAreRoundedToNearest) {
  int grids = 0, shrunk = 0;
  for (uint32_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    const auto size = [&] { return std::exp(2 * normal(random)); };
    const Quantization input{{size()}, {std::uniform_int_distribution(-128, 0)(random)}};
    const float output_scale = input.scale[0] * size();
    std::vector<float> weights(seed % 2 ? 9 : 25);
    const float mean = normal(random) / 2;
    for (float& weight : weights) weight = mean + normal(random);
    const float bias = input.scale[0] * 50 * normal(random);
    const auto grid = LaneGrid::Of(weights, bias, input, output_scale);
    if (!grid) continue;
    ++grids;
    const float scale = RequantizationScales(input.scale[0], {grid->scale}, output_scale, 1)[0];
    const float multiplier = scale * kLaneUnit;
    shrunk += grid->factor < 1;
    for (float& weight : weights) weight *= grid->factor;
    EXPECT_EQ(multiplier, std::floor(multiplier));
    EXPECT_EQ(std::fmod(multiplier, 4.0f), 3.0f);
    int32_t positive = 0, negative = 0;
    // All negative sums are clamped.
    for (const int32_t moved : {-500, 0, 500}) {
      LaneSums sums(QuantizeBias(bias * grid->factor, input.scale[0], grid->scale) + moved,
                    input.zero_point[0]);
      positive = negative = 0;
      for (const float weight : weights) {
        const int32_t rounded = QuantizeWeight(weight, grid->scale);
        (rounded > 0 ? positive : negative) += std::abs(rounded);
        sums.Add(rounded);
      }
      EXPECT_TRUE(sums.Fit(scale, {.zero_point = -128})) << seed;
    }
    EXPECT_LE(std::max(positive, negative), grid->most) << seed;
  }
  EXPECT_GT(grids, 1800);
  EXPECT_GT(shrunk, 50);
  EXPECT_LT(shrunk, 1000);
}

TEST(LaneGrid, OfOneSmallFilterIsThatOfItsLargestWeight) {
  const auto grid = LaneGrid::Of(std::vector{1.0f, -1.0f}, 0.0f, {{1.0f}, {-128}}, 0.5f);
  ASSERT_TRUE(grid);
  EXPECT_NEAR(grid->scale, 1.0f / 127, 2e-2 / 127);
  EXPECT_EQ(grid->most, 126);
}

TEST(LaneGrid, OfWeightsBeyondTheOutputIsThatOfSmallerOnes) {
  // A weight of 1 makes 250 steps of the output of one of the input: 0.504 would be the finest grid
  // of a multiplier within int16, were 127 of them a weight.
  const std::vector large = {1.0f};
  const auto grid = LaneGrid::Of(large, 0.0f, {{1.0f}, {-128}}, 0.004f);
  ASSERT_TRUE(grid);
  EXPECT_NEAR(grid->factor, 127 * 0.004, 0.02);
  EXPECT_NEAR(grid->scale, 0.004, 1e-4);
  EXPECT_EQ(LaneGrid::Of(large, 0.0f, {{1.0f}, {-128}}, 0.5f)->factor, 1);
}

TEST(LaneGrid, IsNoneWhereWeightsAreFarBeyondTheOutput) {
  EXPECT_TRUE(LaneGrid::Of(std::vector{60.0f}, 0.0f, {{1.0f}, {-128}}, 0.008f));
  EXPECT_FALSE(LaneGrid::Of(std::vector{70.0f}, 0.0f, {{1.0f}, {-128}}, 0.008f));
  EXPECT_FALSE(LaneGrid::Of(std::vector{0.0f}, 1e8f, {{1.0f}, {-128}}, 1.0f));
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(LaneGrid::Of(std::vector{infinity}, 0.0f, {{1.0f}, {-128}}, 1.0f));
}

TEST(LaneGrid, AChannelOfZerosHasOne) {
  EXPECT_TRUE(LaneGrid::Of(std::vector{0.0f, 0.0f}, 0.0f, {{1.0f}, {-128}}, 1.0f));
}

}  // namespace
}  // namespace wranglet
