#include "kernels/softmax.h"

#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

TEST(Exp, IsWithinTwoUlpOfExp) {
  for (int i = 0; i < 200000; ++i) {
    const float x = -87.0f + static_cast<float>(i) * (175.0f / 200000);
    const double exact = std::exp(static_cast<double>(x));
    const double ulp = std::ldexp(1.0, std::ilogb(exact) - 23);
    ASSERT_LE(std::fabs(Exp(x) - exact), 2 * ulp) << x;
  }
}

TEST(Exp, EndsInZeroAndStaysFinite) {
  EXPECT_EQ(Exp(0), 1.0f);
  EXPECT_EQ(Exp(-200), 0.0f);
  EXPECT_TRUE(std::isfinite(Exp(1e9f)));
}

// One value for the host and for WebAssembly: FNV-1a of the bits of exp at 2^18 places.
TEST(Exp, HasTheSameBitsEverywhere) {
  uint64_t hash = 0xcbf29ce484222325;
  for (int32_t i = 0; i < 1 << 18; ++i) {
    const float x = -90.0f + static_cast<float>(i) * 0x1.6p-11f;
    hash = (hash ^ std::bit_cast<uint32_t>(Exp(x))) * 0x100000001b3;
  }
  EXPECT_EQ(hash, 6437710268628352010u);
}

TEST(SoftmaxFloat32, IsADistribution) {
  ForEachSeed(300, [](Random& random) {
    const SoftmaxFloat32Params params{.rows = random.Int(1, 3), .depth = random.Int(1, 40)};
    const auto input = random.Floats(params.rows * params.depth, -20, 20);
    std::vector<float> output(input.size());
    SoftmaxFloat32(params, input.data(), output.data());
    for (int32_t row = 0; row < params.rows; ++row) {
      const float* from = output.data() + row * params.depth;
      EXPECT_NEAR(std::accumulate(from, from + params.depth, 0.0f), 1.0f, 1e-5f);
    }
  });
}

TEST(SoftmaxInt8, RoundsHalfAwayFromZero) {
  // Sum 512, so that a quotient is 256 / 512 of its entry: 1 is half a step, 5 two and a half.
  std::array<float, 256> table = {};
  table[0] = 506, table[1] = 5, table[2] = 1;
  const SoftmaxInt8Params params{.depth = 3, .output = {.zero_point = -128}};
  const std::array<int8_t, 3> input = {10, 9, 8};
  std::array<int8_t, 3> output;
  SoftmaxInt8(params, input.data(), table.data(), output.data());
  EXPECT_EQ(output, (std::array<int8_t, 3>{125, -125, -127}));
}

TEST(SoftmaxInt8, SaturatesACertainty) {
  const SoftmaxInt8Params params{.depth = 2, .output = {.zero_point = -128}};
  const std::array<int8_t, 2> input = {127, -128};
  std::array<int8_t, 2> output;
  SoftmaxInt8(params, input.data(), MakeSoftmaxTable(1.0f, 1.0f).data(), output.data());
  EXPECT_EQ(output, (std::array<int8_t, 2>{127, -128}));
}

TEST(SoftmaxInt8, IsWithinAStepOfTheRealSoftmax) {
  ForEachSeed(500, [](Random& random) {
    const float scale = random.Float(0.01f, 0.3f), beta = random.Float(0.5f, 1.5f);
    const SoftmaxInt8Params params{
        .rows = random.Int(1, 3), .depth = random.Int(1, 40), .output = {.zero_point = -128}};
    const auto input = random.Bytes(params.rows * params.depth);
    std::vector<int8_t> output(input.size());
    SoftmaxInt8(params, input.data(), MakeSoftmaxTable(scale, beta).data(), output.data());
    for (int32_t row = 0; row < params.rows; ++row) {
      const int8_t* from = input.data() + row * params.depth;
      double sum = 0;
      for (int32_t i = 0; i < params.depth; ++i) sum += std::exp(scale * beta * from[i]);
      for (int32_t i = 0; i < params.depth; ++i) {
        const double real = std::exp(scale * beta * from[i]) / sum * 256 - 128;
        EXPECT_NEAR(output[static_cast<size_t>(row * params.depth + i)], std::min(real, 127.0),
                    0.51);
      }
    }
  });
}

}  // namespace
}  // namespace wranglet
