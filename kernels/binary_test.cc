// Kernels of two operands: add, multiply, maximum, and their float32 kin, over shapes that are
// equal or broadcast.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/add.h"
#include "kernels/binary_float32.h"
#include "kernels/maximum.h"
#include "kernels/multiply.h"
#include "kernels/prelu.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

Broadcast OneRow(int32_t size) { return {.sizes = {1, 1, 1, 1, 1, size}}; }

// A shape whose operands are repeated along some dimensions, and how many elements each has.
struct RandomBroadcast {
  explicit RandomBroadcast(Random& random) {
    const int32_t rank = random.Int(1, 6);
    for (size_t axis = 6; axis-- > 6 - static_cast<size_t>(rank);) {
      const bool is_last = axis == 5;
      // Long rows now and then, so that whole vectors are met.
      const int32_t size = is_last ? random.Int(1, 40) : random.Int(1, 3);
      const int32_t repeats = random.Int(0, 2);  // 1: a, 2: b
      shape.sizes[axis] = size;
      shape.a_strides[axis] = repeats == 1 ? 0 : a_count;
      shape.b_strides[axis] = repeats == 2 ? 0 : b_count;
      if (repeats != 1) a_count *= size;
      if (repeats != 2) b_count *= size;
      count *= size;
    }
  }

  Broadcast shape;
  int32_t a_count = 1, b_count = 1, count = 1;
};

// Whether a kernel and its definition give the same, in place too where that is allowed.
template <typename T, typename Params, typename Kernel, typename Reference>
void ExpectEqual(const Params& params, const std::vector<T>& a, const std::vector<T>& b,
                 int32_t count, const Kernel& kernel, const Reference& reference) {
  std::vector<T> expected(static_cast<size_t>(count)), actual(expected.size());
  reference(params, a.data(), b.data(), expected.data());
  kernel(params, a.data(), b.data(), actual.data());
  EXPECT_TRUE(SameBytes(actual, expected));
  if (a.size() == expected.size()) {
    std::vector<T> in_place = a;
    kernel(params, in_place.data(), b.data(), in_place.data());
    EXPECT_TRUE(SameBytes(in_place, expected)) << "in place of a";
  }
  if (b.size() == expected.size()) {
    std::vector<T> in_place = b;
    kernel(params, a.data(), in_place.data(), in_place.data());
    EXPECT_TRUE(SameBytes(in_place, expected)) << "in place of b";
  }
}

TEST(Broadcast, GoesOnOrRepeatsAlongEachDimension) {
  // a [2,1,3] and b [4,1], so [2,4,3].
  const Broadcast shape{{1, 1, 1, 2, 4, 3}, {0, 0, 0, 3, 0, 1}, {0, 0, 0, 0, 1, 0}};
  const std::vector<int8_t> a = {1, 2, 3, 4, 5, 6}, b = {10, 20, 30, 40};
  std::vector<int8_t> output(24);
  CombineReference(shape, a.data(), b.data(), output.data(),
                   [](int8_t x, int8_t y) { return static_cast<int8_t>(x + y); });
  EXPECT_EQ(output, (std::vector<int8_t>{11, 12, 13, 21, 22, 23, 31, 32, 33, 41, 42, 43,
                                         14, 15, 16, 24, 25, 26, 34, 35, 36, 44, 45, 46}));
}

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

TEST(AddInt16, EqualsTheReferenceAndIsWithinAStepOfTheRealSum) {
  ForEachSeed(2500, [](Random& random) {
    const RandomBroadcast r(random);
    const float scale = std::ldexp(random.Float(0.5f, 1), random.Int(-14, 0));
    const float a_scale = scale * std::ldexp(random.Float(0.5f, 1), random.Int(-8, 4));
    const float b_scale = scale * std::ldexp(random.Float(0.5f, 1), random.Int(-8, 4));
    auto params = MakeAddInt16Params(a_scale, b_scale, scale);
    ASSERT_TRUE(params.has_value());
    params->shape = r.shape;
    params->subtract = random.Int(0, 1) == 1;
    params->output = random.Output16();
    const auto a = random.Shorts(r.a_count), b = random.Shorts(r.b_count);
    ExpectEqual(*params, a, b, r.count, AddInt16, AddInt16Reference);

    std::vector<int16_t> sum(static_cast<size_t>(r.count));
    AddInt16(*params, a.data(), b.data(), sum.data());
    const double other = double{b_scale} * b[0] * (params->subtract ? -1 : 1);
    const double real = (double{a_scale} * a[0] + other) / double{scale};
    const double clamped = std::clamp<double>(real, params->output.min, params->output.max);
    EXPECT_NEAR(sum[0], clamped, 0.51);
  });
}

TEST(AddInt16, RefusesAnOutputMuchFinerThanItsInputs) {
  EXPECT_FALSE(MakeAddInt16Params(1.0f, 1.0f, 0x1p-14f).has_value());
  EXPECT_TRUE(MakeAddInt16Params(1.0f, 1.0f, 0x1.1p-14f).has_value());
}

TEST(MultiplyInt8, EqualsTheReferenceOnRandomScalesAndShapes) {
  ForEachSeed(2500, [](Random& random) {
    const RandomBroadcast r(random);
    const MultiplyInt8Params params{.shape = r.shape,
                                    .a_zero_point = random.Int(-128, 127),
                                    .b_zero_point = random.Int(-128, 127),
                                    .scale = std::ldexp(random.Float(0.5f, 1), random.Int(-18, 4)),
                                    .output = random.Output()};
    ExpectEqual(params, random.Bytes(r.a_count), random.Bytes(r.b_count), r.count, MultiplyInt8,
                MultiplyInt8Reference);
  });
}

TEST(MultiplyInt8, RoundsHalfToEvenAtTheZeroPoint) {
  const MultiplyInt8Params params{
      .shape = OneRow(3), .a_zero_point = 1, .scale = 0.5f, .output = {.zero_point = 10}};
  const std::vector<int8_t> a = {2, 2, 2}, b = {1, 3, -3};
  std::vector<int8_t> output(3);
  MultiplyInt8(params, a.data(), b.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{10, 12, 8}));
}

TEST(MultiplyInt16, EqualsTheReferenceOnRandomScalesAndShapes) {
  ForEachSeed(2500, [](Random& random) {
    const RandomBroadcast r(random);
    const double scale = std::ldexp(double{random.Float(0.5f, 1)}, random.Int(-30, 3));
    const MultiplyInt16Params params{r.shape, ToFixedPoint(scale), random.Output16()};
    const auto a = random.Shorts(r.a_count), b = random.Shorts(r.b_count);
    ExpectEqual(params, a, b, r.count, MultiplyInt16, MultiplyInt16Reference);

    std::vector<int16_t> product(static_cast<size_t>(r.count));
    MultiplyInt16(params, a.data(), b.data(), product.data());
    const double real =
        std::clamp<double>(scale * a[0] * b[0], params.output.min, params.output.max);
    EXPECT_NEAR(product[0], real, 1.01);
  });
}

template <typename T>
void ExpectMaximumEqualsReference(Random& random, const RandomBroadcast& r, std::vector<T> a,
                                  std::vector<T> b) {
  MaximumParams<T> params{.shape = r.shape, .is_min = random.Int(0, 1) == 1};
  if (random.Int(0, 1)) {
    params.min = random.Int(-128, 127);
    params.max = random.Int(params.min, 127);
  }
  ExpectEqual(params, a, b, r.count, Maximum<T>, MaximumReference<T>);
}

TEST(Maximum, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1000, [](Random& random) {
    const RandomBroadcast r(random);
    ExpectMaximumEqualsReference<int8_t>(random, r, random.Bytes(r.a_count),
                                         random.Bytes(r.b_count));
    ExpectMaximumEqualsReference<int16_t>(random, r, random.Shorts(r.a_count),
                                          random.Shorts(r.b_count));
  });
}

template <typename T>
void ExpectPReluEqualsReference(Random& random, const RandomBroadcast& r, int32_t most_zero_point,
                                std::vector<T> input, std::vector<T> slopes) {
  const auto zero_point = [&] { return random.Int(-most_zero_point, most_zero_point); };
  PReluParams<T> params{.shape = r.shape,
                        .input_zero_point = zero_point(),
                        .slope_zero_point = zero_point(),
                        .output_zero_point = zero_point()};
  params.positive = ToFixedPoint(std::ldexp(double{random.Float(0.5f, 1)}, random.Int(-6, 4)));
  params.negative = ToFixedPoint(std::ldexp(double{random.Float(0.5f, 1)}, random.Int(-18, -2)));
  ExpectEqual(params, input, slopes, r.count, PReluQuantized<T>, PReluReference<T>);
}

TEST(PRelu, EqualsTheReferenceOnRandomScalesAndShapes) {
  ForEachSeed(1000, [](Random& random) {
    const RandomBroadcast r(random);
    ExpectPReluEqualsReference<int8_t>(random, r, 127, random.Bytes(r.a_count),
                                       random.Bytes(r.b_count));
    ExpectPReluEqualsReference<int16_t>(random, r, 0, random.Shorts(r.a_count),
                                        random.Shorts(r.b_count));
  });
}

TEST(BinaryFloat32, ComputesEachKindForAnyShape) {
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
      case BinaryKind::kMinimum:
        return std::min(a, b);
      case BinaryKind::kDiv:
        return a / b;
      case BinaryKind::kPRelu:
        break;
    }
    return a < 0 ? a * b : a;
  };
  const auto reference = [&](const BinaryFloat32Params& params, const float* a, const float* b,
                             float* output) {
    CombineReference(params.shape, a, b, output, [&](float x, float y) {
      return std::clamp(expected(params.kind, x, y), params.output.min, params.output.max);
    });
  };
  ForEachSeed(1000, [&](Random& random) {
    const RandomBroadcast r(random);
    BinaryFloat32Params params{.shape = r.shape, .kind = static_cast<BinaryKind>(random.Int(0, 6))};
    if (random.Int(0, 1)) params.output = {-1.5f, 2.0f};
    ExpectEqual(params, random.Floats(r.a_count, -3, 3), random.Floats(r.b_count, -3, 3), r.count,
                BinaryFloat32, reference);
  });
}

}  // namespace
}  // namespace wranglet
