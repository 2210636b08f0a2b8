#include "kernels/mean.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

TEST(Mean, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1000, [](Random& random) {
    MeanInt8Params params{.batch = random.Int(1, 3),
                          .rows = random.Int(1, 60),
                          .channels = random.Int(1, 35),
                          .input_zero_point = random.Int(-128, 127),
                          .output_zero_point = random.Int(-128, 127)};
    // Halves come up too: they are what the zero point decides.
    params.scale =
        (random.Int(0, 1) == 0 ? 1.0f : random.Float(0.5f, 2.0f)) / static_cast<float>(params.rows);
    const auto input = random.Bytes(int64_t{params.batch} * params.rows * params.channels);
    std::vector<int8_t> expected(static_cast<size_t>(params.batch * params.channels));
    std::vector<int8_t> actual(expected.size());
    MeanInt8Reference(params, input.data(), expected.data());
    MeanInt8(params, input.data(), actual.data());
    EXPECT_TRUE(SameBytes(actual, expected));

    const MeanInt16Params wide{params.batch, params.rows, params.channels,
                               ToFixedPoint(random.Float(0.001f, 2.0f))};
    const auto ints = random.Ints(static_cast<int64_t>(input.size()), -32768, 32767);
    const std::vector<int16_t> wide_input(ints.begin(), ints.end());
    std::vector<int16_t> expected_wide(expected.size()), actual_wide(expected.size());
    MeanInt16Reference(wide, wide_input.data(), expected_wide.data());
    MeanInt16(wide, wide_input.data(), actual_wide.data());
    EXPECT_TRUE(SameBytes(actual_wide, expected_wide));

    const MeanFloat32Params real{params.batch, params.rows, params.channels};
    const auto reals = random.Floats(static_cast<int64_t>(input.size()), -5, 5);
    std::vector<float> expected_reals(expected.size()), actual_reals(expected.size());
    MeanFloat32Reference(real, reals.data(), expected_reals.data());
    MeanFloat32(real, reals.data(), actual_reals.data());
    EXPECT_TRUE(SameBytes(actual_reals, expected_reals));
  });
}

TEST(Mean, SumsUpAsManyRowsAsThereMayBe) {
  constexpr int32_t kRows = 65535, kShift = 15;  // 2^15 is the largest power of two in it
  for (const double ratio : {0.25, 1.0, 1.999, 3.0, 100.0}) {
    // As the compiler has it.
    FixedPoint scale = ToFixedPoint(ratio);
    scale.multiplier = static_cast<int32_t>((int64_t{scale.multiplier} << kShift) / kRows);
    scale.exponent -= kShift;
    for (const int32_t value : {-32768, -12345, 0, 32767}) {
      const MeanInt16Params params{.rows = kRows, .channels = 9, .scale = scale};
      const std::vector<int16_t> input(size_t{kRows} * 9, static_cast<int16_t>(value));
      std::vector<int16_t> expected(9), actual(9);
      MeanInt16Reference(params, input.data(), expected.data());
      MeanInt16(params, input.data(), actual.data());
      EXPECT_TRUE(SameBytes(actual, expected));
      EXPECT_NEAR(actual[0], std::clamp(ratio * value, -32768.0, 32767.0), 1.0);
    }
  }
}

}  // namespace
}  // namespace wranglet
