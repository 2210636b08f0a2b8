#include "kernels/requantize.h"

#include <array>
#include <limits>

#include "kernels/testing.h"

namespace wranglet {
namespace {

int8_t RequantizeOne(int32_t accumulator, float scale, const Int8Output& output) {
  const v128_t scales = wasm_f32x4_splat(scale);
  const v128_t value = wasm_i32x4_splat(accumulator);
  return static_cast<int8_t>(
      wasm_i8x16_extract_lane(RequantizeInt8(output)(value, value, scales, scales), 0));
}

TEST(Requantize, RoundsHalfToEven) {
  for (const auto& [accumulator, expected] : {std::pair{1, 0}, {3, 2}, {5, 2}, {-1, 0}, {-3, -2}}) {
    EXPECT_EQ(RequantizeInt8Reference(accumulator, 0.5f, {}), expected);
    EXPECT_EQ(RequantizeOne(accumulator, 0.5f, {}), expected);
  }
}

TEST(Requantize, AddsTheZeroPointAndClamps) {
  EXPECT_EQ(RequantizeOne(10, 1.0f, {.zero_point = 5}), 15);
  EXPECT_EQ(RequantizeOne(1000, 1.0f, {.zero_point = -128}), 127);
  EXPECT_EQ(RequantizeOne(-1000, 1.0f, {.zero_point = 127}), -128);
  EXPECT_EQ(RequantizeOne(-7, 1.0f, {.zero_point = 3, .min = 3}), 3);
  EXPECT_EQ(RequantizeOne(50, 1.0f, {.zero_point = 3, .min = 3, .max = 20}), 20);
}

TEST(Requantize, VectorsEqualTheReferenceAtTheEndsOfInt32) {
  constexpr int32_t kLeast = std::numeric_limits<int32_t>::min();
  constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
  for (const float scale : {1e-30f, 1e-9f, 1e-4f, 0.5f, 1.0f, 255.0f, 1e6f, 1e20f, 1e38f}) {
    for (const int32_t zero_point : {-128, -1, 0, 127}) {
      for (const int32_t accumulator : {kLeast, kLeast + 1, -1, 0, 1, kMost - 1, kMost, 1 << 22,
                                        -(1 << 22), 1 << 23, 1 << 24, (1 << 24) + 1}) {
        const Int8Output output{.zero_point = zero_point};
        ASSERT_EQ(RequantizeOne(accumulator, scale, output),
                  RequantizeInt8Reference(accumulator, scale, output))
            << accumulator << " * " << scale << " + " << zero_point;
      }
    }
  }
}

TEST(Requantize, VectorsEqualTheReferenceAllOverInt32) {
  // A prime step, so that no two scales meet the same multiples.
  constexpr int64_t kStep = 65537;
  for (const float scale : {0x1p-31f, 0x1.8p-28f, 1e-7f, 3e-5f, 0.7f}) {
    for (int64_t at = std::numeric_limits<int32_t>::min();
         at <= std::numeric_limits<int32_t>::max(); at += kStep) {
      const auto accumulator = static_cast<int32_t>(at);
      ASSERT_EQ(RequantizeOne(accumulator, scale, {.zero_point = -5}),
                RequantizeInt8Reference(accumulator, scale, {.zero_point = -5}))
          << accumulator << " * " << scale;
    }
  }
}

TEST(Requantize, VectorsEqualTheReferenceOnEveryTie) {
  for (const int32_t zero_point : {-128, -3, 0, 2, 127}) {
    for (int32_t accumulator = -1200; accumulator <= 1200; ++accumulator) {
      for (const float scale : {0.5f, 0.25f, 0.125f}) {
        ASSERT_EQ(RequantizeOne(accumulator, scale, {.zero_point = zero_point}),
                  RequantizeInt8Reference(accumulator, scale, {.zero_point = zero_point}))
            << accumulator << " * " << scale << " + " << zero_point;
      }
    }
  }
}

TEST(Requantize, VectorsEqualTheReferenceOnRandomValues) {
  ForEachSeed(3000, [](Random& random) {
    const Int8Output output = random.Output();
    const float scale = std::ldexp(random.Float(0.5f, 1.0f), random.Int(-24, 2));
    const int32_t range = 1 << random.Int(1, 30);
    for (int i = 0; i < 20; ++i) {
      const int32_t accumulator = random.Int(-range, range);
      ASSERT_EQ(RequantizeOne(accumulator, scale, output),
                RequantizeInt8Reference(accumulator, scale, output))
          << accumulator << " * " << scale;
    }
  });
}

TEST(Requantize, EachLaneHasItsOwnScale) {
  const std::array<int32_t, 8> accumulators = {10, 20, 30, 40, 50, 60, 70, 80};
  const std::array<float, 8> scales = {1, 0.5f, 0.25f, 1, 0.1f, 2, 0.3f, 1};
  std::array<int8_t, 8> out;
  const v128_t bytes = RequantizeInt8({})(
      wasm_v128_load(accumulators.data()), wasm_v128_load(accumulators.data() + 4),
      wasm_v128_load(scales.data()), wasm_v128_load(scales.data() + 4));
  StoreUpTo8(out.data(), bytes, 8);
  EXPECT_EQ(out, (std::array<int8_t, 8>{10, 10, 8, 40, 5, 120, 21, 80}));
}

}  // namespace
}  // namespace wranglet
