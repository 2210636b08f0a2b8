#include "kernels/fixed_point.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

int32_t MultiplyOne(int32_t value, const FixedPoint& by) {
  return wasm_i32x4_extract_lane(MultiplyFixedPoint(by)(wasm_i32x4_splat(value)), 2);
}

TEST(FixedPoint, HasAMantissaOf31Bits) {
  EXPECT_EQ(ToFixedPoint(0.5).multiplier, 1 << 30);
  EXPECT_EQ(ToFixedPoint(0.5).exponent, 0);
  EXPECT_EQ(ToFixedPoint(3.0).multiplier, 3 << 29);
  EXPECT_EQ(ToFixedPoint(3.0).exponent, 2);
  // Rounds up to the next power of two.
  EXPECT_EQ(ToFixedPoint(std::nextafter(1.0, 0.0)).multiplier, 1 << 30);
  EXPECT_EQ(ToFixedPoint(std::nextafter(1.0, 0.0)).exponent, 1);
  EXPECT_EQ(ToFixedPoint(0.0).multiplier, 0);
  EXPECT_EQ(ToFixedPoint(0x1p-40).multiplier, 0);
  EXPECT_EQ(ToFixedPoint(0x1p40).exponent, 30);
}

TEST(FixedPoint, RoundsTwice) {
  const FixedPoint third = ToFixedPoint(0.3);  // 0.6 / 2
  EXPECT_EQ(MultiplyReference(11, third), 4) << "6.6 is 7, and 3.5 is 4";
  EXPECT_EQ(MultiplyReference(-11, third), -4);
  EXPECT_EQ(MultiplyReference(1, ToFixedPoint(0.5)), 1) << "the first rounding is half up";
  EXPECT_EQ(MultiplyReference(-1, ToFixedPoint(0.5)), 0);
}

TEST(FixedPoint, SaturatesWhatIsShiftedOut) {
  constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
  EXPECT_EQ(MultiplyReference(1 << 20, ToFixedPoint(0x1p14)), kMost / 2 + 1);
  for (const int32_t value : {1 << 20, -(1 << 20), (1 << 16) - 1, -(1 << 16)}) {
    EXPECT_EQ(MultiplyOne(value, ToFixedPoint(0x1p14)),
              MultiplyReference(value, ToFixedPoint(0x1p14)));
  }
}

TEST(FixedPoint, VectorsEqualTheDefinition) {
  ForEachSeed(3000, [](Random& random) {
    const FixedPoint by = ToFixedPoint(
        std::ldexp(static_cast<double>(random.Float(0.5f, 1.0f)), random.Int(-33, 12)));
    for (int i = 0; i < 20; ++i) {
      const int32_t most = 1 << random.Int(0, 30);
      const int32_t value = random.Int(-most, most);
      ASSERT_EQ(MultiplyOne(value, by), MultiplyReference(value, by))
          << value << " * " << by.multiplier << " * 2^" << by.exponent;
    }
  });
}

// All int16 by scales at the ends of what halves of the multiplier can be, and by others.
TEST(FixedPoint, EveryInt16EqualsTheDefinition) {
  std::vector<FixedPoint> scales;
  for (const int32_t multiplier : {0, 1 << 30, 0x40007fff, 0x40008000, 0x7ffeffff, 0x7fff7fff,
                                   0x7fff8000, std::numeric_limits<int32_t>::max()}) {
    for (const int32_t exponent : {0, -1, -16, -31}) scales.push_back({multiplier, exponent});
  }
  ForEachSeed(40, [&](Random& random) {
    scales.push_back(
        {random.Int(1 << 30, std::numeric_limits<int32_t>::max()), -random.Int(0, 31)});
  });
  for (const FixedPoint& by : scales) {
    const MultiplyInt16FixedPoint multiply(by);
    for (int32_t first = -32768; first < 32768; first += 8) {
      std::array<int16_t, 8> values;
      std::array<int32_t, 8> products;
      std::iota(values.begin(), values.end(), static_cast<int16_t>(first));
      const v128_t x = wasm_v128_load(values.data());
      wasm_v128_store(products.data(), multiply.Low(x));
      wasm_v128_store(products.data() + 4, multiply.High(x));
      for (size_t i = 0; i < 8; ++i) {
        ASSERT_EQ(products[i], MultiplyReference(values[i] * (1 << 15), by))
            << values[i] << " * " << by.multiplier << " * 2^" << by.exponent;
      }
    }
  }
}

TEST(FixedPoint, VectorsEqualTheDefinitionOnEveryTie) {
  for (int32_t exponent = -4; exponent <= 1; ++exponent) {
    const FixedPoint by = ToFixedPoint(std::ldexp(0.75, exponent));
    for (int32_t value = -300; value <= 300; ++value) {
      ASSERT_EQ(MultiplyOne(value, by), MultiplyReference(value, by)) << value << ", " << exponent;
    }
  }
}

}  // namespace
}  // namespace wranglet
