#include "kernels/requantize_twice.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/testing.h"
#include "kernels/testing_products.h"

namespace wranglet {
namespace {

using Scales8 = std::vector<FixedPoint>;

// The kernels' way: 8 accumulators, each with a scale of its own.
std::array<int8_t, 8> RequantizeEight(const std::vector<int32_t>& accumulators,
                                      const Scales8& scales, const Int8Output& output) {
  const RequantizeTwice::Sums<1> sums(accumulators.data());
  std::array<int8_t, 8> out;
  StoreUpTo8(out.data(), RequantizeTwice(output)(sums, 0, RequantizeTwice::Scales(scales.data())),
             8);
  return out;
}

void ExpectEqualsReference(const std::vector<int32_t>& accumulators, const Scales8& scales,
                           const Int8Output& output) {
  const auto actual = RequantizeEight(accumulators, scales, output);
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i], RequantizeTwiceReference(accumulators[i], scales[i], output))
        << accumulators[i] << " * " << scales[i].multiplier << " * 2^(" << scales[i].exponent
        << " - 31)";
  }
}

TEST(RequantizeTwice, RoundsTwice) {
  struct Case {
    int32_t accumulator;
    double scale;
    int8_t expected;
  };
  for (const auto& [accumulator, scale, expected] : std::vector<Case>{
           // The first rounding leaves an integer, halves up.
           {3, 0.5, 2},
           {-3, 0.5, -1},
           {-3, 1.5, -4},
           // What it leaves is shifted, halves away from zero.
           {-3, 0.25, -1},
           {-2, 0.25, -1},
           {2, 0.25, 1},
           // 11 * 0.6 is 6.6, so 7; half of that is 3.5, so 4, though 11 * 0.3 is 3.3.
           {11, 0.3, 4},
           {-11, 0.3, -4},
       }) {
    const FixedPoint fixed = ToFixedPoint(scale);
    EXPECT_EQ(RequantizeTwiceReference(accumulator, fixed, {}), expected);
    EXPECT_EQ(RequantizeEight(std::vector(8, accumulator), Scales8(8, fixed), {})[0], expected)
        << accumulator << " * " << scale;
  }
}

TEST(RequantizeTwice, AddsTheZeroPointAndClamps) {
  const auto one = [](int32_t accumulator, const Int8Output& output) {
    return RequantizeEight(std::vector(8, accumulator), Scales8(8, ToFixedPoint(1.0)), output)[0];
  };
  EXPECT_EQ(one(10, {.zero_point = 5}), 15);
  EXPECT_EQ(one(1000, {.zero_point = -128}), 127);
  EXPECT_EQ(one(-1000, {.zero_point = 127}), -128);
  EXPECT_EQ(one(-7, {.zero_point = 3, .min = 3}), 3);
  EXPECT_EQ(one(50, {.zero_point = 3, .min = 3, .max = 20}), 20);
}

TEST(RequantizeTwice, VectorsEqualTheReferenceAtTheEndsOfInt32) {
  constexpr int32_t kLeast = std::numeric_limits<int32_t>::min();
  constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
  for (const double scale :
       {0.0, 1e-30, 0x1p-32, 0x1.8p-31, 1e-9, 1e-4, 0.5, 1.0, 1.5, 255.0, 1e6, 0x1p29, 1e20}) {
    for (const int32_t zero_point : {-128, -1, 0, 127}) {
      ExpectEqualsReference({kLeast, kLeast + 1, -(1 << 24), -1, 0, 1, kMost - 1, kMost},
                            Scales8(8, ToFixedPoint(scale)), {.zero_point = zero_point});
    }
  }
}

TEST(RequantizeTwice, VectorsEqualTheReferenceOnRandomValues) {
  ForEachSeed(3000, [](Random& random) {
    RandomProduct<RequantizeTwice> product(random);
    const Int8Output output = product.PickOutput();
    Scales8 scales = product.Scales(8, random.Int(1, 10000), output);
    for (FixedPoint& scale : scales) {
      if (random.Int(0, 3) == 0) scale.exponent = random.Int(-31, 30);
    }
    for (int i = 0; i < 20; ++i) {
      const int32_t range = 1 << random.Int(1, 30);
      ExpectEqualsReference(random.Ints(8, -range, range), scales, output);
    }
  });
}

}  // namespace
}  // namespace wranglet
