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

TEST(RequantizationScales, OneScaleServesEveryChannel) {
  EXPECT_EQ(RequantizationScales(0.5f, {0.25f}, 2.0f, 3),
            (std::vector<float>{0.0625f, 0.0625f, 0.0625f}));
  EXPECT_EQ(RequantizationScales(0.5f, {0.25f, 4.0f}, 2.0f, 2),
            (std::vector<float>{0.0625f, 1.0f}));
}

}  // namespace
}  // namespace wranglet
