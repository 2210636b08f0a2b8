// Kernels that treat each element, or each channel, alike: add, binary, mean, lookup, quantize,
// clamp.

#include <cmath>
#include <vector>

#include "kernels/add.h"
#include "kernels/binary_float32.h"
#include "kernels/lookup.h"
#include "kernels/mean.h"
#include "kernels/quantize.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

TEST(AddInt8, EqualsTheReferenceOnRandomScales) {
  ForEachSeed(2500, [](Random& random) {
    const float output_scale = random.Float(0.01f, 1.0f);
    const float a_scale = output_scale * std::ldexp(random.Float(0.5f, 1), random.Int(-8, 7));
    const float b_scale = output_scale * std::ldexp(random.Float(0.5f, 1), random.Int(-8, 7));
    const auto params = MakeAddInt8Params(random.Int(1, 50), a_scale, random.Int(-128, 127),
                                          random.Int(0, 1) ? b_scale : -b_scale,
                                          random.Int(-128, 127), output_scale, random.Output());
    ASSERT_TRUE(params.has_value());
    const auto a = random.Bytes(params->count), b = random.Bytes(params->count);
    std::vector<int8_t> expected(a.size()), actual(a.size());
    AddInt8Reference(*params, a.data(), b.data(), expected.data());
    AddInt8(*params, a.data(), b.data(), actual.data());
    EXPECT_TRUE(SameBytes(actual, expected));
  });
}

TEST(AddInt8, EqualsTheReferenceOnEveryPair) {
  constexpr int32_t kCount = 256 * 256;
  std::vector<int8_t> a(kCount), b(kCount), expected(kCount);
  for (int32_t i = 0; i < kCount; ++i) {
    a[static_cast<size_t>(i)] = static_cast<int8_t>(i / 256 - 128);
    b[static_cast<size_t>(i)] = static_cast<int8_t>(i % 256 - 128);
  }
  for (const int32_t zero_point : {-128, 0, 127}) {
    // The ratios at the ends of what can be expressed, and one between.
    for (const float ratio : {0x1p-10f, 0.8f, 0x1.fffffep7f}) {
      const auto params = MakeAddInt8Params(kCount, ratio, zero_point, ratio / 3, -zero_point - 1,
                                            1.0f, {.zero_point = zero_point});
      ASSERT_TRUE(params.has_value());
      std::vector<int8_t> in_place = a;
      AddInt8Reference(*params, a.data(), b.data(), expected.data());
      AddInt8(*params, in_place.data(), b.data(), in_place.data());
      EXPECT_TRUE(SameBytes(in_place, expected)) << zero_point << ", " << ratio;
    }
  }
}

TEST(AddInt8, GivesTheLargerRatioTwentyOneBits) {
  const auto params = MakeAddInt8Params(1, 0.75f, 3, 0.25f, -2, 0.5f, {});
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
    const auto params = MakeAddInt8Params(1, a_scale, a_zero, b_scale, b_zero, scale, {});
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
  EXPECT_FALSE(MakeAddInt8Params(1, 1e-6f, 0, 1e-6f, 0, 1.0f, {}).has_value());
  EXPECT_FALSE(MakeAddInt8Params(1, 300.0f, 0, 1.0f, 0, 1.0f, {}).has_value());
}

TEST(BinaryFloat32, ComputesEachKindForAnyCount) {
  const auto expected = [](BinaryKind kind, float a, float b) {
    switch (kind) {
      case BinaryKind::kAdd:
        return a + b;
      case BinaryKind::kSub:
        return a - b;
      case BinaryKind::kMul:
        return a * b;
      case BinaryKind::kMaximum:
        return std::max(a, b);
      case BinaryKind::kDiv:
        return a / b;
      default:
        return std::min(a, b);
    }
  };
  ForEachSeed(200, [&](Random& random) {
    const BinaryFloat32Params params{.count = random.Int(1, 19),
                                     .kind = static_cast<BinaryKind>(random.Int(0, 5)),
                                     .output = {-1.5f, 2.0f}};
    const auto a = random.Floats(params.count, -3, 3), b = random.Floats(params.count, -3, 3);
    std::vector<float> output(a.size());
    BinaryFloat32(params, a.data(), b.data(), output.data());
    for (size_t i = 0; i < a.size(); ++i) {
      ASSERT_EQ(output[i], std::clamp(expected(params.kind, a[i], b[i]), -1.5f, 2.0f));
    }
  });
}

TEST(Mean, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1000, [](Random& random) {
    MeanInt8Params params{.batch = random.Int(1, 3),
                          .rows = random.Int(1, 60),
                          .channels = random.Int(1, 35),
                          .input_zero_point = random.Int(-128, 127),
                          .output = random.Output()};
    params.scale = random.Float(0.5f, 2.0f) / static_cast<float>(params.rows);
    const auto input = random.Bytes(int64_t{params.batch} * params.rows * params.channels);
    std::vector<int8_t> expected(static_cast<size_t>(params.batch * params.channels));
    std::vector<int8_t> actual(expected.size());
    MeanInt8Reference(params, input.data(), expected.data());
    MeanInt8(params, input.data(), actual.data());
    EXPECT_TRUE(SameBytes(actual, expected));

    const MeanFloat32Params real{params.batch, params.rows, params.channels};
    const auto reals = random.Floats(static_cast<int64_t>(input.size()), -5, 5);
    std::vector<float> expected_reals(expected.size()), actual_reals(expected.size());
    MeanFloat32Reference(real, reals.data(), expected_reals.data());
    MeanFloat32(real, reals.data(), actual_reals.data());
    EXPECT_TRUE(SameBytes(actual_reals, expected_reals));
  });
}

TEST(Lookup8, MapsEveryByte) {
  std::vector<uint8_t> input(256), table(256), output(256);
  for (size_t i = 0; i < 256; ++i) {
    input[i] = static_cast<uint8_t>(255 - i);
    table[i] = static_cast<uint8_t>(i * 7 + 3);
  }
  Lookup8({.count = 256}, input.data(), table.data(), output.data());
  for (size_t i = 0; i < 256; ++i) EXPECT_EQ(output[i], table[255 - i]);
}

TEST(Quantize, RoundsClampsAndReturns) {
  const std::vector<float> input = {0.0f, 0.25f, 0.75f, -1e9f, 1e9f, std::nanf("")};
  std::vector<int8_t> quantized(input.size());
  QuantizeFloat32Int8({.count = 6, .inverse_scale = 2.0f, .output = {.zero_point = -10}},
                      input.data(), quantized.data());
  EXPECT_EQ(quantized, (std::vector<int8_t>{-10, -10, -8, -128, 127, -128}));
  std::vector<float> back(3);
  DequantizeInt8Float32({.count = 3, .scale = 0.5f, .zero_point = -10}, quantized.data(),
                        back.data());
  EXPECT_EQ(back, (std::vector<float>{0.0f, 0.0f, 1.0f}));
}

TEST(ClampFloat32, KeepsValuesInRange) {
  const std::vector<float> input = {-1, 0, 3, 6, 7};
  std::vector<float> output(5);
  ClampFloat32({.count = 5, .output = {0, 6}}, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<float>{0, 0, 3, 6, 6}));
}

}  // namespace
}  // namespace wranglet
