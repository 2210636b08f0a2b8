#include "plugin/compiler/plan/requantize.h"

#include <gtest/gtest.h>

#include <limits>

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(QuantizeInt8, RoundsHalvesToEvenAndSaturates) {
  EXPECT_EQ(QuantizeInt8(2.5f, 1.0f, 0), 2);
  EXPECT_EQ(QuantizeInt8(3.5f, 1.0f, 0), 4);
  EXPECT_EQ(QuantizeInt8(2.5f, 1.0f, 1), 4) << "the zero point is added before rounding";
  EXPECT_EQ(QuantizeInt8(-2.5f, 1.0f, 0), -2);
  EXPECT_EQ(QuantizeInt8(6.0f, 6.0f / 255, -128), 127);
  EXPECT_EQ(QuantizeInt8(1e30f, 1e-30f, 0), 127);
  EXPECT_EQ(QuantizeInt8(-kInfinity, 0.5f, 100), -128);
}

TEST(RequantizeStored, OneTypeIsXnnpacksProductWith8BitsOfFraction) {
  const Quantization from{{0.3f}, {0}}, into{{1.0f}, {10}};
  // 0.3 is 77/256 there, and 5 * 77/256 is 1.504, not 1.5.
  EXPECT_EQ(RequantizeStored(5, from, into, true), 10 + 2);
  EXPECT_EQ(RequantizeStored(-5, from, into, true), 10 - 2);
  EXPECT_EQ(RequantizeStored(128, {{0.5f}, {127}}, {{1.0f}, {0}}, true), 1) << "0.5 rounds up";
  EXPECT_EQ(RequantizeStored(126, {{0.5f}, {127}}, {{1.0f}, {0}}, true), 0) << "-0.5 rounds up";
}

TEST(RequantizeStored, ScalesFarApartSaturate) {
  EXPECT_GE(RequantizeStored(127, {{1e30f}, {0}}, {{1e-30f}, {3}}, true), 127);
  EXPECT_LE(RequantizeStored(-128, {{1e30f}, {0}}, {{1e-30f}, {-124}}, true), -128);
}

TEST(RequantizeStored, SignedAndUnsignedOfOneScaleDifferBy128) {
  for (int32_t stored = -128; stored < 128; ++stored) {
    EXPECT_EQ(RequantizeStored(stored, {{0.1f}, {-128}}, {{0.1f}, {0}}, false), stored + 128);
  }
}

TEST(RequantizeStored, BetweenSignedAndUnsignedItRoundsTwice) {
  const Quantization from{{0.3f}, {0}}, into{{1.0f}, {0}};
  // 11 * 0.6 is 6.6, so 7; half of that is 3.5, so 4, though 11 * 0.3 is 3.3.
  EXPECT_EQ(RequantizeStored(11, from, into, false), 4);
  EXPECT_EQ(RequantizeStored(-11, from, into, false), -4);
  EXPECT_EQ(RequantizeStored(1, {{1e30f}, {0}}, {{1e-30f}, {0}}, false), 1 << 30);
}

TEST(OutputOf, NoActivationIsTheWholeRange) {
  const Int8Output output = OutputOf({{0.1f}, {7}}, Activation{});
  EXPECT_EQ(output.zero_point, 7);
  EXPECT_EQ(output.min, -128);
  EXPECT_EQ(output.max, 127);
}

TEST(OutputOf, Relu6IsARangeOfStoredValues) {
  const Int8Output output = OutputOf({{0.05f}, {-28}}, Activation{0.0f, 6.0f});
  EXPECT_EQ(output.min, -28);
  EXPECT_EQ(output.max, -28 + 120);
}

TEST(TfliteOutputOf, RoundsHalvesAwayFromZeroBeforeTheZeroPoint) {
  const Int8Output output = TfliteOutputOf({{2.0f}, {-3}}, Activation{-1.0f, 5.0f});
  EXPECT_EQ(output.zero_point, -3);
  EXPECT_EQ(output.min, -4);
  EXPECT_EQ(output.max, 0);
  EXPECT_EQ(TfliteOutputOf({{0.1f}, {7}}, Activation{}).min, -128);
  EXPECT_EQ(TfliteOutputOf({{0.1f}, {7}}, Activation{}).max, 127);
}

TEST(Int16OutputOf, RoundsHalvesAwayFromZeroAndSaturates) {
  const Int16Output output = Int16OutputOf({{0.5f}, {0}}, Activation{-1.25f, 1e9f});
  EXPECT_EQ(output.min, -3);
  EXPECT_EQ(output.max, 32767);
  EXPECT_EQ(Int16OutputOf({{0.5f}, {0}}, Activation{}).min, -32768);
}

TEST(FixedPointScales, AreComputedInDouble) {
  const Quantization x{{0.1f}, {0}}, w{{0.3f, 0.5f}, {0, 0}, 3}, y{{0.7f}, {0}};
  const auto scales = FixedPointScales(x, w, y, 2, false);
  ASSERT_EQ(scales.size(), 2u);
  const FixedPoint second = ToFixedPoint(double{0.1f} * 0.5 / double{0.7f});
  EXPECT_EQ(scales[1].multiplier, second.multiplier);
  EXPECT_EQ(scales[1].exponent, second.exponent);
  // A product in float32 has other bits.
  EXPECT_NE(FixedPointScales(x, w, y, 2, true)[0].multiplier, scales[0].multiplier);
}

TEST(RequantizationScales, OneScaleServesEveryChannel) {
  EXPECT_EQ(RequantizationScales(0.5f, {0.25f}, 2.0f, 3),
            (std::vector<float>{0.0625f, 0.0625f, 0.0625f}));
  EXPECT_EQ(RequantizationScales(0.5f, {0.25f, 4.0f}, 2.0f, 2),
            (std::vector<float>{0.0625f, 1.0f}));
}

}  // namespace
}  // namespace wranglet
