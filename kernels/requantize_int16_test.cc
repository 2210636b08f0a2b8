#include "kernels/requantize_int16.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "kernels/quantized.h"
#include "kernels/testing.h"
#include "kernels/testing_products.h"

namespace wranglet {
namespace {

constexpr Rounding16 kAllRoundings[] = {Rounding16::kHalfUp, Rounding16::kHalfAway,
                                        Rounding16::kHalfUp31, Rounding16::kTwice31};

// The kernels' way: `sum` in the int32 accumulator and the rest of it in the bias.
template <typename Requantize = RequantizeInt16>
int16_t RequantizeOne(int64_t accumulator, double scale,
                      const typename Requantize::Output& output) {
  const auto sum = static_cast<int32_t>(accumulator % 1000003);
  const std::vector<double> bias(8, static_cast<double>(accumulator - sum)), scales(8, scale);
  typename Requantize::template Sums<1> sums(bias.data());
  sums.low[0] = sums.high[0] = wasm_i32x4_splat(sum);
  std::array<int16_t, 8> out;
  const Requantize requantize(output);
  const typename Requantize::Scales packed(scales.data());
  FinishSums(requantize, sums, packed);
  StoreUpTo8(out.data(), requantize(sums, 0, packed), 8);
  for (const int16_t value : out) EXPECT_EQ(value, out[0]);
  return out[0];
}

TEST(RequantizeInt16, RoundsHalvesInEveryWay) {
  struct Case {
    Rounding16 rounding;
    int64_t accumulator;
    double scale;
    int16_t expected;
  };
  for (const auto& [rounding, accumulator, scale, expected] : std::vector<Case>{
           {Rounding16::kHalfUp, 3, 0.5, 2},
           {Rounding16::kHalfUp, -3, 0.5, -1},
           {Rounding16::kHalfAway, 3, 0.5, 2},
           {Rounding16::kHalfAway, -3, 0.5, -2},
           {Rounding16::kHalfUp31, 3, 0.5, 2},
           {Rounding16::kHalfUp31, -3, 0.5, -1},
           // -3 * 0.5 is rounded to -1, which is an integer.
           {Rounding16::kTwice31, -3, 0.5, -1},
           // -3 * 0.25 * 2 is rounded to -1, and half of that away from zero.
           {Rounding16::kTwice31, -3, 0.25, -1},
           {Rounding16::kHalfUp31, -2, 0.25, 0},
           {Rounding16::kTwice31, -2, 0.25, -1},
       }) {
    const Int16ProductOutput output{rounding, {}};
    EXPECT_EQ(RequantizeInt16Reference(accumulator, scale, output), expected)
        << accumulator << " * " << scale;
    EXPECT_EQ(RequantizeOne(accumulator, scale, output), expected) << accumulator << " * " << scale;
  }
}

TEST(RequantizeInt16, ScalesOfAnySizeAreMantissaAndShift) {
  for (const double scale : {0.0, 0x1p-60, 0x1.8p-31, 0x1.23456788p-9, 0.5, 1.0, 6.5}) {
    const FixedPointScale fixed(scale);
    EXPECT_EQ(std::ldexp(static_cast<double>(fixed.mantissa), -fixed.shift), scale);
  }
}

TEST(RequantizeInt16, Clamps) {
  for (const Rounding16 rounding : kAllRoundings) {
    EXPECT_EQ(RequantizeOne(1 << 30, 0.5, {rounding, {}}), 32767);
    EXPECT_EQ(RequantizeOne(-(1 << 30), 0.5, {rounding, {}}), -32768);
    EXPECT_EQ(RequantizeOne(-5, 1.0, {rounding, {.min = 0}}), 0);
    EXPECT_EQ(RequantizeOne(500, 1.0, {rounding, {.min = 0, .max = 77}}), 77);
  }
}

TEST(RequantizeInt16, VectorsEqualTheReferenceOnEveryTie) {
  for (const Rounding16 rounding : kAllRoundings) {
    for (int32_t accumulator = -1200; accumulator <= 1200; ++accumulator) {
      for (const double scale : {0.5, 0.25, 0.125, 0x1p-12}) {
        ASSERT_EQ(RequantizeOne(accumulator, scale, {rounding, {}}),
                  RequantizeInt16Reference(accumulator, scale, {rounding, {}}))
            << accumulator << " * " << scale << ", " << static_cast<int>(rounding);
      }
    }
  }
}

// Numbers beside a half, which a sum with 0.5 rounds up to it.
TEST(RequantizeInt16, WhatIsLessThanAHalfIsNone) {
  const double less = std::nextafter(0.5, 0.0);
  EXPECT_EQ(RequantizeOne(1, less, {Rounding16::kHalfAway, {}}), 0);
  EXPECT_EQ(RequantizeOne(-1, less, {Rounding16::kHalfAway, {}}), 0);
  EXPECT_EQ(RequantizeOne(-3, std::nextafter(0.5, 1.0), {Rounding16::kHalfAway, {}}), -2);
}

TEST(RequantizeInt16, VectorsEqualTheReferenceOnRandomValues) {
  ForEachSeed(3000, [](Random& random) {
    const Int16ProductOutput output = RandomProduct<RequantizeInt16>(random).PickOutput();
    const double scale =
        RandomProduct<RequantizeInt16>(random).Scales(1, random.Int(1, 10000), output)[0];
    const bool is_int32 =
        output.rounding == Rounding16::kHalfUp31 || output.rounding == Rounding16::kTwice31;
    const int32_t range = 1 << random.Int(1, 30);
    for (int i = 0; i < 20; ++i) {
      const int64_t accumulator =
          random.Int(-range, range) * int64_t{is_int32 ? 1 : random.Int(1, 60)};
      ASSERT_EQ(RequantizeOne(accumulator, scale, output),
                RequantizeInt16Reference(accumulator, scale, output))
          << accumulator << " * " << scale << ", " << static_cast<int>(output.rounding);
    }
  });
}

int16_t RequantizeBounded(int64_t accumulator, double scale, const Int16Output& output = {}) {
  return RequantizeOne<RequantizeInt16Bounded>(accumulator, scale, output);
}

TEST(RequantizeInt16Bounded, ServesWhatStaysAnInt32) {
  constexpr double kMost = 0x1p31 - 1;
  EXPECT_TRUE(RequantizeInt16Bounded::Serves(kMost, 0, 0.5));
  EXPECT_FALSE(RequantizeInt16Bounded::Serves(kMost + 1, 0, 0.5));
  EXPECT_FALSE(RequantizeInt16Bounded::Serves(kMost, 0, 1.0));
  EXPECT_TRUE(RequantizeInt16Bounded::Serves(1000, -1000, 3.5));
  EXPECT_FALSE(RequantizeInt16Bounded::Serves(1 << 29, -(1 << 29), 2.0));
  EXPECT_TRUE(RequantizeInt16Bounded::Serves(100, -0x1p35, 0x1p-20));
  EXPECT_FALSE(RequantizeInt16Bounded::Serves(100, -0x1p36, 0x1p-20));
}

TEST(RequantizeInt16Bounded, Clamps) {
  EXPECT_EQ(RequantizeBounded(1 << 30, 0.5), 32767);
  EXPECT_EQ(RequantizeBounded(-(1 << 30), 0.5), -32768);
  EXPECT_EQ(RequantizeBounded(-5, 1.0, {.min = 0}), 0);
  EXPECT_EQ(RequantizeBounded(500, 1.0, {.min = 0, .max = 77}), 77);
}

// Sums whose products with a scale of 15 bits are nearest to any half there is within int16: on it,
// or beside it.
TEST(RequantizeInt16Bounded, EqualsTheReferenceBesideEveryHalf) {
  const auto expect_equal = [](int64_t accumulator, double scale) {
    if (!RequantizeInt16Bounded::Serves(0, static_cast<double>(accumulator), scale)) return;
    ASSERT_EQ(RequantizeBounded(accumulator, scale),
              RequantizeInt16Reference(accumulator, scale, {}))
        << accumulator << " * " << scale;
  };
  ForEachSeed(2000, [&](Random& random) {
    const int32_t mantissa = random.Int(0, 3) ? random.Int(1 << 14, (1 << 15) - 1) : 1 << 14;
    const int32_t shift = random.Int(15, 62);
    const double scale = std::ldexp(mantissa, -shift);
    for (int i = 0; i < 20; ++i) {
      const double half = random.Int(-32770, 32770) + 0.5;
      const double nearest = half / scale;
      if (!(std::abs(nearest) < 0x1p36)) continue;
      for (int32_t more = -2; more <= 2; ++more) expect_equal(std::llround(nearest) + more, scale);
    }
  });
}

TEST(RequantizeInt16Bounded, EqualsTheReferenceAtTheEnds) {
  for (const double scale : {0.0, 0x1p-80, 0x1p-32, 0x1.fffcp-22, 0x1p-21, 0x1.fffcp-6}) {
    for (const int64_t less : {1, 2, 3, 1 << 15, 1 << 16}) {
      for (const int64_t sign : {-1, 1}) {
        const int64_t accumulator = sign * ((int64_t{1} << 36) - less);
        ASSERT_TRUE(RequantizeInt16Bounded::Serves(0, static_cast<double>(accumulator), scale));
        EXPECT_EQ(RequantizeBounded(accumulator, scale),
                  RequantizeInt16Reference(accumulator, scale, {}))
            << accumulator << " * " << scale;
      }
    }
  }
}

}  // namespace
}  // namespace wranglet
