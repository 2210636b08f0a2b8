#include "kernels/image/convert.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/image/exif_writer.h"
#include "kernels/image/jpeg_writer.h"
#include "kernels/image/orientation.h"
#include "kernels/image/png_writer.h"
#include "kernels/image/webp_writer.h"

namespace wranglet {
namespace {

using Bytes = std::vector<uint8_t>;

// A table by which each value of a pixel stands for itself, in the lowest byte of the element.
Bytes Identity(const ImageSpec& spec) {
  Bytes table(static_cast<size_t>(spec.TableBytes()));
  for (size_t i = 0; i < table.size() / spec.element_size; ++i)
    table[i * spec.element_size] = static_cast<uint8_t>(i);
  return table;
}

struct Converted {
  ImageStatus status = ImageStatus::kOk;
  ImageInfo info;
  Bytes tensor;

  // Of a tensor with elements of a byte.
  int At(const ImageSpec& spec, int32_t x, int32_t y, int32_t channel) const {
    return tensor[static_cast<size_t>((y * spec.width + x) * spec.Channels() + channel)];
  }
};

Converted Convert(const Bytes& file, const ImageSpec& spec) {
  Converted result;
  result.tensor.resize(static_cast<size_t>(spec.TensorBytes()));
  result.status = ConvertImage(file, spec, Identity(spec), result.tensor.data(), &result.info);
  return result;
}

// FNV-1a, 32 bits.
uint32_t Hash(const Bytes& bytes) {
  uint32_t hash = 2166136261;
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 16777619;
  return hash;
}

// Red, green and blue stripes, side by side.
Picture Stripes(int32_t width, int32_t height) {
  Picture picture = {.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int32_t i = 0; i < width * height; ++i) {
    const int stripe = i % width * 3 / width;
    for (int c = 0; c < 3; ++c) picture.pixels.push_back(c == stripe ? 250 : 5);
  }
  return picture;
}

TEST(ConvertImage, WritesChannelsInTheOrderAskedFor) {
  const Bytes file = WriteJpeg(MakeFlatPicture(100, 50, {200, 100, 50}));
  const ImageSpec rgb = {.width = 16, .height = 16};
  ImageSpec bgr = rgb, gray = rgb;
  bgr.color = ColorOrder::kBgr;
  gray.color = ColorOrder::kGray;
  const Converted as_rgb = Convert(file, rgb), as_bgr = Convert(file, bgr),
                  as_gray = Convert(file, gray);
  for (int32_t y = 0; y < 16; ++y) {
    for (int32_t x = 0; x < 16; ++x) {
      EXPECT_NEAR(as_rgb.At(rgb, x, y, 0), 200, 2);
      EXPECT_NEAR(as_bgr.At(bgr, x, y, 0), 50, 2);
      EXPECT_NEAR(as_gray.At(gray, x, y, 0), 124, 2);
    }
  }
}

TEST(ConvertImage, CenterShowsTheMiddle) {
  const ImageSpec spec = {.width = 8, .height = 24};
  const Converted middle = Convert(WriteJpeg(Stripes(90, 90)), spec);
  ASSERT_EQ(middle.status, ImageStatus::kOk);
  for (int32_t y = 0; y < spec.height; ++y) {
    for (int32_t x = 1; x < spec.width - 1; ++x) EXPECT_GT(middle.At(spec, x, y, 1), 200);
  }
}

TEST(ConvertImage, StretchShowsAll) {
  const ImageSpec spec = {.width = 9, .height = 90, .crop = CropPolicy::kStretch};
  const Converted all = Convert(WriteJpeg(Stripes(90, 90)), spec);
  ASSERT_EQ(all.status, ImageStatus::kOk);
  for (int32_t stripe = 0; stripe < 3; ++stripe)
    EXPECT_GT(all.At(spec, 3 * stripe + 1, 45, stripe), 200);
}

TEST(ConvertImage, LetterboxBordersAreMidGrey) {
  const ImageSpec spec = {.width = 32, .height = 32, .crop = CropPolicy::kLetterbox};
  for (const bool wide : {false, true}) {
    const Picture white = MakeFlatPicture(wide ? 64 : 32, wide ? 32 : 64, {255, 255, 255});
    const Converted boxed = Convert(WriteJpeg(white), spec);
    ASSERT_EQ(boxed.status, ImageStatus::kOk);
    for (int32_t across = 0; across < 32; ++across) {
      const bool inside = 8 <= across && across < 24;
      for (int32_t along = 0; along < 32; ++along) {
        EXPECT_EQ(boxed.At(spec, wide ? along : across, wide ? across : along, 1),
                  inside ? 255 : kLetterboxPixel);
      }
    }
  }
}

TEST(ConvertImage, WiderElementsHoldTheSameValues) {
  const Bytes file = WriteJpeg(MakePicture(70, 50, 3));
  const Bytes bytes = Convert(file, {.width = 20, .height = 10}).tensor;
  for (const int32_t element_size : {2, 4}) {
    const Bytes wide =
        Convert(file, {.width = 20, .height = 10, .element_size = element_size}).tensor;
    for (size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(wide[i * element_size], bytes[i]);
  }
}

// Host and WebAssembly run this test, so these hashes say that both compute the same. They change
// when the decoder, the crop or the resize change what a model sees.
TEST(ConvertImage, GivesTheSameBytesEverywhere) {
  const Bytes color = WriteJpeg(MakePicture(333, 222, 3), {.subsampled = true});
  const Bytes progressive = WriteJpeg(MakePicture(150, 301, 3), {.progressive = true});
  const Bytes ink = WriteJpeg(MakePicture(97, 101, 4));
  const Bytes gray = WriteJpeg(MakePicture(640, 480, 1));
  EXPECT_EQ(Hash(Convert(color, {.width = 96, .height = 96}).tensor), 2859814588u);
  EXPECT_EQ(
      Hash(Convert(color, {.width = 50, .height = 71, .crop = CropPolicy::kLetterbox}).tensor),
      1365425736u);
  EXPECT_EQ(
      Hash(Convert(progressive, {.width = 64, .height = 48, .color = ColorOrder::kBgr}).tensor),
      1206938618u);
  EXPECT_EQ(Hash(Convert(ink, {.width = 200, .height = 120, .crop = CropPolicy::kStretch}).tensor),
            1098410635u);
  EXPECT_EQ(
      Hash(Convert(gray, {.width = 49, .height = 10, .color = ColorOrder::kGray, .element_size = 2})
               .tensor),
      2411466005u);
}

TEST(ConvertImage, GivesTheSameBytesEverywhereOfEveryFormat) {
  const Bytes opaque = WritePng(MakePicture(333, 222, 3));
  const Bytes clear = WritePng(MakePicture(150, 301, 4), {.bit_depth = 16, .interlaced = true});
  const Bytes lossy = WriteWebp(MakePicture(640, 480, 3));
  const Bytes lossy_alpha = WriteWebp(MakePicture(97, 101, 4));
  const Bytes lossless = WriteWebp(MakePicture(333, 222, 4), {.lossless = true});
  const ImageSpec small = {.width = 96, .height = 96};
  const ImageSpec tall = {.width = 50, .height = 71, .crop = CropPolicy::kLetterbox};
  EXPECT_EQ(Hash(Convert(opaque, small).tensor), 3699820556u);
  EXPECT_EQ(Hash(Convert(clear, tall).tensor), 1706523323u);
  EXPECT_EQ(Hash(Convert(lossy, small).tensor), 4156086788u);
  EXPECT_EQ(Hash(Convert(lossy_alpha, tall).tensor), 1369553388u);
  EXPECT_EQ(Hash(Convert(lossless, small).tensor), 3119823924u);
}

// `shown`, as a camera stores it that tells this orientation.
Picture Stored(const Picture& shown, uint32_t exif) {
  const auto [transposed, flip_x, flip_y] = OrientationOfExif(exif);
  Picture stored = shown;
  if (transposed) std::swap(stored.width, stored.height);
  for (int32_t y = 0; y < stored.height; ++y) {
    for (int32_t x = 0; x < stored.width; ++x) {
      const int32_t column = transposed ? y : x, row = transposed ? x : y;
      const int32_t from_x = flip_x ? shown.width - 1 - column : column;
      const int32_t from_y = flip_y ? shown.height - 1 - row : row;
      for (int32_t c = 0; c < shown.channels; ++c) {
        stored.pixels[static_cast<size_t>((y * stored.width + x) * shown.channels + c)] =
            shown.pixels[static_cast<size_t>((from_y * shown.width + from_x) * shown.channels + c)];
      }
    }
  }
  return stored;
}

// EXIF's words: which side of what is shown the stored picture's first row and first column are.
TEST(ConvertImage, EveryOrientationPutsTheFirstPixelWhereExifSays) {
  const ImageSpec spec = {.width = 2, .height = 2, .color = ColorOrder::kGray};
  const Picture corners = {.width = 2, .height = 2, .channels = 1, .pixels = {10, 20, 30, 40}};
  const Bytes want[] = {{10, 20, 30, 40}, {20, 10, 40, 30}, {40, 30, 20, 10}, {30, 40, 10, 20},
                        {10, 30, 20, 40}, {30, 10, 40, 20}, {40, 20, 30, 10}, {20, 40, 10, 30}};
  for (uint32_t exif = 1; exif <= 8; ++exif) {
    const Bytes file = WithExif(WritePng(corners), MakeExif(exif, false));
    EXPECT_EQ(Convert(file, spec).tensor, want[exif - 1]) << "orientation " << exif;
  }
}

TEST(ConvertImage, TurnsEveryFormatExactly) {
  const Picture shown = MakePicture(37, 29, 3);
  const ImageSpec same = {.width = 37, .height = 29, .crop = CropPolicy::kStretch};
  const Bytes want = Convert(WritePng(shown), same).tensor;
  for (uint32_t exif = 1; exif <= 8; ++exif) {
    const Bytes tag = MakeExif(exif, true);
    const Picture stored = Stored(shown, exif);
    EXPECT_EQ(Convert(WithExif(WritePng(stored), tag), same).tensor, want) << exif;
    EXPECT_EQ(Convert(WithExif(WriteWebp(stored, {.lossless = true}), tag), same).tensor, want)
        << exif;
  }
}

// Resizing along x first and then along y rounds in between, so that what is turned before and what
// is turned after it may differ by one or two.
TEST(ConvertImage, TurnsBeforeItCropsWhateverTheTarget) {
  const Picture shown = MakePicture(230, 130, 3);
  for (const CropPolicy crop :
       {CropPolicy::kCenter, CropPolicy::kStretch, CropPolicy::kLetterbox}) {
    for (const auto& [width, height] : {std::pair{24, 24}, {40, 13}, {13, 40}, {300, 75}}) {
      const ImageSpec spec = {.width = width, .height = height, .crop = crop};
      const Bytes want = Convert(WritePng(shown), spec).tensor;
      for (uint32_t exif = 1; exif <= 8; ++exif) {
        const Bytes file = WithExif(WritePng(Stored(shown, exif)), MakeExif(exif, true));
        const Bytes got = Convert(file, spec).tensor;
        int worst = 0;
        for (size_t i = 0; i < want.size(); ++i)
          worst = std::max(worst, std::abs(int{got[i]} - int{want[i]}));
        EXPECT_LE(worst, 2) << "orientation " << exif << " to " << width << "x" << height;
      }
    }
  }
}

TEST(ConvertImage, TurnsJpegs) {
  const Picture shown = Stripes(90, 60);  // red on the left
  const ImageSpec spec = {.width = 9, .height = 6};
  for (uint32_t exif = 1; exif <= 8; ++exif) {
    const Bytes file = WithExif(WriteJpeg(Stored(shown, exif)), MakeExif(exif, false));
    const Converted turned = Convert(file, spec);
    ASSERT_EQ(turned.status, ImageStatus::kOk);
    for (int32_t stripe = 0; stripe < 3; ++stripe)
      EXPECT_GT(turned.At(spec, 3 * stripe + 1, 3, stripe), 200) << "orientation " << exif;
  }
}

TEST(ConvertImage, LosslessFormatsAgree) {
  for (const int32_t channels : {3, 4}) {
    const Picture picture = MakePicture(70, 50, channels);
    const ImageSpec spec = {.width = 40, .height = 45, .color = ColorOrder::kBgr};
    const Converted png = Convert(WritePng(picture), spec);
    EXPECT_EQ(png.status, ImageStatus::kOk);
    EXPECT_EQ(png.tensor, Convert(WriteWebp(picture, {.lossless = true}), spec).tensor);
  }
}

// Coefficients far beyond those of any picture: libjpeg's arithmetic overflows, but to the same
// pixels.
TEST(ConvertImage, GivesTheSameBytesEverywhereForNonsense) {
  Bytes file = WriteJpeg(MakePicture(100, 80, 1), {.progressive = true});
  for (size_t i = 0; i + 9 < file.size(); ++i) {
    const bool table = file[i] == 0xFF && file[i + 1] == 0xDB;
    const bool scan = file[i] == 0xFF && file[i + 1] == 0xDA;
    if (table) std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(i) + 5, 64, uint8_t{255});
    if (scan && file[i + 9] < 16) file[i + 9] = 10;  // a first scan lacks so many low bits
  }
  const Converted nonsense = Convert(file, {.width = 100, .height = 80});
  EXPECT_EQ(nonsense.status, ImageStatus::kOk);
  EXPECT_EQ(Hash(nonsense.tensor), 2646084770u);
}

TEST(ConvertImage, TellsTheSizeOfTheSource) {
  const Converted converted = Convert(WriteJpeg(MakePicture(70, 50, 3)), {.width = 4, .height = 4});
  EXPECT_EQ(converted.info.width, 70);
  EXPECT_EQ(converted.info.height, 50);
}

TEST(ConvertImage, SaysWhatIsWrong) {
  const Bytes file = WriteJpeg(MakePicture(40, 40, 3));
  const ImageSpec spec = {.width = 4, .height = 4};
  EXPECT_EQ(Convert({}, spec).status, ImageStatus::kUnknownFormat);
  EXPECT_EQ(Convert({'G', 'I', 'F', '8', '9', 'a'}, spec).status, ImageStatus::kUnknownFormat);
  EXPECT_EQ(Convert(Bytes(file.begin(), file.end() - 100), spec).status, ImageStatus::kCorrupt);
}

TEST(ConvertImage, RefusesASpecThatNoModelHas) {
  const Bytes file = WriteJpeg(MakePicture(40, 40, 3));
  const Bytes table(3 * 256 * 4);
  const auto status = [&](const ImageSpec& spec, int64_t table_bytes) {
    uint8_t untouched[1];
    return ConvertImage(file, spec, {table.data(), static_cast<size_t>(table_bytes)}, untouched);
  };
  const ImageSpec good = {.width = 4, .height = 4};
  std::vector<ImageSpec> bad(7, good);
  bad[0].width = 0;
  bad[1].height = -5;
  bad[2].width = kMaxTargetSide + 1;
  bad[3].color = static_cast<ColorOrder>(3);
  bad[4].crop = static_cast<CropPolicy>(-1);
  bad[5].element_size = 3;
  bad[6].element_size = 8;
  for (const ImageSpec& spec : bad) EXPECT_EQ(status(spec, 768), ImageStatus::kBadArgument);
  EXPECT_EQ(status(good, good.TableBytes() - 1), ImageStatus::kBadArgument);
}

}  // namespace
}  // namespace wranglet
