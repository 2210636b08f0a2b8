// Kernels that treat each element, or each channel, alike: mean, lookup, quantize, clamp.

#include <cmath>
#include <vector>

#include "kernels/lookup.h"
#include "kernels/mean.h"
#include "kernels/quantize.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

TEST(Mean, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1000, [](Random& random) {
    MeanInt8Params params{.batch = random.Int(1, 3),
                          .rows = random.Int(1, 60),
                          .channels = random.Int(1, 35),
                          .input_zero_point = random.Int(-128, 127),
                          .output = random.Output()};
    params.scale = random.Float(0.5f, 2.0f) / static_cast<float>(params.rows);
    const auto input = random.Bytes(int64_t{params.batch} * params.rows * params.channels);
    std::vector<int8_t> expected(static_cast<size_t>(params.batch * params.channels));
    std::vector<int8_t> actual(expected.size());
    MeanInt8Reference(params, input.data(), expected.data());
    MeanInt8(params, input.data(), actual.data());
    EXPECT_TRUE(SameBytes(actual, expected));

    const MeanFloat32Params real{params.batch, params.rows, params.channels};
    const auto reals = random.Floats(static_cast<int64_t>(input.size()), -5, 5);
    std::vector<float> expected_reals(expected.size()), actual_reals(expected.size());
    MeanFloat32Reference(real, reals.data(), expected_reals.data());
    MeanFloat32(real, reals.data(), actual_reals.data());
    EXPECT_TRUE(SameBytes(actual_reals, expected_reals));
  });
}

TEST(Lookup8, MapsEveryByte) {
  std::vector<uint8_t> input(256), table(256), output(256);
  for (size_t i = 0; i < 256; ++i) {
    input[i] = static_cast<uint8_t>(255 - i);
    table[i] = static_cast<uint8_t>(i * 7 + 3);
  }
  Lookup8({.count = 256}, input.data(), table.data(), output.data());
  for (size_t i = 0; i < 256; ++i) EXPECT_EQ(output[i], table[255 - i]);
}

TEST(Quantize, RoundsClampsAndReturns) {
  const std::vector<float> input = {0.0f, 0.25f, 0.75f, -1e9f, 1e9f, std::nanf("")};
  std::vector<int8_t> quantized(input.size());
  QuantizeFloat32Int8({.count = 6, .inverse_scale = 2.0f, .output = {.zero_point = -10}},
                      input.data(), quantized.data());
  EXPECT_EQ(quantized, (std::vector<int8_t>{-10, -10, -8, -128, 127, -128}));
  std::vector<float> back(3);
  DequantizeInt8Float32({.count = 3, .scale = 0.5f, .zero_point = -10}, quantized.data(),
                        back.data());
  EXPECT_EQ(back, (std::vector<float>{0.0f, 0.0f, 1.0f}));
}

TEST(ClampFloat32, KeepsValuesInRange) {
  const std::vector<float> input = {-1, 0, 3, 6, 7};
  std::vector<float> output(5);
  ClampFloat32({.count = 5, .output = {0, 6}}, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<float>{0, 0, 3, 6, 6}));
}

}  // namespace
}  // namespace wranglet
