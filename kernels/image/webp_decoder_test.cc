#include "kernels/image/webp_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/image/pixels.h"
#include "kernels/image/row_source_testing.h"
#include "kernels/image/webp_writer.h"

namespace wranglet {
namespace {

using Bytes = std::vector<uint8_t>;

Decoded Decode(const Bytes& file, Pixels pixels = Pixels::kRgbx, int eighths = 8) {
  WebpDecoder decoder(file);
  return DecodeAll(decoder, pixels, eighths);
}

// The largest difference to `picture`, composed over white.
int WorstError(const Decoded& decoded, const Picture& picture) {
  int worst = 0;
  for (int32_t i = 0; i < picture.width * picture.height; ++i) {
    const uint8_t* pixel =
        picture.pixels.data() + static_cast<std::ptrdiff_t>(i) * picture.channels;
    for (int32_t c = 0; c < 3; ++c) {
      const int want = picture.channels == 4 ? OverWhite(pixel[c], pixel[3]) : pixel[c];
      worst = std::max(worst, std::abs(decoded.At(i, 0, c) - want));
    }
  }
  return worst;
}

TEST(WebpDecoder, LosslessGivesEveryPixel) {
  for (const int32_t channels : {3, 4}) {
    for (const auto& [width, height] : {std::pair{1, 1}, {37, 29}, {300, 2}}) {
      const Picture picture = MakePicture(width, height, channels);
      const Decoded decoded = Decode(WriteWebp(picture, {.lossless = true}));
      ASSERT_EQ(decoded.status, ImageStatus::kOk);
      EXPECT_EQ(decoded.rows.width, width);
      EXPECT_EQ(decoded.rows.height, height);
      EXPECT_EQ(WorstError(decoded, picture), 0);
    }
  }
}

TEST(WebpDecoder, LossyIsNearEveryPixel) {
  for (const std::vector<uint8_t>& pixel :
       {std::vector<uint8_t>{200, 100, 50}, {200, 100, 50, 255}, {200, 100, 50, 100}}) {
    const Picture picture = MakeFlatPicture(37, 29, pixel);
    const Decoded decoded = Decode(WriteWebp(picture));
    ASSERT_EQ(decoded.status, ImageStatus::kOk);
    EXPECT_LE(WorstError(decoded, picture), 3);
  }
}

TEST(WebpDecoder, GrayIsLuma) {
  for (const bool lossless : {false, true}) {
    const Bytes file = WriteWebp(MakePicture(37, 29, 4), {.lossless = lossless});
    const Decoded color = Decode(file), gray = Decode(file, Pixels::kGray);
    ASSERT_EQ(gray.status, ImageStatus::kOk);
    for (int32_t i = 0; i < 37 * 29; ++i) {
      EXPECT_EQ(gray.pixels[static_cast<size_t>(i)],
                Luma(color.At(i, 0, 0), color.At(i, 0, 1), color.At(i, 0, 2)));
    }
  }
}

TEST(WebpDecoder, ScalesByEighthsRoundedUp) {
  for (const bool lossless : {false, true}) {
    for (const int32_t channels : {3, 4}) {
      const Picture picture = MakeFlatPicture(83, 61,
                                              channels == 4 ? std::vector<uint8_t>{200, 100, 50, 90}
                                                            : std::vector<uint8_t>{200, 100, 50});
      const Bytes file = WriteWebp(picture, {.lossless = lossless});
      for (int eighths = 1; eighths <= 8; ++eighths) {
        const Decoded decoded = Decode(file, Pixels::kRgbx, eighths);
        ASSERT_EQ(decoded.status, ImageStatus::kOk);
        EXPECT_EQ(decoded.rows.width, (83 * eighths + 7) / 8);
        EXPECT_EQ(decoded.rows.height, (61 * eighths + 7) / 8);
        EXPECT_DOUBLE_EQ(decoded.rows.scale_x, decoded.rows.width / 83.0);
        EXPECT_DOUBLE_EQ(decoded.rows.scale_y, decoded.rows.height / 61.0);
        EXPECT_LE(WorstError(decoded, MakeFlatPicture(decoded.rows.width, decoded.rows.height,
                                                      {picture.pixels.begin(),
                                                       picture.pixels.begin() + channels})),
                  3);
      }
    }
  }
}

TEST(WebpDecoder, EveryTruncationIsCorrupt) {
  for (const bool lossless : {false, true}) {
    for (const int32_t channels : {3, 4}) {
      const Bytes file = WriteWebp(MakePicture(40, 24, channels), {.lossless = lossless});
      for (size_t size = 12; size < file.size(); ++size) {
        const Bytes truncated(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(Decode(truncated).status, ImageStatus::kCorrupt)
            << size << " of " << file.size() << " bytes";
      }
    }
  }
}

// WebP has no checksums: most damage gives other pixels, some is noticed, none does harm.
TEST(WebpDecoder, FlippedBitsEndInSomeStatus) {
  for (const bool lossless : {false, true}) {
    const Bytes file = WriteWebp(MakePicture(40, 24, 4), {.lossless = lossless});
    for (size_t i = 12; i < file.size(); ++i) {
      Bytes flipped = file;
      flipped[i] ^= static_cast<uint8_t>(1 << i % 8);
      const ImageStatus status = Decode(flipped).status;
      EXPECT_NE(status, ImageStatus::kBadArgument);
    }
  }
}

// RIFF, size, WEBP, "VP8L", size, signature, then 14 bits of width - 1 and 14 of height - 1.
Bytes LosslessWithSize(uint32_t width, uint32_t height) {
  Bytes file = WriteWebp(MakePicture(16, 16, 3), {.lossless = true});
  const uint32_t bits = (width - 1) | (height - 1) << 14;
  for (int i = 0; i < 4; ++i)
    file[static_cast<size_t>(21 + i)] = static_cast<uint8_t>(bits >> (8 * i));
  return file;
}

TEST(WebpDecoder, BoundsAreKeptBeforeDecoding) {
  const Decoded decoded = Decode(LosslessWithSize(10000, 5001));
  EXPECT_EQ(decoded.status, ImageStatus::kTooManyPixels);
  EXPECT_EQ(decoded.info.width, 10000);
  EXPECT_EQ(decoded.info.height, 5001);
  EXPECT_EQ(Decode(LosslessWithSize(10000, 5000)).status, ImageStatus::kOutOfMemory);
  EXPECT_EQ(Decode(LosslessWithSize(1000, 1000)).status, ImageStatus::kCorrupt);
}

TEST(WebpDecoder, AnimationsAreUnknown) {
  Bytes file = {'R', 'I', 'F', 'F', 30, 0, 0, 0, 'W', 'E', 'B', 'P', 'V', 'P', '8', 'X'};
  constexpr uint8_t kAnimation = 2;
  file.insert(file.end(), {10, 0, 0, 0, kAnimation, 0, 0, 0, 15, 0, 0, 15, 0, 0});
  file.insert(file.end(), {'A', 'N', 'I', 'M', 0, 0, 0, 0});
  EXPECT_EQ(Decode(file).status, ImageStatus::kUnknownFormat);
}

TEST(WebpDecoder, KnowsAWebpByItsFirstBytes) {
  const Bytes file = WriteWebp(MakePicture(1, 1, 3));
  EXPECT_TRUE(IsWebp(file));
  EXPECT_FALSE(IsWebp(Bytes(file.begin(), file.begin() + 11)));
  EXPECT_FALSE(IsWebp(Bytes{'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E'}));
  EXPECT_FALSE(IsWebp({}));
}

}  // namespace
}  // namespace wranglet
