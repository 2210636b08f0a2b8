// Kernels of two operands: add, multiply, maximum, and their float32 kin, over shapes that are
// equal or broadcast.

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/binary_float32.h"
#include "kernels/maximum.h"
#include "kernels/multiply.h"
#include "kernels/prelu.h"
#include "kernels/testing.h"
#include "kernels/testing_broadcast.h"

namespace wranglet {
namespace {

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
