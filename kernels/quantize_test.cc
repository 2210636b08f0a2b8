// Kernels between types of stored numbers: quantize, dequantize, requantize, lookup.

#include "kernels/quantize.h"

#include <cmath>
#include <vector>

#include "kernels/lookup.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

TEST(QuantizeFloat32Int8, RoundsHalfToEvenAndClamps) {
  const std::vector<float> input = {0.0f, 0.25f, 0.75f, -1e9f, 1e9f, std::nanf(""), -INFINITY};
  std::vector<int8_t> output(input.size());
  QuantizeFloat32Int8({.count = 7, .inverse_scale = 2.0f, .output = {.zero_point = -10}},
                      input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{-10, -10, -8, -128, 127, -128, -128}));
}

TEST(QuantizeFloat32Int8, EqualsTheReference) {
  ForEachSeed(1000, [](Random& random) {
    const QuantizeFloat32Int8Params params{.count = random.Int(1, 40),
                                           .inverse_scale = random.Float(0.1f, 50.0f),
                                           .output = random.Output()};
    const auto input = random.Floats(params.count, -5, 5);
    std::vector<int8_t> expected(input.size()), actual(input.size());
    QuantizeFloat32Int8Reference(params, input.data(), expected.data());
    QuantizeFloat32Int8(params, input.data(), actual.data());
    EXPECT_TRUE(SameBytes(actual, expected));
  });
}

TEST(QuantizeFloat32Int16, RoundsHalfAwayFromZeroAndSaturates) {
  const std::vector<float> input = {0.25f, -0.25f, 0.24f, 1e9f, -1e9f, std::nanf("")};
  std::vector<int16_t> output(input.size());
  QuantizeFloat32Int16({.count = 6, .scale = 0.5f}, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int16_t>{1, -1, 0, 32767, -32768, 0}));
  // 0.05f is a little above a twentieth, so that this is a little less than 157.5 steps.
  const float almost = -7.875f;
  QuantizeFloat32Int16({.count = 1, .scale = 0.05f}, &almost, output.data());
  EXPECT_EQ(output[0], -157);
}

TEST(Dequantize, GivesTheNumberBack) {
  ForEachSeed(500, [](Random& random) {
    const int32_t count = random.Int(1, 40);
    const float scale = random.Float(0.001f, 2.0f);
    const int32_t zero_point = random.Int(-128, 127);
    const auto bytes = random.Bytes(count);
    const auto shorts = random.Shorts(count);
    std::vector<float> of_bytes(bytes.size()), of_shorts(shorts.size());
    DequantizeToFloat32<int8_t>({count, scale, zero_point}, bytes.data(), of_bytes.data());
    DequantizeToFloat32<int16_t>({count, scale}, shorts.data(), of_shorts.data());
    for (size_t i = 0; i < bytes.size(); ++i) {
      ASSERT_EQ(of_bytes[i], scale * static_cast<float>(bytes[i] - zero_point));
      ASSERT_EQ(of_shorts[i], scale * static_cast<float>(shorts[i]));
    }
  });
}

TEST(RequantizeInt16Int8, EqualsTheReference) {
  ForEachSeed(1000, [](Random& random) {
    const double scale = std::ldexp(static_cast<double>(random.Float(0.5f, 1)), random.Int(-10, 8));
    const RequantizeInt16Int8Params params{random.Int(1, 40), ToFixedPoint(scale),
                                           random.Int(-128, 127)};
    const auto input = random.Shorts(params.count);
    std::vector<int8_t> expected(input.size()), actual(input.size());
    RequantizeInt16Int8Reference(params, input.data(), expected.data());
    RequantizeInt16Int8(params, input.data(), actual.data());
    EXPECT_TRUE(SameBytes(actual, expected));
  });
}

TEST(Lookup8, MapsEveryByte) {
  std::vector<uint8_t> input(256), table(256), output(256);
  std::vector<int16_t> wide_table(256), wide(256);
  for (size_t i = 0; i < 256; ++i) {
    input[i] = static_cast<uint8_t>(255 - i);
    table[i] = static_cast<uint8_t>(i * 7 + 3);
    wide_table[i] = static_cast<int16_t>(i * 200 - 30000);
  }
  Lookup8({.count = 256}, input.data(), table.data(), output.data());
  Lookup8To16({.count = 256}, input.data(), wide_table.data(), wide.data());
  for (size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(output[i], table[255 - i]);
    EXPECT_EQ(wide[i], wide_table[255 - i]);
  }
}

}  // namespace
}  // namespace wranglet
