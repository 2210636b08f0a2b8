#include "kernels/lane_sums.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

// Sums of all bytes at both ends, and whether any of them, or any partial sum of products, leaves
// int16.
bool StaysInInt16(const std::vector<int32_t>& weights, int64_t bias, int32_t zero_point) {
  int64_t start = bias;
  for (const int32_t weight : weights) start -= (zero_point + 128) * weight;
  for (uint32_t bytes = 0; bytes < 1u << weights.size(); ++bytes) {
    int64_t products = 0;
    for (size_t i = 0; i < weights.size(); ++i) products += bytes >> i & 1 ? 255 * weights[i] : 0;
    for (const int64_t sum : {products, start + products}) {
      if (sum != static_cast<int16_t>(sum)) return false;
    }
  }
  return true;
}

LaneSums SumsOf(const std::vector<int32_t>& weights, int64_t bias, int32_t zero_point) {
  LaneSums sums(bias, zero_point);
  for (const int32_t weight : weights) sums.Add(weight);
  return sums;
}

bool Fit(const std::vector<int32_t>& weights, int64_t bias, int32_t zero_point, float scale,
         const Int8Output& output) {
  return SumsOf(weights, bias, zero_point).Fit(scale, output);
}

// The zero byte is 10, so that a byte less it is -10 to 245.
TEST(LaneSums, AreWithinTheLeastAndTheMostOfThem) {
  const LaneSums sums = SumsOf({100, -3}, 7, -118);
  const int64_t most = 245 * 100 + 10 * 3 + 7;
  EXPECT_TRUE(sums.AreWithin(most));
  EXPECT_FALSE(sums.AreWithin(most - 1));
  const LaneSums negative = SumsOf({-100, 3}, -7, -118);
  EXPECT_TRUE(negative.AreWithin(most));
  EXPECT_FALSE(negative.AreWithin(most - 1));
}

// With one result alone nothing else is asked.
TEST(LaneSums, FitExactlyWhatNoBytesMakeOverflow) {
  const Int8Output constant{.min = 5, .max = 5};
  int fit = 0, unfit = 0;
  ForEachSeed(20000, [&](Random& random) {
    const std::vector<int32_t> weights = random.Ints(4, -50, 50);
    const int32_t bias = random.Int(-20000, 20000), zero_point = random.Int(-128, 127);
    const bool fits = Fit(weights, bias, zero_point, 0x1p-9f, constant);
    EXPECT_EQ(fits, StaysInInt16(weights, bias, zero_point));
    (fits ? fit : unfit) += 1;
  });
  EXPECT_GT(fit, 1000);
  EXPECT_GT(unfit, 1000);
}

TEST(LaneSums, FitAtTheBound) {
  const Int8Output constant{.min = 5, .max = 5};
  EXPECT_TRUE(Fit({64, 64}, 127, -128, 0x1p-9f, constant));  // 255 * 128 + 127 = 32767
  EXPECT_FALSE(Fit({64, 64}, 128, -128, 0x1p-9f, constant));
  EXPECT_TRUE(Fit({-64, -64}, -128, -128, 0x1p-9f, constant));
  EXPECT_FALSE(Fit({-64, -64}, -129, -128, 0x1p-9f, constant));
  // The bias brings the sum back, but not the products.
  EXPECT_FALSE(Fit({64, 65}, -1000, -128, 0x1p-9f, constant));
}

// Of every sum that may occur, the two ways to requantise it. Scales are a whole number of 2^-15,
// or beside one.
TEST(LaneSums, FitExactlyWhatIsRequantizedAlike) {
  int fit = 0, unfit = 0;
  ForEachSeed(3000, [&](Random& random) {
    const int32_t weight = random.Int(1, 128), multiplier = random.Int(1, 900);
    const Int8Output output = random.Output();
    float scale = static_cast<float>(multiplier) / kLaneUnit;
    if (random.Int(0, 3) == 0) scale *= 1 + random.Float(-1e-3f, 1e-3f);
    bool are_alike = std::nearbyint(scale * kLaneUnit) >= 1;
    const auto nearest = static_cast<int32_t>(std::nearbyint(scale * kLaneUnit));
    for (int32_t sum = 0; sum <= 255 * weight && are_alike; ++sum) {
      are_alike = RequantizeInt8Reference(sum, scale, output) ==
                  RequantizeLaneReference(sum, nearest, output);
    }
    EXPECT_EQ(Fit({weight}, 0, -128, scale, output), are_alike);
    (are_alike ? fit : unfit) += 1;
  });
  EXPECT_GT(fit, 500);
  EXPECT_GT(unfit, 500);
}

// The one tie of a multiplier 4 n + 3 rounds to an even number either way; of 4 n + 1 not.
TEST(LaneSums, ATieFitsWhereItRoundsAlike) {
  const Int8Output output{.zero_point = -128};
  EXPECT_TRUE(Fit({100}, 0, -128, 199 / kLaneUnit, output));
  EXPECT_FALSE(Fit({100}, 0, -128, 201 / kLaneUnit, output));
  EXPECT_TRUE(Fit({60}, 0, -128, 201 / kLaneUnit, output));   // sums stay below 2^14
  EXPECT_FALSE(Fit({60}, 0, -128, 202 / kLaneUnit, output));  // one at 2^13
}

TEST(LaneSums, AChannelWithoutWeightsFitsFromAnyBiasThatSaturates) {
  const Int8Output output{.zero_point = -128};
  const float scale = 515 / kLaneUnit;
  EXPECT_TRUE(Fit({0, 0}, int64_t{1} << 29, -128, scale, output));
  EXPECT_TRUE(Fit({0, 0}, -(int64_t{1} << 29), -128, scale, output));
  EXPECT_TRUE(Fit({}, 12345, -128, scale, output));
  // 32767 is not the largest result yet.
  EXPECT_FALSE(Fit({0}, 40000, -128, 199 / kLaneUnit, output));
}

}  // namespace
}  // namespace wranglet
