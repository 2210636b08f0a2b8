#include "kernels/average_pool.h"

#include <gtest/gtest.h>

#include "kernels/testing.h"

namespace wranglet {
namespace {

TEST(AveragePoolInt8, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1000, [](Random& random) {
    AveragePoolInt8Params params{.output = random.Output()};
    WindowShape& w = params.window;
    w.batch = random.Int(1, 2);
    w.kernel_h = random.Int(1, 5), w.kernel_w = random.Int(1, 5);
    w.stride_h = random.Int(1, 3), w.stride_w = random.Int(1, 3);
    w.pad_top = random.Int(0, w.kernel_h - 1), w.pad_left = random.Int(0, w.kernel_w - 1);
    w.in_h = random.Int(w.kernel_h, 9), w.in_w = random.Int(w.kernel_w, 9);
    w.out_h = (w.in_h - 1 + w.pad_top) / w.stride_h + 1;
    w.out_w = (w.in_w - 1 + w.pad_left) / w.stride_w + 1;
    w.in_c = w.out_c = random.Int(1, 35);
    // Small values as often as large ones: there halves are frequent.
    const int32_t most = random.Int(0, 1) ? 127 : 2;
    const auto input = random.Bytes(InputSize(w), -most, most);
    std::vector<int8_t> expected(static_cast<size_t>(OutputSize(w)));
    std::vector<int8_t> actual(expected.size());
    AveragePoolInt8Reference(params, input.data(), expected.data());
    AveragePoolInt8(params, input.data(), actual.data());
    EXPECT_TRUE(SameBytes(actual, expected));
  });
}

TEST(AveragePoolInt8, RoundsHalvesAwayFromZero) {
  const AveragePoolInt8Params params{.window = {.in_h = 2, .in_c = 4, .out_c = 4, .kernel_h = 2}};
  const std::vector<int8_t> input = {2, -2, 127, -128, 3, -3, 127, -128};
  std::vector<int8_t> output(4);
  AveragePoolInt8(params, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{3, -3, 127, -128}));
}

TEST(AveragePoolInt8, PaddingIsNoPixel) {
  const AveragePoolInt8Params params{
      .window = {.in_h = 2, .out_h = 3, .kernel_h = 2, .pad_top = 1}};
  const std::vector<int8_t> input = {10, 21};
  std::vector<int8_t> output(3);
  AveragePoolInt8(params, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{10, 16, 21}));
}

}  // namespace
}  // namespace wranglet
