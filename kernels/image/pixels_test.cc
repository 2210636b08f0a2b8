#include "kernels/image/pixels.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace wranglet {
namespace {

TEST(MultiplyBytes, RoundsTheExactProduct) {
  for (uint32_t a = 0; a < 256; ++a) {
    for (uint32_t b = 0; b < 256; ++b) EXPECT_EQ(MultiplyBytes(a, b), (2 * a * b + 255) / 510);
  }
}

TEST(OverWhite, RoundsTheExactBlend) {
  for (uint32_t value = 0; value < 256; ++value) {
    for (uint32_t alpha = 0; alpha < 256; ++alpha) {
      const uint32_t blend = value * alpha + 255 * (255 - alpha);
      EXPECT_EQ(OverWhite(value, alpha), (2 * blend + 255) / 510);
    }
  }
}

TEST(Luma, KeepsGreyAndWeighsColours) {
  for (uint32_t v = 0; v < 256; ++v) EXPECT_EQ(Luma(v, v, v), v);
  EXPECT_EQ(Luma(255, 0, 0), 76);
  EXPECT_EQ(Luma(0, 255, 0), 150);
  EXPECT_EQ(Luma(0, 0, 255), 29);
}

TEST(Pixels, RowsAreComposedAndWeighed) {
  std::vector<uint8_t> row = {200, 100, 50, 255, 7, 8, 9, 0, 0, 0, 0, 128};
  RgbaRowToRgbx(row.data(), 3);
  const std::vector<std::vector<uint8_t>> want = {{200, 100, 50}, {255, 255, 255}, {127, 127, 127}};
  for (size_t x = 0; x < want.size(); ++x) {
    const auto at = row.begin() + static_cast<std::ptrdiff_t>(4 * x);
    EXPECT_EQ(std::vector<uint8_t>(at, at + 3), want[x]);
  }
  RgbxRowToGray(row.data(), row.data(), 3);
  row.resize(3);
  EXPECT_EQ(row, (std::vector<uint8_t>{124, 255, 127}));
}

}  // namespace
}  // namespace wranglet
