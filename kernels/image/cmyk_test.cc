#include "kernels/image/cmyk.h"

#include <vector>

#include "gtest/gtest.h"

namespace wranglet {
namespace {

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
