#include "kernels/image/jpeg_decoder.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/image/jpeg_writer.h"
#include "kernels/image/row_source_testing.h"

namespace wranglet {
namespace {

using Bytes = std::vector<uint8_t>;

Decoded Decode(const Bytes& file, Pixels pixels = Pixels::kRgbx, int eighths = 8) {
  JpegDecoder decoder(file);
  return DecodeAll(decoder, pixels, eighths);
}

// The largest difference between a channel of RGBX pixels and `want`.
int WorstError(const Decoded& decoded, int channel, int want) {
  int worst = 0;
  for (size_t i = static_cast<size_t>(channel); i < decoded.pixels.size(); i += 4) {
    worst = std::max(worst, std::abs(decoded.pixels[i] - want));
  }
  return worst;
}

void ExpectColor(const Decoded& decoded, int red, int green, int blue) {
  ASSERT_EQ(decoded.status, ImageStatus::kOk);
  EXPECT_LE(WorstError(decoded, 0, red), 2);
  EXPECT_LE(WorstError(decoded, 1, green), 2);
  EXPECT_LE(WorstError(decoded, 2, blue), 2);
}

// Where the first segment of this marker begins.
size_t Find(const Bytes& file, uint8_t marker) {
  const Bytes wanted = {0xFF, marker};
  const auto found = std::search(file.begin(), file.end(), wanted.begin(), wanted.end());
  EXPECT_NE(found, file.end());
  return static_cast<size_t>(found - file.begin());
}

constexpr uint8_t kBaseline = 0xC0, kProgressive = 0xC2, kScan = 0xDA, kTables = 0xDB;

// A frame header is marker, length (2 bytes), precision, height (2), width (2), components.
Bytes WithSize(Bytes file, uint8_t frame, int32_t width, int32_t height) {
  const size_t at = Find(file, frame) + 5;
  for (int i = 0; i < 2; ++i) {
    file[at + i] = static_cast<uint8_t>(height >> (8 - 8 * i));
    file[at + 2 + i] = static_cast<uint8_t>(width >> (8 - 8 * i));
  }
  return file;
}

TEST(JpegDecoder, DecodesEveryColourSpace) {
  const Picture color = MakeFlatPicture(20, 12, {200, 100, 50});
  for (const bool progressive : {false, true}) {
    for (const bool subsampled : {false, true}) {
      ExpectColor(Decode(WriteJpeg(color, {.progressive = progressive, .subsampled = subsampled})),
                  200, 100, 50);
    }
  }
  ExpectColor(Decode(WriteJpeg(color, {.transformed = false})), 200, 100, 50);
  ExpectColor(Decode(WriteJpeg(MakeFlatPicture(20, 12, {77}))), 77, 77, 77);
}

TEST(JpegDecoder, DecodesInk) {
  // No cyan, half magenta, full yellow, a fifth black; and the same as Adobe has it.
  const Picture ink = MakeFlatPicture(20, 12, {0, 128, 255, 51});
  const Picture absence = MakeFlatPicture(20, 12, {255, 127, 0, 204});
  for (const bool transformed : {false, true}) {
    ExpectColor(Decode(WriteJpeg(absence, {.transformed = transformed})), 204, 102, 0);
  }
  ExpectColor(Decode(WriteJpeg(ink, {.transformed = false, .adobe = false})), 204, 102, 0);
}

TEST(JpegDecoder, GrayIsLuma) {
  const int luma = 124;  // 0.299 * 200 + 0.587 * 100 + 0.114 * 50
  const Picture color = MakeFlatPicture(20, 12, {200, 100, 50});
  const Picture absence = MakeFlatPicture(20, 12, {200, 100, 50, 255});
  for (const Bytes& file :
       {WriteJpeg(color), WriteJpeg(color, {.transformed = false}), WriteJpeg(absence)}) {
    const Decoded decoded = Decode(file, Pixels::kGray);
    ASSERT_EQ(decoded.status, ImageStatus::kOk);
    for (const uint8_t pixel : decoded.pixels) EXPECT_NEAR(pixel, luma, 2);
  }
}

TEST(JpegDecoder, ProgressiveGivesThePixelsOfBaseline) {
  const Picture picture = MakePicture(83, 61, 3);
  for (int eighths = 1; eighths <= 8; ++eighths) {
    const Decoded baseline = Decode(WriteJpeg(picture), Pixels::kRgbx, eighths);
    const Decoded progressive =
        Decode(WriteJpeg(picture, {.progressive = true}), Pixels::kRgbx, eighths);
    EXPECT_EQ(progressive.status, ImageStatus::kOk);
    EXPECT_EQ(progressive.pixels, baseline.pixels);
  }
}

// Subsampled colour is the mean of 16x16 pixels; baseline knows it of 8x8. The picture's slopes are
// steep, so that this is much.
TEST(JpegDecoder, AnEighthOfProgressiveNeedsItsMeansAlone) {
  const Picture picture = MakePicture(830, 610, 3);
  for (const bool subsampled : {false, true}) {
    const Bytes plain = WriteJpeg(picture, {.subsampled = subsampled});
    const Bytes file = WriteJpeg(picture, {.progressive = true, .subsampled = subsampled});
    EXPECT_EQ(Decode(file, Pixels::kGray, 1).pixels, Decode(plain, Pixels::kGray, 1).pixels);
    const Decoded baseline = Decode(plain, Pixels::kRgbx, 1);
    const Decoded progressive = Decode(file, Pixels::kRgbx, 1);
    ASSERT_EQ(progressive.status, ImageStatus::kOk);
    int64_t sum = 0;
    for (size_t i = 0; i < baseline.pixels.size(); ++i)
      sum += std::abs(progressive.pixels[i] - baseline.pixels[i]);
    const double mean = static_cast<double>(sum) / static_cast<double>(baseline.pixels.size());
    EXPECT_LE(mean, subsampled ? 12 : 0);
  }
}

// The limit of coefficients does not bind where a 64th of them is kept.
TEST(JpegDecoder, AnEighthOfALargeProgressiveIsDecoded) {
  const Bytes small = WriteJpeg(MakeFlatPicture(16, 16, {90}), {.progressive = true});
  const Bytes large = WithSize(small, kProgressive, 7000, 6000);
  EXPECT_EQ(Decode(large, Pixels::kGray, 2).status, ImageStatus::kOutOfMemory);
  EXPECT_EQ(Decode(large, Pixels::kGray, 1).status, ImageStatus::kCorrupt) << "its scans are short";
}

TEST(JpegDecoder, ScalesByEighthsRoundedUp) {
  const Bytes file = WriteJpeg(MakePicture(83, 61, 3), {.subsampled = true});
  for (int eighths = 1; eighths <= 8; ++eighths) {
    const Decoded decoded = Decode(file, Pixels::kRgbx, eighths);
    EXPECT_EQ(decoded.status, ImageStatus::kOk);
    EXPECT_EQ(decoded.rows.width, (83 * eighths + 7) / 8);
    EXPECT_EQ(decoded.rows.height, (61 * eighths + 7) / 8);
  }
}

TEST(JpegDecoder, EveryTruncationIsCorrupt) {
  const Picture picture = MakePicture(40, 24, 3);
  for (const bool progressive : {false, true}) {
    const Bytes file = WriteJpeg(picture, {.progressive = progressive, .subsampled = true});
    for (size_t size = 3; size < file.size(); ++size) {
      const Bytes truncated(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
      for (const int eighths : {1, 8}) {
        EXPECT_EQ(Decode(truncated, Pixels::kRgbx, eighths).status, ImageStatus::kCorrupt)
            << size << " of " << file.size() << " bytes, " << eighths << " eighths";
      }
    }
  }
}

TEST(JpegDecoder, FlippedBitsEndInSomeStatus) {
  for (const bool progressive : {false, true}) {
    const Bytes file = WriteJpeg(MakePicture(40, 24, 3), {.progressive = progressive});
    for (size_t i = 2; i < file.size(); ++i) {
      Bytes flipped = file;
      flipped[i] ^= static_cast<uint8_t>(1 << i % 8);
      for (const int eighths : {1, 8})
        EXPECT_NE(Decode(flipped, Pixels::kRgbx, eighths).status, ImageStatus::kBadArgument);
    }
  }
}

TEST(JpegDecoder, ScanThatEndsEarlyIsCorrupt) {
  Bytes file = WriteJpeg(MakePicture(64, 64, 3));
  const size_t middle = (Find(file, kScan) + file.size()) / 2;
  file[middle] = 0xFF;
  file[middle + 1] = 0xD9;  // end of image
  EXPECT_EQ(Decode(file).status, ImageStatus::kCorrupt);
}

TEST(JpegDecoder, BytesBetweenSegmentsAreLetPass) {
  const Bytes file = WriteJpeg(MakePicture(40, 24, 3));
  Bytes padded = file;
  padded.insert(padded.begin() + static_cast<std::ptrdiff_t>(Find(file, kTables)), 5, 0x11);
  const Decoded decoded = Decode(padded);
  EXPECT_EQ(decoded.status, ImageStatus::kOk);
  EXPECT_EQ(decoded.pixels, Decode(file).pixels);
}

TEST(JpegDecoder, TooManyPixelsAreRefusedAtTheHeader) {
  const Bytes file = WriteJpeg(MakePicture(16, 16, 3));
  const Decoded decoded = Decode(WithSize(file, kBaseline, 10000, 5001));
  EXPECT_EQ(decoded.status, ImageStatus::kTooManyPixels);
  EXPECT_EQ(decoded.info.width, 10000);
  EXPECT_EQ(decoded.info.height, 5001);
  EXPECT_EQ(Decode(WithSize(file, kBaseline, 65535, 65535)).status, ImageStatus::kTooManyPixels);
  EXPECT_EQ(Decode(WithSize(file, kBaseline, 10000, 5000)).status, ImageStatus::kCorrupt);
  EXPECT_EQ(Decode(WithSize(file, kBaseline, 10000, 0)).status, ImageStatus::kCorrupt);
}

TEST(JpegDecoder, ProgressiveThatNeedsTooMuchMemoryIsRefused) {
  const Bytes file = WriteJpeg(MakePicture(16, 16, 3), {.progressive = true});
  EXPECT_EQ(Decode(WithSize(file, kProgressive, 7000, 7000)).status, ImageStatus::kOutOfMemory);
}

TEST(JpegDecoder, TooManyScansAreTooCostly) {
  const Picture picture = MakePicture(16, 16, 1);
  EXPECT_EQ(Decode(WriteJpeg(picture, {.progressive = true})).status, ImageStatus::kOk);
  EXPECT_EQ(Decode(WriteJpeg(picture, {.many_scans = true})).status, ImageStatus::kTooCostly);
}

TEST(JpegDecoder, OtherKindsOfJpegAreUnknown) {
  const Bytes file = WriteJpeg(MakePicture(16, 16, 3));
  const size_t frame = Find(file, kBaseline);
  for (const uint8_t kind : {0xC3 /* lossless */, 0xC5 /* hierarchical */, 0xC9 /* arithmetic */}) {
    Bytes other = file;
    other[frame + 1] = kind;
    EXPECT_EQ(Decode(other).status, ImageStatus::kUnknownFormat) << "frame " << int{kind};
  }
  Bytes twelve_bits = file;
  twelve_bits[frame + 4] = 12;
  EXPECT_EQ(Decode(twelve_bits).status, ImageStatus::kUnknownFormat);
}

TEST(JpegDecoder, KnowsAJpegByItsFirstBytes) {
  EXPECT_TRUE(IsJpeg(WriteJpeg(MakePicture(1, 1, 1))));
  EXPECT_FALSE(IsJpeg(Bytes{0xFF, 0xD8}));
  EXPECT_FALSE(IsJpeg(Bytes{0x89, 'P', 'N', 'G'}));
  EXPECT_FALSE(IsJpeg({}));
}

}  // namespace
}  // namespace wranglet
