#include "plugin/compiler/preprocess/image_preprocess.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "kernels/image/jpeg_writer.h"
#include "kernels/image/png_writer.h"
#include "kernels/image/webp_writer.h"

namespace wranglet {
namespace {

template <typename T>
std::vector<T> As(const std::vector<std::byte>& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

std::vector<std::byte> Bytes(const std::vector<uint8_t>& from) {
  const auto bytes = std::as_bytes(std::span(from));
  return {bytes.begin(), bytes.end()};
}

constexpr ImagePreprocess kPreprocess = {
    .width = 4, .height = 3, .mean = {0, 100, 127.5f}, .std = {1, 50, 127.5f}};

TEST(MakeTable, HoldsTheRealNumbersOfAFloatInputChannelByChannel) {
  const auto table = MakeTable(kPreprocess, DType::kFloat32, {});
  ASSERT_TRUE(table.ok());
  const std::vector<float> values = As<float>(*table);
  ASSERT_EQ(values.size(), 3u * 256);
  EXPECT_EQ(values[7], 7.0f);
  EXPECT_EQ(values[256 + 200], 2.0f);
  EXPECT_EQ(values[512], -1.0f);
  EXPECT_EQ(values[512 + 255], 1.0f);
}

TEST(MakeTable, HoldsStoredValuesOfInt8) {
  const auto table = MakeTable(kPreprocess, DType::kInt8, Quantization{{1.0f / 64}, {-1}});
  ASSERT_TRUE(table.ok());
  const std::vector<int8_t> values = As<int8_t>(*table);
  ASSERT_EQ(values.size(), 3u * 256);
  EXPECT_EQ(values[1], 63);          // 1 * 64 - 1
  EXPECT_EQ(values[255], 127);       // saturated
  EXPECT_EQ(values[512], -65);       // -1 * 64 - 1
  EXPECT_EQ(values[512 + 255], 63);  // 1 * 64 - 1
}

TEST(MakeTable, RoundsHalvesToEven) {
  const auto table = MakeTable({.width = 1, .height = 1}, DType::kInt8, Quantization{{2.0f}, {0}});
  ASSERT_TRUE(table.ok());
  const std::vector<int8_t> values = As<int8_t>(*table);
  EXPECT_EQ(values[1], 0);
  EXPECT_EQ(values[3], 2);
  EXPECT_EQ(values[5], 2);
}

TEST(MakeTable, MapsPixelsToThemselvesForUint8OfScaleOne) {
  const ImagePreprocess gray = {.width = 1, .height = 1, .color = ColorOrder::kGray};
  const auto table = MakeTable(gray, DType::kUint8, Quantization{{1.0f}, {0}});
  ASSERT_TRUE(table.ok());
  const std::vector<uint8_t> values = As<uint8_t>(*table);
  ASSERT_EQ(values.size(), 256u);
  for (size_t v = 0; v < 256; ++v) EXPECT_EQ(values[v], v);
}

TEST(MakeTable, HoldsSixteenBits) {
  const auto table = MakeTable(kPreprocess, DType::kInt16, Quantization{{1.0f / 32767}, {0}});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(As<int16_t>(*table)[512 + 255], 32767);
}

TEST(RangeOfPixels, ReachesFromBlackToWhiteInEveryChannel) {
  EXPECT_EQ(RangeOfPixels(kPreprocess), (Range{-2, 255}));
  const ImagePreprocess gray = {.color = ColorOrder::kGray, .mean = {255}, .std = {-255}};
  EXPECT_EQ(RangeOfPixels(gray), (Range{0, 1}));
}

TEST(MakeTable, RefusesOtherTypes) {
  EXPECT_FALSE(MakeTable(kPreprocess, DType::kInt64, {}).ok());
  EXPECT_FALSE(MakeTable(kPreprocess, DType::kInt8, {}).ok()) << "int8 without a scale";
}

TEST(PreprocessImage, GivesTheNumbersOfThePixels) {
  const auto jpeg = Bytes(WriteJpeg(MakeFlatPicture(40, 30, {200, 150, 50})));
  const auto table = MakeTable(kPreprocess, DType::kFloat32, {});
  const auto tensor = PreprocessImage(jpeg, kPreprocess, DType::kFloat32, *table);
  ASSERT_TRUE(tensor.ok()) << tensor.error().ToString();
  const std::vector<float> values = As<float>(*tensor);
  ASSERT_EQ(values.size(), 4u * 3 * 3);
  for (size_t i = 0; i < values.size(); i += 3) {
    EXPECT_NEAR(values[i], 200, 3);
    EXPECT_NEAR(values[i + 1], 1.0, 0.06);
    EXPECT_NEAR(values[i + 2], -0.608, 0.03);
  }
}

TEST(PreprocessImage, TakesEveryFormat) {
  const Picture picture = MakeFlatPicture(40, 30, {200, 150, 50});
  const auto table = MakeTable(kPreprocess, DType::kFloat32, {});
  const auto tensor = [&](const std::vector<uint8_t>& file) {
    return PreprocessImage(Bytes(file), kPreprocess, DType::kFloat32, *table);
  };
  const auto png = tensor(WritePng(picture)), webp = tensor(WriteWebp(picture, {.lossless = true}));
  ASSERT_TRUE(png.ok() && webp.ok());
  EXPECT_EQ(*png, *webp);
}

TEST(PreprocessImage, SaysWhatAilsAnImage) {
  const auto table = MakeTable(kPreprocess, DType::kFloat32, {});
  auto jpeg = Bytes(WriteJpeg(MakePicture(64, 64, 3)));
  jpeg.resize(jpeg.size() / 2);
  const auto truncated = PreprocessImage(jpeg, kPreprocess, DType::kFloat32, *table);
  ASSERT_FALSE(truncated.ok());
  EXPECT_EQ(truncated.error().message, "is a truncated or damaged image");
  const auto text =
      PreprocessImage(Bytes({'h', 'e', 'l', 'l', 'o'}), kPreprocess, DType::kFloat32, *table);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().message, "is not a JPEG, PNG or WebP image");
}

}  // namespace
}  // namespace wranglet
