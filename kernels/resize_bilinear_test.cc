#include "kernels/resize_bilinear.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

// The definitions: what lies between four pixels.
int8_t Between(int8_t tl, int8_t tr, int8_t bl, int8_t br, int32_t x, int32_t y) {
  const double top = tl * (2048 - x) + tr * x, bottom = bl * (2048 - x) + br * x;
  return static_cast<int8_t>(std::floor((top * (2048 - y) + bottom * y) * 0x1p-22 + 0.5));
}
int16_t Between(int16_t tl, int16_t tr, int16_t bl, int16_t br, int32_t x, int32_t y) {
  const double top = tl * (1024 - x) + tr * x, bottom = bl * (1024 - x) + br * x;
  return static_cast<int16_t>(std::lround((top * (1024 - y) + bottom * y) * 0x1p-20));
}
float Between(float tl, float tr, float bl, float br, float x, float y) {
  const float top = tl + (tr - tl) * x, bottom = bl + (br - bl) * x;
  return top + (bottom - top) * y;
}

template <typename T, typename W>
void ExpectEqual(Random& random,
                 void (*kernel)(const ResizeBilinearParams<T>&, const T*, const int32_t*, const W*,
                                T*),
                 const std::vector<T>& values, const std::vector<W>& weight_values) {
  ResizeBilinearParams<T> p;
  p.batch = random.Int(1, 2), p.channels = random.Int(1, 19);
  p.in_h = random.Int(1, 5), p.in_w = random.Int(1, 5);
  p.out_h = random.Int(1, 6), p.out_w = random.Int(1, 6);
  std::vector<int32_t> neighbours;
  std::vector<W> weights;
  const auto pick = [&](const auto& from) {
    return from[static_cast<size_t>(random.Int(0, static_cast<int32_t>(from.size()) - 1))];
  };
  for (int32_t i = 0; i < p.out_h + p.out_w; ++i) {
    const int32_t size = i < p.out_h ? p.in_h : p.in_w;
    neighbours.push_back(random.Int(0, size - 1));
    neighbours.push_back(random.Int(0, size - 1));
    weights.push_back(pick(weight_values));
  }
  std::vector<T> input(static_cast<size_t>(p.batch * p.in_h * p.in_w * p.channels));
  for (T& value : input) value = pick(values);
  std::vector<T> expected, actual(static_cast<size_t>(p.batch * p.out_h * p.out_w * p.channels));
  for (int32_t i = 0; i < static_cast<int32_t>(actual.size()); ++i) {
    const int32_t c = i % p.channels, x = i / p.channels % p.out_w;
    const int32_t y = i / p.channels / p.out_w % p.out_h;
    const int32_t batch = i / p.channels / p.out_w / p.out_h;
    const auto at = [&](int32_t lower, int32_t right) {
      const int32_t row = neighbours[static_cast<size_t>(2 * y + lower)];
      const int32_t column = neighbours[static_cast<size_t>(2 * (p.out_h + x) + right)];
      return input[static_cast<size_t>(((batch * p.in_h + row) * p.in_w + column) * p.channels +
                                       c)];
    };
    expected.push_back(Between(at(0, 0), at(0, 1), at(1, 0), at(1, 1),
                               weights[static_cast<size_t>(p.out_h + x)],
                               weights[static_cast<size_t>(y)]));
  }
  kernel(p, input.data(), neighbours.data(), weights.data(), actual.data());
  EXPECT_TRUE(SameBytes(actual, expected));
}

TEST(ResizeBilinear, EqualsTheReferenceOnRandomTables) {
  ForEachSeed(1000, [](Random& random) {
    // The extremes, and values of which halves are frequent.
    ExpectEqual<int8_t, int32_t>(random, ResizeBilinearInt8, {-128, -3, -2, -1, 0, 1, 2, 77, 127},
                                 {0, 512, 1024, 1536, 2048, random.Int(0, 2048)});
    ExpectEqual<int16_t, int32_t>(random, ResizeBilinearInt16,
                                  {-32768, -3, -2, -1, 0, 1, 2, 7777, 32767},
                                  {0, 256, 512, 768, 1024, random.Int(0, 1024)});
    ExpectEqual<float, float>(random, ResizeBilinearFloat32, random.Floats(9, -1.0f, 1.0f),
                              {0.0f, 0.5f, 1.0f, random.Float(0.0f, 1.0f)});
  });
}

}  // namespace
}  // namespace wranglet
