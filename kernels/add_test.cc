#include "kernels/add.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/testing_broadcast.h"

namespace wranglet {
namespace {

TEST(AddInt8, EqualsTheReferenceOnRandomScalesAndShapes) {
  ForEachSeed(2500, [](Random& random) {
    const RandomBroadcast r(random);
    const float output_scale = random.Float(0.01f, 1.0f);
    const float a_scale = output_scale * std::ldexp(random.Float(0.5f, 1), random.Int(-8, 7));
    const float b_scale = output_scale * std::ldexp(random.Float(0.5f, 1), random.Int(-8, 7));
    const auto params = MakeAddInt8Params(r.shape, a_scale, random.Int(-128, 127),
                                          random.Int(0, 1) ? b_scale : -b_scale,
                                          random.Int(-128, 127), output_scale, random.Output());
    ASSERT_TRUE(params.has_value());
    ExpectEqual(*params, random.Bytes(r.a_count), random.Bytes(r.b_count), r.count, AddInt8,
                AddInt8Reference);
  });
}

TEST(AddInt8, EqualsTheReferenceOnEveryPair) {
  constexpr int32_t kCount = 256 * 256;
  std::vector<int8_t> a(kCount), b(kCount);
  for (int32_t i = 0; i < kCount; ++i) {
    a[static_cast<size_t>(i)] = static_cast<int8_t>(i / 256 - 128);
    b[static_cast<size_t>(i)] = static_cast<int8_t>(i % 256 - 128);
  }
  for (const int32_t zero_point : {-128, 0, 127}) {
    // The ratios at the ends of what can be expressed, and one between.
    for (const float ratio : {0x1p-10f, 0.8f, 0x1.fffffep7f}) {
      const auto params = MakeAddInt8Params(OneRow(kCount), ratio, zero_point, ratio / 3,
                                            -zero_point - 1, 1.0f, {.zero_point = zero_point});
      ASSERT_TRUE(params.has_value());
      ExpectEqual(*params, a, b, kCount, AddInt8, AddInt8Reference);
    }
  }
}

TEST(AddInt8, GivesTheLargerRatioTwentyOneBits) {
  const auto params = MakeAddInt8Params(OneRow(1), 0.75f, 3, 0.25f, -2, 0.5f, {});
  ASSERT_TRUE(params.has_value());
  EXPECT_EQ(params->shift, 20);  // the larger ratio is 1.5
  EXPECT_EQ(params->a_multiplier, 3 << 19);
  EXPECT_EQ(params->b_multiplier, 1 << 19);
  EXPECT_EQ(params->bias, (1 << 19) - 3 * (3 << 19) + 2 * (1 << 19));
}

TEST(AddInt8, IsWithinAStepOfTheRealSum) {
  ForEachSeed(500, [](Random& random) {
    const float scale = 0.1f;
    const float a_scale = random.Float(0.01f, 0.3f), b_scale = random.Float(0.01f, 0.3f);
    const int32_t a_zero = random.Int(-128, 127), b_zero = random.Int(-128, 127);
    const auto params = MakeAddInt8Params(OneRow(1), a_scale, a_zero, b_scale, b_zero, scale, {});
    ASSERT_TRUE(params.has_value());
    const auto a = random.Bytes(1), b = random.Bytes(1);
    std::vector<int8_t> sum(1);
    AddInt8(*params, a.data(), b.data(), sum.data());
    const float real =
        a_scale * static_cast<float>(a[0] - a_zero) + b_scale * static_cast<float>(b[0] - b_zero);
    EXPECT_NEAR(sum[0], std::clamp(real / scale, -128.0f, 127.0f), 0.51f);
  });
}

TEST(AddInt8, RefusesScalesThatItCannotExpress) {
  EXPECT_FALSE(MakeAddInt8Params(OneRow(1), 1e-6f, 0, 1e-6f, 0, 1.0f, {}).has_value());
  EXPECT_FALSE(MakeAddInt8Params(OneRow(1), 300.0f, 0, 1.0f, 0, 1.0f, {}).has_value());
}

// Equality with the definition, and of the first element with the real sum.
template <typename T>
void ExpectAddFixedPoint(Random& random, const RandomBroadcast& r, int32_t most_zero_point,
                         const std::vector<T>& a, const std::vector<T>& b) {
  const auto zero_point = [&] { return random.Int(-most_zero_point, most_zero_point); };
  const float scale = std::ldexp(random.Float(0.5f, 1), random.Int(-14, 0));
  const float a_scale = scale * std::ldexp(random.Float(0.5f, 1), random.Int(-8, 4));
  const float b_scale = scale * std::ldexp(random.Float(0.5f, 1), random.Int(-8, 4));
  auto params = MakeAddFixedPointParams<T>(a_scale, b_scale, scale);
  ASSERT_TRUE(params.has_value());
  params->shape = r.shape;
  params->subtract = random.Int(0, 1) == 1;
  params->a_zero_point = zero_point(), params->b_zero_point = zero_point();
  params->output_zero_point = zero_point();
  if (random.Int(0, 1)) {
    params->min = random.Int(params->min, params->max);
    params->max = random.Int(params->min, params->max);
  }
  ExpectEqual(*params, a, b, r.count, AddFixedPoint<T>, AddFixedPointReference<T>);

  std::vector<T> sum(static_cast<size_t>(r.count));
  AddFixedPoint(*params, a.data(), b.data(), sum.data());
  const double x = double{a_scale} * (a[0] - params->a_zero_point);
  const double y = double{b_scale} * (b[0] - params->b_zero_point);
  const double real = (params->subtract ? x - y : x + y) / double{scale};
  const double stored = real + params->output_zero_point;
  EXPECT_NEAR(sum[0], std::clamp<double>(stored, params->min, params->max), 0.51);
}

TEST(AddFixedPoint, EqualsTheReferenceAndIsWithinAStepOfTheRealSum) {
  ForEachSeed(1500, [](Random& random) {
    const RandomBroadcast r(random);
    ExpectAddFixedPoint<int8_t>(random, r, 128, random.Bytes(r.a_count), random.Bytes(r.b_count));
    ExpectAddFixedPoint<int16_t>(random, r, 0, random.Shorts(r.a_count), random.Shorts(r.b_count));
  });
}

TEST(AddFixedPoint, RefusesAnOutputMuchFinerThanItsInputs) {
  EXPECT_FALSE(MakeAddFixedPointParams<int16_t>(1.0f, 1.0f, 0x1p-14f).has_value());
  EXPECT_TRUE(MakeAddFixedPointParams<int16_t>(1.0f, 1.0f, 0x1.1p-14f).has_value());
  EXPECT_TRUE(MakeAddFixedPointParams<int8_t>(1.0f, 1.0f, 0x1.1p-19f).has_value());
}

}  // namespace
}  // namespace wranglet
