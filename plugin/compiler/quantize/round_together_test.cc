#include "plugin/compiler/quantize/round_together.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "plugin/compiler/quantize/parameters.h"

namespace wranglet {
namespace {

// Inputs that are all the same number, but for a part of their variance.
Moments Alike(size_t inputs, float correlation) {
  Moments moments{std::vector<float>(inputs), std::vector<float>(inputs, 1),
                  std::vector<float>(inputs * inputs, correlation)};
  for (size_t i = 0; i < inputs; ++i) moments.correlation[i * inputs + i] = 1;
  return moments;
}

std::vector<float> RandomSteps(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-120, 120);
  std::vector<float> steps(count);
  for (float& step : steps) step = uniform(random);
  steps[0] = 127;
  return steps;
}

double VarianceOf(const Moments& moments, const std::vector<float>& steps,
                  const std::vector<int8_t>& rounded) {
  double variance = 0;
  const size_t n = steps.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      variance += (steps[i] - rounded[i]) * (steps[j] - rounded[j]) *
                  double{moments.correlation[i * n + j]} * moments.deviation[i] *
                  moments.deviation[j];
    }
  }
  return variance;
}

std::vector<int8_t> Nearest(const std::vector<float>& steps) {
  std::vector<int8_t> rounded;
  for (const float step : steps) rounded.push_back(static_cast<int8_t>(std::nearbyint(step)));
  return rounded;
}

TEST(RoundTogether, IndependentInputsAreRoundedToNearest) {
  const std::vector<float> steps = {127, 3.4f, -3.6f, 0.5f, 0};
  const RoundTogether rounding(Alike(5, 0));
  EXPECT_TRUE(rounding.IsNearest());
  EXPECT_EQ(rounding.Round(steps), (std::vector<int8_t>{127, 3, -4, 0, 0}));
}

TEST(RoundTogether, ErrorsOfLikeInputsCancel) {
  // Nearest, all of them are rounded down.
  const std::vector<float> steps = {127, 10.4f, 10.4f, 10.4f, 10.4f, 10.4f};
  const RoundTogether rounding(Alike(6, 0.95f));
  const std::vector<int8_t> rounded = rounding.Round(steps);
  int sum = 0;
  for (const int8_t r : rounded) sum += r;
  EXPECT_EQ(sum, 127 + 52);
}

TEST(RoundTogether, IsBetterThanNearest) {
  const Moments moments = Alike(60, 0.9f);
  const RoundTogether rounding(moments);
  double nearest = 0, together = 0;
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const std::vector<float> steps = RandomSteps(60, seed);
    nearest += VarianceOf(moments, steps, Nearest(steps));
    together += VarianceOf(moments, steps, rounding.Round(steps));
  }
  // What is left are the parts of inputs that are their own.
  EXPECT_LT(together, nearest / 4);
}

TEST(RoundTogether, NoSingleMoveIsBetter) {
  Moments moments = Alike(12, 0.6f);
  for (size_t i = 0; i < 12; ++i) moments.deviation[i] = 0.3f + static_cast<float>(i * 7 % 12);
  const std::vector<float> steps = RandomSteps(12, 3);
  std::vector<int8_t> rounded = RoundTogether(moments).Round(steps);
  const double least = VarianceOf(moments, steps, rounded);
  for (size_t i = 1; i < 12; ++i) {
    for (const int move : {-1, 2, -1}) {
      rounded[i] = static_cast<int8_t>(rounded[i] + move);
      // Damping makes the two measures differ a little.
      EXPECT_GT(VarianceOf(moments, steps, rounded) * 1.03, least);
    }
  }
}

// Of inputs alike, an error is made up for by any other weight, and -128 would be one away.
TEST(RoundTogether, StaysWithin127) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    std::vector<float> steps = RandomSteps(30, seed);
    std::fill_n(steps.begin(), 10, -126.6f);
    for (const int8_t r : RoundTogether(Alike(30, 0.99f)).Round(steps)) EXPECT_GE(r, -127);
  }
}

// A quiet input makes up for what the loud one lost, as far as their lane has room.
TEST(RoundTogether, FitsTheLanes) {
  Moments moments = Alike(2, 0.95f);
  moments.deviation[1] = 0.1f;
  const RoundTogether rounding(moments);
  const std::vector<float> steps = {63.45f, 63.3f};
  EXPECT_GT(rounding.Round(steps)[1], 65);
  EXPECT_EQ(rounding.Round(steps, PairLanes::OfRuns(1, 2)), (std::vector<int8_t>{63, 65}));
}

TEST(RoundTogether, IsBetterThanNearestInFullLanesToo) {
  const PairLanes lanes = PairLanes::OfRuns(1, 60);
  const Moments moments = Alike(60, 0.9f);
  const RoundTogether rounding(moments);
  double nearest = 0, together = 0;
  for (uint32_t seed = 0; seed < 20; ++seed) {
    std::vector<float> steps = RandomSteps(60, seed);
    for (float& step : steps) step = 31.0f + step / 250;
    const float scale = ChannelScale(steps, lanes, 0, 1);
    for (float& step : steps) step /= scale;
    const auto fitting = rounding.Round(steps, lanes);
    EXPECT_TRUE(lanes.Fit(fitting, 1, 60, 1));
    nearest += VarianceOf(moments, steps, Nearest(steps));
    together += VarianceOf(moments, steps, fitting);
  }
  EXPECT_LT(together, nearest / 4);
}

TEST(RoundTogether, InputsThatNeverChangeAreRoundedToNearest) {
  Moments moments = Alike(3, 0.9f);
  moments.deviation[1] = 0;
  EXPECT_EQ(RoundTogether(moments).Round(std::vector<float>{127, 5.4f, 9.1f})[1], 5);
  moments.deviation = {0, 0, 0};
  EXPECT_EQ(RoundTogether(moments).Round(std::vector<float>{127, 5.6f, 9.1f}),
            (std::vector<int8_t>{127, 6, 9}));
}

}  // namespace
}  // namespace wranglet
