#include "kernels/l2_normalization.h"

#include <cmath>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

// input[i] / length, of the row that i lies in.
template <typename T>
std::vector<double> Normalized(const std::vector<T>& input, int32_t depth, int32_t zero_point) {
  std::vector<double> output;
  for (size_t i = 0; i < input.size(); ++i) {
    double sum = 0;
    const size_t row = i - i % static_cast<size_t>(depth);
    for (size_t k = row; k < row + static_cast<size_t>(depth); ++k) {
      const double x = static_cast<double>(input[k]) - zero_point;
      sum += x * x;
    }
    const double x = static_cast<double>(input[i]) - zero_point;
    output.push_back(sum == 0 ? 0 : x / std::sqrt(sum));
  }
  return output;
}

TEST(L2NormalizationFloat32, MakesRowsOfLengthOne) {
  ForEachSeed(500, [](Random& random) {
    const L2NormalizationFloat32Params params{random.Int(1, 4), random.Int(1, 40)};
    auto values = random.Floats(params.rows * params.depth, -3, 3);
    const auto expected = Normalized(values, params.depth, 0);
    L2NormalizationFloat32(params, values.data(), values.data());
    for (size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], expected[i], 1e-6);
  });
}

TEST(L2NormalizationFloat32, DividesByNoLessThanAMillionth) {
  std::vector<float> values = {1e-9f, 0.0f};
  L2NormalizationFloat32({.depth = 2}, values.data(), values.data());
  EXPECT_FLOAT_EQ(values[0], 1e-3f);
  EXPECT_EQ(values[1], 0.0f);
}

// Rounded twice, so that a step more may be missing.
TEST(L2NormalizationInt8, IsNearTheQuotient) {
  ForEachSeed(1000, [](Random& random) {
    const L2NormalizationInt8Params params{random.Int(1, 3), random.Int(1, 60),
                                           random.Int(-128, 127),
                                           random.Int(0, 1) * kL2NormalizationBits};
    const auto input = random.Bytes(params.rows * params.depth);
    std::vector<int8_t> output(input.size());
    L2NormalizationInt8(params, input.data(), output.data());
    const auto expected = Normalized(input, params.depth, params.input_zero_point);
    for (size_t i = 0; i < output.size(); ++i) {
      ASSERT_NEAR(output[i], std::min(expected[i] * 128, 127.0), 1.01);
    }
  });
}

TEST(L2NormalizationInt8, EarlyBitsRoundOtherwise) {
  int differing = 0;
  ForEachSeed(200, [&](Random& random) {
    const auto input = random.Bytes(8);
    std::vector<int8_t> late(8), early(8);
    L2NormalizationInt8({.depth = 8}, input.data(), late.data());
    L2NormalizationInt8({.depth = 8, .early_bits = kL2NormalizationBits}, input.data(),
                        early.data());
    for (size_t i = 0; i < 8; ++i) {
      ASSERT_LE(std::abs(late[i] - early[i]), 1);
      differing += late[i] != early[i];
    }
  });
  EXPECT_GT(differing, 0);
}

TEST(L2NormalizationInt8, TakesTheDeepestRowsAndNothing) {
  std::vector<int8_t> values(static_cast<size_t>(kMaxL2NormalizationInt8Depth), -128);
  L2NormalizationInt8({.depth = kMaxL2NormalizationInt8Depth, .input_zero_point = 127},
                      values.data(), values.data());
  EXPECT_EQ(values[0], -1);  // 128 / sqrt(33025) is 0.7
  std::vector<int8_t> zeros(3, 5);
  L2NormalizationInt8({.depth = 3, .input_zero_point = 5}, zeros.data(), zeros.data());
  EXPECT_EQ(zeros, (std::vector<int8_t>{0, 0, 0}));
}

TEST(L2NormalizationInt16, IsTheNearestToTheQuotient) {
  ForEachSeed(500, [](Random& random) {
    const L2NormalizationInt16Params params{random.Int(1, 3), random.Int(1, 60)};
    auto values = random.Shorts(params.rows * params.depth);
    const auto expected = Normalized(values, params.depth, 0);
    L2NormalizationInt16(params, values.data(), values.data());
    for (size_t i = 0; i < values.size(); ++i) {
      ASSERT_NEAR(values[i], std::min(expected[i] * 32768, 32767.0), 0.501);
    }
  });
}

TEST(L2NormalizationInt16, DividesByNoLessThanTheRootOfTheLeastSum) {
  std::vector<int16_t> values = {2, 0};
  L2NormalizationInt16({.depth = 2, .least_sum = 64.0f, .output_scale = 0x1p-10f}, values.data(),
                       values.data());
  EXPECT_EQ(values, (std::vector<int16_t>{256, 0}));
}

}  // namespace
}  // namespace wranglet
