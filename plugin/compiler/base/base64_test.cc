#include "plugin/compiler/base/base64.h"

#include <gtest/gtest.h>

#include <string_view>

namespace wranglet {
namespace {

std::string Encode(std::string_view text) { return Base64Encode(std::as_bytes(std::span(text))); }

TEST(Base64, VectorsOfRfc4648) {
  EXPECT_EQ(Encode(""), "");
  EXPECT_EQ(Encode("f"), "Zg==");
  EXPECT_EQ(Encode("fo"), "Zm8=");
  EXPECT_EQ(Encode("foo"), "Zm9v");
  EXPECT_EQ(Encode("foob"), "Zm9vYg==");
  EXPECT_EQ(Encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Encode("foobar"), "Zm9vYmFy");
}

TEST(Base64, AllBitsSet) { EXPECT_EQ(Encode("\xff\xfe\xfd"), "//79"); }

}  // namespace
}  // namespace wranglet
