#include "plugin/compiler/quantize/estimate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "plugin/compiler/quantize/parameters.h"

namespace wranglet {
namespace {

Histogram HistogramOf(const std::vector<float>& values) {
  Histogram histogram;
  histogram.Add(values);
  return histogram;
}

template <typename Distribution>
std::vector<float> Drawn(Distribution distribution, size_t count) {
  std::mt19937 random(7);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(distribution(random));
  return values;
}

// The mean square error of storing `values` in int8 of this range, element by element.
double MeasuredError(const std::vector<float>& values, Range range) {
  const Quantization q = ActivationQuantization(range);
  double sum = 0;
  for (const float value : values) {
    const double stored =
        std::clamp(std::nearbyint(double{value} / q.scale[0]) + q.zero_point[0], -128.0, 127.0);
    const double error = (stored - q.zero_point[0]) * q.scale[0] - value;
    sum += error * error;
  }
  return sum / static_cast<double>(values.size());
}

TEST(Estimate, MinMaxTakesAllThereIsAndZero) {
  EXPECT_EQ(Estimate(Estimator::kMinMax, HistogramOf({-2, 5, 1})), (Range{-2, 5}));
  EXPECT_EQ(Estimate(Estimator::kMinMax, HistogramOf({2, 5})), (Range{0, 5}));
  EXPECT_EQ(Estimate(Estimator::kMinMax, HistogramOf({-2, -5})), (Range{-5, 0}));
}

TEST(Estimate, NothingButZerosHasARangeOfZero) {
  for (const Estimator estimator : kEstimators) {
    EXPECT_EQ(Estimate(estimator, HistogramOf({0, 0})), (Range{0, 0}));
  }
}

TEST(Estimate, PercentileLeavesOneValueInTenThousandOut) {
  // 0 to 1 evenly, and 50 of a million at 100: half of what may be left out.
  std::vector<float> values = Drawn(std::uniform_real_distribution<float>(0.0f, 1.0f), 999951);
  values.resize(1000000, 100.0f);
  Histogram histogram = HistogramOf(values);
  EXPECT_NEAR(Estimate(Estimator::kPercentile, histogram).max, 1.0f, histogram.width());
  histogram.Add(std::vector<float>(20, 100.0f));
  EXPECT_EQ(Estimate(Estimator::kPercentile, histogram).max, 100.0f);
}

TEST(Estimate, PercentileCutsBothEnds) {
  std::vector<float> values = Drawn(std::uniform_real_distribution<float>(-1.0f, 1.0f), 100000);
  values.push_back(50.0f);
  values.push_back(-70.0f);
  const Range range = Estimate(Estimator::kPercentile, HistogramOf(values));
  EXPECT_NEAR(range.min, -1.0f, 0.05f);
  EXPECT_NEAR(range.max, 1.0f, 0.05f);
}

TEST(Estimate, MseKeepsAnEvenDistributionWhole) {
  const auto values = Drawn(std::uniform_real_distribution<float>(0.0f, 6.0f), 100000);
  EXPECT_GT(Estimate(Estimator::kMse, HistogramOf(values)).max, 5.9f);
}

// Laplace's distribution of scale 1 loses least in 256 steps when it is clipped at about 9.9
// (Banner et al., 2019, table 1).
TEST(Estimate, MseClipsLaplaceWhereTheoryDoes) {
  std::vector<float> values = Drawn(std::exponential_distribution<double>(1.0), 4000000);
  for (size_t i = 0; i < values.size(); i += 2) values[i] = -values[i];
  const Range range = Estimate(Estimator::kMse, HistogramOf(values));
  EXPECT_NEAR(range.max, 9.9f, 0.6f);
  EXPECT_NEAR(range.min, -9.9f, 0.6f);
}

TEST(Estimate, MseErrsLessThanAnyOther) {
  for (const float tail : {1.5f, 3.0f, 20.0f}) {
    std::vector<float> values = Drawn(std::normal_distribution<float>(0.2f, 1.0f), 50000);
    for (size_t i = 0; i < values.size(); i += 997) values[i] *= tail;
    for (float& value : values) value = std::max(value, -0.5f);
    const Histogram histogram = HistogramOf(values);
    const double least = MeasuredError(values, Estimate(Estimator::kMse, histogram));
    for (const Estimator estimator : kEstimators) {
      EXPECT_LE(least, 1.03 * MeasuredError(values, Estimate(estimator, histogram))) << tail;
    }
  }
}

TEST(Estimate, EntropyDrawsInALongTailAndKeepsAnEvenDistribution) {
  std::vector<float> values = Drawn(std::normal_distribution<float>(0.0f, 1.0f), 200000);
  values.push_back(40.0f);
  EXPECT_LT(Estimate(Estimator::kEntropy, HistogramOf(values)).max, 12.0f);
  const auto even = Drawn(std::uniform_real_distribution<float>(0.0f, 6.0f), 200000);
  EXPECT_GT(Estimate(Estimator::kEntropy, HistogramOf(even)).max, 5.8f);
}

TEST(Estimate, RangesLieWithinWhatWasSeen) {
  std::mt19937 random(3);
  for (int i = 0; i < 50; ++i) {
    std::normal_distribution<float> normal(static_cast<float>(i % 5) - 2, 0.3f + 0.1f * float(i));
    std::vector<float> values(500);
    for (float& value : values) value = normal(random);
    const Histogram histogram = HistogramOf(values);
    const Range whole = Estimate(Estimator::kMinMax, histogram);
    for (const Estimator estimator : kEstimators) {
      const Range range = Estimate(estimator, histogram);
      EXPECT_GE(range.min, whole.min);
      EXPECT_LE(range.max, whole.max);
      EXPECT_LE(range.min, 0.0f);
      EXPECT_GE(range.max, 0.0f);
    }
  }
}

TEST(WithRoom, GivesFewValuesMore) {
  EXPECT_EQ(WithRoom({-1, 2}, 1000000), (Range{-1, 2}));
  EXPECT_EQ(WithRoom({-1, 2}, 100000000), (Range{-1, 2}));
  const auto room = static_cast<float>(1.5 * (std::sqrt(2.0) - 1));
  EXPECT_NEAR(WithRoom({-1, 2}, 1000).max, 2 + room, 1e-5);
  EXPECT_NEAR(WithRoom({-1, 2}, 1000).min, -1 - room, 1e-5);
  EXPECT_NEAR(WithRoom({0, 2}, 1000).max, 2 * std::sqrt(2.0), 1e-5);
  EXPECT_EQ(WithRoom({0, 2}, 1000).min, 0);
  EXPECT_LT(WithRoom({0, 1}, 1).max, 5);
}

// The greatest of n normal numbers, times what WithRoom makes of it, is about that of a million.
TEST(WithRoom, ForeseesTheGreatestOfManyNormalNumbers) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  double sum = 0;
  for (int i = 0; i < 200; ++i) {
    float most = 0;
    for (int j = 0; j < 100; ++j) most = std::max(most, normal(random));
    sum += WithRoom({0, most}, 100).max;
  }
  EXPECT_NEAR(sum / 200, 4.9, 0.7);
}

}  // namespace
}  // namespace wranglet
