#include "plugin/compiler/quantize/sensitivity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "plugin/compiler/quantize/layer_network.h"

namespace wranglet {
namespace {

TEST(MeasureSensitivity, FindsTheLayerThatHurts) {
  // Layer 1 makes one channel a thousand times larger than the other, which alone is heard.
  LayerNetwork network(8, 2);
  network.Pointwise({1, 0, 0, 1}, {0, 0}).Pointwise({1, 0, 0, 1000}, {0, 0}).Pointwise({1, 0}, {0});
  const auto samples = network.RandomSamples(8, -1, 1);
  const Result<Calibration> calibration = Calibrate(network.graph, InMemory(samples));
  const Prepared prepared = {network.graph, EstimateRanges(Estimator::kMinMax, *calibration), {}};
  const auto layers =
      MeasureSensitivity(network.graph, prepared, Uniform(network.graph, DType::kInt8), samples);
  ASSERT_TRUE(layers.ok()) << layers.error().ToString();
  ASSERT_EQ(layers->size(), 3u);
  EXPECT_EQ((*layers)[0].name, "layer0");
  EXPECT_GT((*layers)[0].sqnr, 40);
  EXPECT_LT((*layers)[1].sqnr, 1);
}

// Sets of layers whose weights add up to what is asked.
std::vector<size_t> SetFor(const std::vector<double>& sqnr, const std::vector<int>& gains,
                           int asked) {
  std::vector<LayerSensitivity> layers;
  for (size_t i = 0; i < sqnr.size(); ++i) layers.push_back({i, "", sqnr[i]});
  const Result<std::vector<size_t>> set =
      SmallestSet(layers, [&](const std::vector<size_t>& nodes) -> Result<bool> {
        int sum = 0;
        for (const size_t node : nodes) sum += gains[node];
        return sum >= asked;
      });
  EXPECT_TRUE(set.ok());
  return *set;
}

TEST(SmallestSet, TakesTheMostSensitiveFirst) {
  EXPECT_EQ(SetFor({30, 10, 20, 40}, {1, 1, 1, 1}, 2), (std::vector<size_t>{1, 2}));
  EXPECT_EQ(SetFor({30, 10, 20, 40}, {1, 1, 1, 1}, 0), (std::vector<size_t>{}));
  EXPECT_EQ(SetFor({30, 10, 20, 40}, {1, 1, 1, 1}, 4), (std::vector<size_t>{0, 1, 2, 3}));
}

TEST(SmallestSet, SparesLayersThatOthersMakeNeedless) {
  EXPECT_EQ(SetFor({10, 20, 30, 40}, {0, 0, 5, 1}, 5), (std::vector<size_t>{2}));
}

TEST(SmallestSet, IsAnErrorWhenAllAreNotEnough) {
  EXPECT_FALSE(SmallestSet({{0, "a", 1}}, [](const std::vector<size_t>&) -> Result<bool> {
                 return false;
               }).ok());
}

}  // namespace
}  // namespace wranglet
