#include "kernels/image/exif.h"

#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/image/exif_writer.h"
#include "kernels/image/jpeg_writer.h"
#include "kernels/image/png_writer.h"
#include "kernels/image/webp_writer.h"

namespace wranglet {
namespace {

using Bytes = std::vector<uint8_t>;

// A small file of every container that can have EXIF.
std::vector<Bytes> Files() {
  const Picture opaque = MakePicture(8, 8, 3), clear = MakePicture(8, 8, 4);
  return {WriteJpeg(opaque), WritePng(opaque), WriteWebp(opaque), WriteWebp(clear),
          WriteWebp(clear, {.lossless = true})};
}

TEST(Exif, EveryOrientationIsFoundInEveryFormat) {
  for (const Bytes& file : Files()) {
    EXPECT_EQ(ExifOrientation(file), 1u);
    for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
      for (const bool big_endian : {false, true}) {
        EXPECT_EQ(ExifOrientation(WithExif(file, MakeExif(orientation, big_endian))), orientation);
      }
    }
  }
}

TEST(Exif, OtherOrientationsAreNone) {
  for (const uint32_t orientation : {0u, 9u, 256u, 0xFFFFu}) {
    for (const bool big_endian : {false, true}) {
      EXPECT_EQ(ExifOrientation(WithExif(Files()[0], MakeExif(orientation, big_endian))), 1u);
    }
  }
}

TEST(Exif, JpegsOwnHeaderIsLetPassInOtherFormats) {
  Bytes exif = {'E', 'x', 'i', 'f', 0, 0};
  const Bytes tiff = MakeExif(6, true);
  exif.insert(exif.end(), tiff.begin(), tiff.end());
  EXPECT_EQ(ExifOrientation(WithExif(Files()[2], exif)), 6u);
}

// Exactly as many bytes as there are lie in memory, so that the sanitizers see one too many.
TEST(Exif, DamageIsNoOrientationOrSomeOther) {
  for (const Bytes& file : Files()) {
    const Bytes whole = WithExif(file, MakeExif(6, true));
    for (size_t size = 0; size < whole.size(); ++size) {
      const Bytes truncated(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const uint32_t orientation = ExifOrientation(truncated);
      EXPECT_TRUE(orientation == 1 || orientation == 6);
      for (const int bit : {0, 3, 7}) {
        Bytes flipped = whole;
        flipped[size] ^= static_cast<uint8_t>(1 << bit);
        const uint32_t damaged = ExifOrientation(flipped);
        EXPECT_TRUE(1 <= damaged && damaged <= 8);
      }
    }
  }
}

}  // namespace
}  // namespace wranglet
