#include "kernels/image/png_decoder.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/image/pixels.h"
#include "kernels/image/png_writer.h"
#include "kernels/image/row_source_testing.h"

namespace wranglet {
namespace {

using Bytes = std::vector<uint8_t>;

Decoded Decode(const Bytes& file, Pixels pixels = Pixels::kRgbx) {
  PngDecoder decoder(file);
  return DecodeAll(decoder, pixels, 8);
}

// What a decoder makes of pixels of 8 bits: RGB, over white.
void ExpectPicture(const Decoded& decoded, const Picture& picture) {
  ASSERT_EQ(decoded.status, ImageStatus::kOk);
  ASSERT_EQ(decoded.rows.width, picture.width);
  ASSERT_EQ(decoded.rows.height, picture.height);
  const int32_t channels = picture.channels;
  const bool has_alpha = channels % 2 == 0;
  for (int32_t i = 0; i < picture.width * picture.height; ++i) {
    const uint8_t* pixel = picture.pixels.data() + static_cast<std::ptrdiff_t>(i) * channels;
    for (int32_t c = 0; c < 3; ++c) {
      const int value = pixel[channels < 3 ? 0 : c];
      ASSERT_EQ(decoded.At(i % picture.width, i / picture.width, c),
                has_alpha ? OverWhite(value, pixel[channels - 1]) : value)
          << "pixel " << i << ", channel " << c;
    }
  }
}

// `picture` with each value v of a file of few bits as the 8-bit value it stands for.
Picture Scaled(Picture picture, int bit_depth) {
  for (uint8_t& value : picture.pixels)
    value = static_cast<uint8_t>(value * 255 / ((1 << bit_depth) - 1));
  return picture;
}

TEST(PngDecoder, GivesEveryPixelOfEveryKind) {
  for (const bool interlaced : {false, true}) {
    for (int32_t channels = 1; channels <= 4; ++channels) {
      const Picture picture = MakePicture(37, 29, channels);
      for (const int bit_depth : {8, 16}) {
        ExpectPicture(Decode(WritePng(picture, {.bit_depth = bit_depth, .interlaced = interlaced})),
                      picture);
      }
    }
  }
}

TEST(PngDecoder, GivesPicturesOfEverySmallSize) {
  for (const bool interlaced : {false, true}) {
    for (int32_t width = 1; width <= 9; ++width) {
      for (int32_t height = 1; height <= 9; ++height) {
        const Picture picture = MakePicture(width, height, 3);
        ExpectPicture(Decode(WritePng(picture, {.interlaced = interlaced})), picture);
      }
    }
  }
}

TEST(PngDecoder, SpreadsFewBitsOverAllValues) {
  for (const bool interlaced : {false, true}) {
    for (const int bit_depth : {1, 2, 4}) {
      Picture picture = MakePicture(37, 29, 1);
      for (uint8_t& value : picture.pixels) value >>= 8 - bit_depth;
      ExpectPicture(Decode(WritePng(picture, {.bit_depth = bit_depth, .interlaced = interlaced})),
                    Scaled(picture, bit_depth));
    }
  }
}

TEST(PngDecoder, LooksUpPalettesWithAlpha) {
  for (const bool interlaced : {false, true}) {
    for (const int bit_depth : {1, 2, 4, 8}) {
      PngOptions options = {.bit_depth = bit_depth, .interlaced = interlaced};
      for (int i = 0; i < 1 << bit_depth; ++i) {
        options.palette.push_back({static_cast<uint8_t>(i * 7), static_cast<uint8_t>(255 - i),
                                   static_cast<uint8_t>(i * i), static_cast<uint8_t>(i * 85)});
      }
      Picture indices = MakePicture(37, 29, 1);
      Picture colors = {.width = 37, .height = 29, .channels = 4, .pixels = {}};
      for (uint8_t& value : indices.pixels) {
        value >>= 8 - bit_depth;
        const auto& color = options.palette[value];
        colors.pixels.insert(colors.pixels.end(), color.begin(), color.end());
      }
      ExpectPicture(Decode(WritePng(indices, options)), colors);
    }
  }
}

TEST(PngDecoder, TheTransparentColourBecomesWhite) {
  const Picture color = MakeFlatPicture(5, 3, {200, 100, 50});
  const Picture white = MakeFlatPicture(5, 3, {255, 255, 255});
  ExpectPicture(Decode(WritePng(color, {.transparent = {{200, 100, 50}}})), white);
  ExpectPicture(Decode(WritePng(color, {.transparent = {{200, 100, 51}}})), color);
  const Picture gray = MakeFlatPicture(5, 3, {3});
  ExpectPicture(Decode(WritePng(gray, {.bit_depth = 2, .transparent = {{3, 3, 3}}})), white);
  ExpectPicture(Decode(WritePng(gray, {.bit_depth = 4, .transparent = {{3, 3, 3}}})), white);
  ExpectPicture(Decode(WritePng(gray, {.bit_depth = 4, .transparent = {{2, 2, 2}}})),
                Scaled(gray, 4));
  ExpectPicture(Decode(WritePng(gray, {.transparent = {{3, 3, 3}}})), white);
}

TEST(PngDecoder, GrayIsLuma) {
  for (const bool interlaced : {false, true}) {
    for (int32_t channels = 1; channels <= 4; ++channels) {
      const Bytes file = WritePng(MakePicture(37, 29, channels), {.interlaced = interlaced});
      const Decoded color = Decode(file), gray = Decode(file, Pixels::kGray);
      ASSERT_EQ(gray.status, ImageStatus::kOk);
      for (int32_t i = 0; i < 37 * 29; ++i) {
        EXPECT_EQ(gray.pixels[static_cast<size_t>(i)],
                  Luma(color.At(i, 0, 0), color.At(i, 0, 1), color.At(i, 0, 2)));
      }
    }
  }
}

// Of the last chunk, which has no contents, the checksum is not read.
constexpr size_t kUnread = 4;

TEST(PngDecoder, EveryTruncationIsCorrupt) {
  for (const bool interlaced : {false, true}) {
    const Bytes file = WritePng(MakePicture(20, 12, 3), {.interlaced = interlaced});
    for (size_t size = 8; size < file.size() - kUnread; ++size) {
      const Bytes truncated(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(Decode(truncated).status, ImageStatus::kCorrupt)
          << size << " of " << file.size() << " bytes";
    }
  }
}

TEST(PngDecoder, EveryFlippedBitIsCorrupt) {
  for (const bool interlaced : {false, true}) {
    const Bytes file = WritePng(MakePicture(20, 12, 3), {.interlaced = interlaced});
    for (size_t i = 8; i < file.size() - kUnread; ++i) {
      Bytes flipped = file;
      flipped[i] ^= static_cast<uint8_t>(1 << i % 8);
      EXPECT_NE(Decode(flipped).status, ImageStatus::kOk) << "byte " << i;
    }
  }
}

// Checksum of a chunk, as in the specification's appendix.
uint32_t Crc(const Bytes& bytes, size_t begin, size_t end) {
  uint32_t crc = ~0u;
  for (size_t i = begin; i < end; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
  }
  return ~crc;
}

void PutBigEndian(Bytes& bytes, size_t at, uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

// Signature (8 bytes), length (4), "IHDR", width, height, 5 more bytes, checksum.
Bytes WithSize(Bytes file, uint32_t width, uint32_t height) {
  PutBigEndian(file, 16, width);
  PutBigEndian(file, 20, height);
  PutBigEndian(file, 29, Crc(file, 12, 29));
  return file;
}

TEST(PngDecoder, BoundsAreKeptAtTheHeader) {
  const Bytes file = WritePng(MakePicture(16, 16, 3));
  const Decoded decoded = Decode(WithSize(file, 10000, 5001));
  EXPECT_EQ(decoded.status, ImageStatus::kTooManyPixels);
  EXPECT_EQ(decoded.info.width, 10000);
  EXPECT_EQ(decoded.info.height, 5001);
  EXPECT_EQ(Decode(WithSize(file, 0x7FFFFFFF, 0x7FFFFFFF)).status, ImageStatus::kTooManyPixels);
  EXPECT_EQ(Decode(WithSize(file, 0x80000000, 1)).status, ImageStatus::kCorrupt);
  EXPECT_EQ(Decode(WithSize(file, 0, 1)).status, ImageStatus::kCorrupt);
  // 50 and 13.3 megapixels of 3 bytes in a file of under a kilobyte: nothing is unpacked.
  EXPECT_EQ(Decode(WithSize(file, 10000, 5000)).status, ImageStatus::kTooCostly);
  EXPECT_EQ(Decode(WithSize(file, 4000, 3334)).status, ImageStatus::kTooCostly);
  EXPECT_EQ(Decode(WithSize(file, 4000, 3333)).status, ImageStatus::kCorrupt);
}

TEST(PngDecoder, MoreBytesThanTheLimitAreTooCostlyWhateverTheFile) {
  Bytes deep = WritePng(MakePicture(16, 16, 4), {.bit_depth = 16});
  deep = WithSize(deep, 10000, 2600);  // 208 MB
  deep.resize(5'000'000);
  EXPECT_EQ(Decode(deep).status, ImageStatus::kTooCostly);
}

TEST(PngDecoder, AnInterlacedPictureThatNeedsTooMuchMemoryIsRefused) {
  const Bytes file = WritePng(MakePicture(16, 16, 3), {.interlaced = true});
  EXPECT_EQ(Decode(WithSize(file, 4000, 2624)).status, ImageStatus::kCorrupt);
  EXPECT_EQ(Decode(WithSize(file, 4000, 2626)).status, ImageStatus::kOutOfMemory);
}

TEST(PngDecoder, KnowsAPngByItsFirstBytes) {
  const Bytes file = WritePng(MakePicture(1, 1, 1));
  EXPECT_TRUE(IsPng(file));
  EXPECT_FALSE(IsPng(Bytes(file.begin(), file.begin() + 7)));
  EXPECT_FALSE(IsPng(Bytes{0xFF, 0xD8, 0xFF}));
  EXPECT_FALSE(IsPng({}));
}

}  // namespace
}  // namespace wranglet
