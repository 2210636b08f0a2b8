#include "kernels/softmax.h"

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

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

// Lookup16's table of a function whose inputs take [first, last], with 15 bits of fraction.
template <typename Function>
std::vector<int16_t> TableOf(double first, double last, const Function& function) {
  std::vector<int16_t> table;
  for (int i = 0; i <= 512; ++i) {
    const double value = function(first + (last - first) * i / 512);
    table.push_back(static_cast<int16_t>(std::min(value * 32768, 32767.0)));
  }
  return table;
}

TEST(SoftmaxInt16, IsWithinFewStepsOfTheRealSoftmax) {
  const auto exp = TableOf(-kSoftmaxInt16Range, 0, [](double x) { return std::exp(x); });
  const auto inverse = TableOf(0, 1, [](double x) { return 1 / (1 + x); });
  ForEachSeed(500, [&](Random& random) {
    const double scale = static_cast<double>(random.Float(0.5f, 2.0f)) / 8192;
    const SoftmaxInt16Params params{
        .rows = random.Int(1, 3),
        .depth = random.Int(1, 40),
        .input_scale = ToFixedPoint(scale * 65535 / kSoftmaxInt16Range)};
    const auto input = random.Shorts(params.rows * params.depth);
    std::vector<int16_t> output(input.size());
    SoftmaxInt16(params, input.data(), exp.data(), inverse.data(), output.data());
    for (int32_t row = 0; row < params.rows; ++row) {
      const int16_t* from = input.data() + row * params.depth;
      double sum = 0;
      for (int32_t i = 0; i < params.depth; ++i) sum += std::exp(scale * from[i]);
      for (int32_t i = 0; i < params.depth; ++i) {
        const double real = std::exp(scale * from[i]) / sum * 32768;
        EXPECT_NEAR(output[static_cast<size_t>(row * params.depth + i)], real, 8.0);
      }
    }
  });
}

// Equal logits, whose sum just fits: each is less than half a step of the output.
TEST(SoftmaxInt16, SumsUpTheDeepestRows) {
  const auto exp = TableOf(-kSoftmaxInt16Range, 0, [](double x) { return std::exp(x); });
  const auto inverse = TableOf(0, 1, [](double x) { return 1 / (1 + x); });
  const std::vector<int16_t> input(static_cast<size_t>(kMaxSoftmaxInt16Depth), 1234);
  std::vector<int16_t> output(input.size(), 1);
  SoftmaxInt16({.depth = kMaxSoftmaxInt16Depth, .input_scale = ToFixedPoint(0.5)}, input.data(),
               exp.data(), inverse.data(), output.data());
  EXPECT_EQ(output, std::vector<int16_t>(input.size(), 0));
}

}  // namespace
}  // namespace wranglet
