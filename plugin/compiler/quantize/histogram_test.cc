#include "plugin/compiler/quantize/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace wranglet {
namespace {

TEST(Histogram, CountsEveryValueInTheBinAroundIt) {
  Histogram histogram;
  histogram.Add(std::vector<float>{0.0f, 1.0f, 3.5f, -3.5f, 0.0f});
  EXPECT_EQ(histogram.width(), 4.0 / Histogram::kSide);
  EXPECT_EQ(histogram.total(), 5u);
  const auto& bins = histogram.bins();
  EXPECT_EQ(std::accumulate(bins.begin(), bins.end(), uint64_t{2}), 5u);  // both zeros in none
  EXPECT_EQ(histogram.range(), (Range{-3.5f, 3.5f}));
  std::vector<double> centres;
  for (size_t i = 0; i < bins.size(); ++i) {
    if (bins[i] > 0) centres.push_back(histogram.CentreOf(i));
  }
  ASSERT_EQ(centres.size(), 3u);
  const double half = histogram.width() / 2;
  EXPECT_EQ(centres, (std::vector<double>{-3.5 + half, 1 + half, 3.5 + half}));
}

TEST(Histogram, TheOrderOfValuesDoesNotMatter) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0.0f, 1.0f);
  std::vector<float> values(10000);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = normal(random) * static_cast<float>(i) * 0.01f;
  }
  Histogram ascending, descending;
  for (const float value : values) ascending.Add(std::vector<float>{value});
  std::reverse(values.begin(), values.end());
  descending.Add(values);
  EXPECT_EQ(ascending.bins(), descending.bins());
  EXPECT_EQ(ascending.width(), descending.width());
  EXPECT_EQ(ascending.range(), descending.range());
  const auto& bins = ascending.bins();
  const auto zeros = std::count(values.begin(), values.end(), 0.0f);
  EXPECT_EQ(std::accumulate(bins.begin(), bins.end(), static_cast<uint64_t>(zeros)), 10000u);
  EXPECT_EQ(ascending.total(), 10000u);
}

TEST(Histogram, TakesPowersOfTwoAndTheSmallestNumbers) {
  for (const float value : {1.0f, -1.0f, 0.5f, 1e-45f, -1e38f}) {
    Histogram histogram;
    histogram.Add(std::vector<float>{value});
    const auto& bins = histogram.bins();
    const auto at = std::find(bins.begin(), bins.end(), 1u);
    ASSERT_NE(at, bins.end()) << value;
    EXPECT_NEAR(histogram.CentreOf(static_cast<size_t>(at - bins.begin())), value,
                histogram.width());
  }
}

TEST(Histogram, NothingButZerosHasNoBins) {
  Histogram histogram;
  histogram.Add(std::vector<float>{0.0f, -0.0f});
  EXPECT_TRUE(histogram.bins().empty());
  EXPECT_EQ(histogram.range(), (Range{0, 0}));
}

}  // namespace
}  // namespace wranglet
