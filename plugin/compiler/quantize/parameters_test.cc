#include "plugin/compiler/quantize/parameters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace wranglet {
namespace {

// A real number, quantised and back.
double RoundTrip(double real, const Quantization& q) {
  const double stored =
      std::clamp(std::nearbyint(real / q.scale[0]) + q.zero_point[0], -128.0, 127.0);
  return (stored - q.zero_point[0]) * q.scale[0];
}

TEST(ActivationQuantization, NumbersOfTheRangeComeBackWithinAScale) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> ends(-20.0f, 20.0f), part(0.0f, 1.0f);
  for (int i = 0; i < 10000; ++i) {
    const float a = ends(random), b = ends(random);
    const Range range = {std::min(a, b), std::max(a, b)};
    const Quantization q = ActivationQuantization(range);
    const double real = range.min + part(random) * (range.max - range.min);
    // Half a scale of rounding; a nudged zero point moves the ends by another half at most.
    ASSERT_NEAR(RoundTrip(real, q), real, 1.001 * q.scale[0]) << range.min << " " << range.max;
  }
}

TEST(ActivationQuantization, ZeroIsExactAndStorable) {
  for (const Range range : {Range{-1, 3}, Range{2, 5}, Range{-5, -2}, Range{-1e-30f, 1e30f}}) {
    const Quantization q = ActivationQuantization(range);
    EXPECT_EQ(RoundTrip(0.0, q), 0.0);
    EXPECT_GE(q.zero_point[0], -128);
    EXPECT_LE(q.zero_point[0], 127);
  }
}

TEST(ActivationQuantization, PositiveRangesUseEveryStoredValue) {
  const Quantization q = ActivationQuantization({0.5f, 6.0f});
  EXPECT_EQ(q.zero_point[0], -128);
  EXPECT_FLOAT_EQ(q.scale[0], 6.0f / 255);
}

TEST(ActivationQuantization, ScalesAreNormalNumbersWhateverTheRange) {
  constexpr float kMax = std::numeric_limits<float>::max();
  for (const Range range : {Range{0, 0}, Range{0, 1e-45f}, Range{-kMax, kMax}}) {
    EXPECT_TRUE(std::isnormal(ActivationQuantization(range).scale[0]));
  }
}

TEST(SumScaleLimits, KeepAnOutputThatIsAlmostSilentWithinReachOfItsOperands) {
  const ScaleLimits limits = SumScaleLimits(0.5f, 0.01f);
  const Quantization narrow = ActivationQuantization({0.0f, 1e-6f}, limits);
  EXPECT_EQ(narrow.scale[0], 0.5f / 128);
  EXPECT_EQ(narrow.zero_point[0], -128);
  const Quantization silent = ActivationQuantization({0, 0}, SumScaleLimits(1e-6f, 1e-6f));
  EXPECT_EQ(silent.scale[0], 1e-6f * 512);
}

TEST(WithStoredEnds, ZeroAndBothEndsComeBackAsTheyAre) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> ends(-20.0f, 20.0f);
  for (int i = 0; i < 10000; ++i) {
    const float a = ends(random), b = ends(random);
    const Range range = {std::min(a, b), std::max(a, b)}, wider = WithStoredEnds(range);
    ASSERT_LE(wider.min, range.min + 1e-5f);
    ASSERT_GE(wider.max, range.max - 1e-5f);
    const Quantization q = ActivationQuantization(wider);
    for (const float real : {wider.min, 0.0f, wider.max}) {
      ASSERT_NEAR(RoundTrip(real, q), real, 1e-3 * q.scale[0]) << range.min << " " << range.max;
    }
  }
}

TEST(WithStoredEnds, WidensByNoMoreThanItMust) {
  EXPECT_EQ(WithStoredEnds({0, 255}), (Range{0, 255}));
  EXPECT_EQ(WithStoredEnds({-255, 0}), (Range{-255, 0}));
  EXPECT_EQ(WithStoredEnds({-127, 127}), (Range{-127, 128}));
  EXPECT_EQ(WithStoredEnds({-1, 254 * 4}), (Range{-4, 254 * 4}));
  EXPECT_EQ(WithStoredEnds({0, 0}), (Range{0, 0}));
}

TEST(ChannelScale, TheLargestWeightBecomes127) {
  const float scale = ChannelScale(std::vector{0.1f, -0.5f}, {}, 0.1f, 0.02f);
  EXPECT_FLOAT_EQ(scale, 0.5f / 127);
  EXPECT_EQ(QuantizeWeight(0.5f, scale), 127);
  EXPECT_EQ(QuantizeWeight(-0.5f, scale), -127);
}

TEST(ChannelScale, GrowsUntilTheBiasFits) {
  const float scale = ChannelScale(std::vector{1e-12f}, {}, 3.0f, 0.01f);
  EXPECT_GT(scale, 1e-12f / 127);
  const int32_t bias = QuantizeBias(3.0f, 0.01f, scale);
  EXPECT_LE(bias, kInt8Sums.most);
  EXPECT_NEAR(bias * 0.01 * scale, 3.0, 1e-6);
}

TEST(ChannelScale, GrowsUntilNoInputsCanOverflowTheSum) {
  const std::vector<float> weights(100000, 0.3f);
  const float scale = ChannelScale(weights, {}, 0.0f, 0.01f);
  int64_t sum = 0;
  for (const float weight : weights) sum += QuantizeWeight(weight, scale);
  EXPECT_LE(sum * 255 + kInt8Sums.most, std::numeric_limits<int32_t>::max());
  EXPECT_GT(QuantizeWeight(0.3f, scale), 10);
}

// Rounded to nearest, whatever the rest of each weight is.
TEST(ChannelScale, GrowsUntilTheWeightsFitTheLanes) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  for (const auto& [lanes, count] :
       {std::pair(PairLanes::OfRuns(3, 9), 27), std::pair(PairLanes::OfDepthwise(5, 5), 25)}) {
    for (int i = 0; i < 500; ++i) {
      std::vector<float> weights(static_cast<size_t>(count));
      for (float& weight : weights) weight = normal(random) + (i % 3 == 0 ? 2.0f : 0.0f);
      const float scale = ChannelScale(weights, lanes, 0.0f, 0.01f);
      const float without = ChannelScale(weights, {}, 0.0f, 0.01f);
      EXPECT_GE(scale, without);
      EXPECT_LE(scale, without * 4.1f);
      std::vector<int8_t> stored;
      for (const float weight : weights) stored.push_back(QuantizeWeight(weight, scale));
      EXPECT_TRUE(lanes.Fit(stored, 1, stored.size(), 1));
    }
  }
}

TEST(ChannelScale, OfWeightsOnAGridIsTheGrids) {
  const auto lanes = PairLanes::OfRuns(1, 2);
  EXPECT_EQ(ChannelScale(std::vector{0.1f, -0.5f}, lanes, 0.1f, 0.02f, kInt8Sums, 0.25f), 0.25f);
  EXPECT_GT(ChannelScale(std::vector{0.1f}, {}, 1e9f, 0.02f, kInt8Sums, 0.25f), 0.25f);
}

TEST(ChannelScale, AChannelOfZerosHasOne) {
  EXPECT_EQ(ChannelScale(std::vector{0.0f, 0.0f}, {}, 0.0f, 0.1f), 1.0f);
  EXPECT_EQ(QuantizeWeight(0.0f, 1.0f), 0);
}

TEST(QuantizeBias, IsWithinHalfAUnit) {
  std::mt19937 random(2);
  std::uniform_real_distribution<float> reals(-5.0f, 5.0f);
  for (int i = 0; i < 1000; ++i) {
    const float bias = reals(random), input = 0.02f, weight = 0.003f;
    const double unit = static_cast<double>(input) * weight;
    ASSERT_NEAR(QuantizeBias(bias, input, weight) * unit, bias, 0.5001 * unit);
  }
}

}  // namespace
}  // namespace wranglet
