#include "plugin/compiler/pack/weights_image.h"

#include <gtest/gtest.h>

#include <string_view>

namespace wranglet {
namespace {

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(WeightsImage, ConstantsAreAlignedAndTheGapsAreZero) {
  WeightsImage image(16);
  EXPECT_EQ(image.Add(Bytes("abc")), 0);
  EXPECT_EQ(image.Add(Bytes("defg")), 16);
  const std::vector<std::byte> bytes = std::move(image).Take();
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
            "abc\0\0\0\0\0\0\0\0\0\0\0\0\0defg"sv);
}

TEST(WeightsImage, EqualConstantsAreKeptOnce) {
  WeightsImage image(16);
  EXPECT_EQ(image.Add(Bytes("bias")), 0);
  EXPECT_EQ(image.Add(Bytes("scale")), 16);
  EXPECT_EQ(image.Add(Bytes("bias")), 0);
  EXPECT_EQ(image.Add(Bytes("scale")), 16);
  EXPECT_EQ(std::move(image).Take().size(), 21u);
}

TEST(WeightsImage, APrefixIsAnotherConstant) {
  WeightsImage image(16);
  EXPECT_EQ(image.Add(Bytes("scale")), 0);
  EXPECT_EQ(image.Add(Bytes("sca")), 16);
}

}  // namespace
}  // namespace wranglet
