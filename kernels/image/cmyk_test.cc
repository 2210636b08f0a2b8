#include "kernels/image/cmyk.h"

#include <vector>

#include "gtest/gtest.h"

namespace wranglet {
namespace {

TEST(MultiplyBytes, RoundsTheExactProduct) {
  for (uint32_t a = 0; a < 256; ++a) {
    for (uint32_t b = 0; b < 256; ++b) EXPECT_EQ(MultiplyBytes(a, b), (2 * a * b + 255) / 510);
  }
}

TEST(Luma, KeepsGreyAndWeighsColours) {
  for (uint32_t v = 0; v < 256; ++v) EXPECT_EQ(Luma(v, v, v), v);
  EXPECT_EQ(Luma(255, 0, 0), 76);
  EXPECT_EQ(Luma(0, 255, 0), 150);
  EXPECT_EQ(Luma(0, 0, 255), 29);
}

TEST(Cmyk, BlackDarkensWhatInkLetsThrough) {
  const std::vector<uint8_t> absence = {255, 128, 0, 204};
  std::vector<uint8_t> pixel = absence;
  CmykRowToRgbx(pixel.data(), 1, /*absence=*/true);
  EXPECT_EQ((std::vector<uint8_t>{pixel[0], pixel[1], pixel[2]}),
            (std::vector<uint8_t>{204, 102, 0}));

  std::vector<uint8_t> ink = {0, 127, 255, 51};
  CmykRowToRgbx(ink.data(), 1, /*absence=*/false);
  EXPECT_EQ((std::vector<uint8_t>{ink[0], ink[1], ink[2]}), (std::vector<uint8_t>{204, 102, 0}));

  uint8_t gray = 0;
  CmykRowToGray(absence.data(), &gray, 1, /*absence=*/true);
  EXPECT_EQ(gray, Luma(204, 102, 0));
}

}  // namespace
}  // namespace wranglet
