#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "kernels/average_pool.h"
#include "kernels/max_pool.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

// Whether every window of the shape holds a pixel of the image.
bool EveryWindowHoldsAPixel(const WindowShape& w) {
  std::vector<int32_t> taps(static_cast<size_t>(OutputSize(w)));
  for (size_t i = 0; i < taps.size(); ++i) {
    ForEachPoolTap(w, static_cast<int32_t>(i), [&](int32_t) { ++taps[i]; });
    if (taps[i] == 0) return false;
  }
  return true;
}

WindowShape RandomPool(Random& random) {
  WindowShape w;
  do w = random.Window(5);
  while (!EveryWindowHoldsAPixel(w));
  w.in_c = w.out_c = random.Int(1, 35);
  return w;
}

// Small values as often as large ones: there halves, and equal elements, are frequent.
template <typename T>
std::vector<T> RandomImage(Random& random, const WindowShape& w, int32_t most) {
  if (random.Int(0, 1)) most = 2;
  const auto ints = random.Ints(InputSize(w), -most - 1, most);
  return {ints.begin(), ints.end()};
}

template <typename Params, typename T>
void ExpectEqual(const Params& params, void (*kernel)(const Params&, const T*, T*),
                 void (*reference)(const Params&, const T*, T*), const std::vector<T>& input) {
  std::vector<T> expected(static_cast<size_t>(OutputSize(params.window)));
  std::vector<T> actual(expected.size());
  reference(params, input.data(), expected.data());
  kernel(params, input.data(), actual.data());
  EXPECT_TRUE(SameBytes(actual, expected));
}

FloatOutput RandomFloatOutput(Random& random) {
  if (random.Int(0, 1)) return {};
  const float min = random.Float(-1.0f, 0.5f);
  return {min, random.Float(min, 1.0f)};
}

Int16Output RandomInt16Output(Random& random) {
  if (random.Int(0, 1)) return {};
  const int32_t min = random.Int(-32768, 32767);
  return {min, random.Int(min, 32767)};
}

TEST(AveragePool, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(700, [](Random& random) {
    const WindowShape w = RandomPool(random);
    const bool counts_padding = random.Int(0, 1);
    const int32_t origin = random.Int(0, 1) ? -128 : 0;
    ExpectEqual<AveragePoolInt8Params, int8_t>({w, counts_padding, origin, random.Output()},
                                               AveragePoolInt8, AveragePoolReference,
                                               RandomImage<int8_t>(random, w, 127));
    ExpectEqual<AveragePoolInt16Params, int16_t>({w, counts_padding, 0, RandomInt16Output(random)},
                                                 AveragePoolInt16, AveragePoolReference,
                                                 RandomImage<int16_t>(random, w, 32767));
    ExpectEqual<AveragePoolFloat32Params, float>({w, counts_padding, 0, RandomFloatOutput(random)},
                                                 AveragePoolFloat32, AveragePoolReference,
                                                 random.Floats(InputSize(w), -1.0f, 1.0f));
  });
}

// More pixels of the extreme value than int16 sums hold.
TEST(AveragePool, LargeWindowsDoNotOverflow) {
  WindowShape w{.in_h = 3, .in_w = 700, .in_c = 17, .out_c = 17, .kernel_h = 3, .kernel_w = 700};
  const auto size = static_cast<size_t>(InputSize(w));
  ExpectEqual<AveragePoolInt8Params, int8_t>({.window = w}, AveragePoolInt8, AveragePoolReference,
                                             std::vector<int8_t>(size, -128));
  w.in_w = w.kernel_w = kMostPoolPixels<int16_t> / 3;
  ExpectEqual<AveragePoolInt16Params, int16_t>(
      {.window = w}, AveragePoolInt16, AveragePoolReference,
      std::vector<int16_t>(static_cast<size_t>(InputSize(w)), -32768));
}

TEST(AveragePoolInt8, RoundsHalvesAwayFromZero) {
  const AveragePoolInt8Params params{.window = {.in_h = 2, .in_c = 4, .out_c = 4, .kernel_h = 2}};
  const std::vector<int8_t> input = {2, -2, 127, -128, 3, -3, 127, -128};
  std::vector<int8_t> output(4);
  AveragePoolInt8(params, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{3, -3, 127, -128}));
}

TEST(AveragePoolInt8, RoundsHalvesUpWhereNothingIsBelowTheOrigin) {
  const AveragePoolInt8Params params{.window = {.in_h = 2, .in_c = 4, .out_c = 4, .kernel_h = 2},
                                     .origin = -128};
  const std::vector<int8_t> input = {2, -2, 127, -128, 3, -3, 127, -127};
  std::vector<int8_t> output(4);
  AveragePoolInt8(params, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{3, -2, 127, -127}));
}

TEST(AveragePoolInt8, PaddingIsNoPixelUnlessItCounts) {
  AveragePoolInt8Params params{.window = {.in_h = 2, .out_h = 3, .kernel_h = 2, .pad_top = 1}};
  const std::vector<int8_t> input = {10, 21};
  std::vector<int8_t> output(3);
  AveragePoolInt8(params, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{10, 16, 21}));
  params.counts_padding = true;
  params.output.zero_point = -4;
  AveragePoolInt8(params, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{3, 16, 9}));
}

TEST(MaxPool, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(700, [](Random& random) {
    const WindowShape w = RandomPool(random);
    ExpectEqual<MaxPoolInt8Params, int8_t>({w, random.Output()}, MaxPoolInt8, MaxPoolReference,
                                           RandomImage<int8_t>(random, w, 127));
    ExpectEqual<MaxPoolInt16Params, int16_t>({w, RandomInt16Output(random)}, MaxPoolInt16,
                                             MaxPoolReference,
                                             RandomImage<int16_t>(random, w, 32767));
    ExpectEqual<MaxPoolFloat32Params, float>({w, RandomFloatOutput(random)}, MaxPoolFloat32,
                                             MaxPoolReference,
                                             random.Floats(InputSize(w), -1.0f, 1.0f));
  });
}

TEST(MaxPool, PaddingIsNoPixel) {
  const MaxPoolInt8Params params{.window = {.in_h = 2, .out_h = 3, .kernel_h = 2, .pad_top = 1}};
  const std::vector<int8_t> input = {-10, -21};
  std::vector<int8_t> output(3);
  MaxPoolInt8(params, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int8_t>{-10, -10, -21}));
}

}  // namespace
}  // namespace wranglet
