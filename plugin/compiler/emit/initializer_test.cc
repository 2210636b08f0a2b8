#include "plugin/compiler/emit/initializer.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>

#include "kernels/params.h"

namespace wranglet {
namespace {

TEST(Initializer, NamesOnlyWhatDiffersFromTheDefault) {
  EXPECT_EQ(Initializer(WindowShape{}), "{}");
  EXPECT_EQ(Initializer(WindowShape{.in_h = 96, .in_w = 96, .stride_w = 2}),
            "{.in_h = 96, .in_w = 96, .stride_w = 2}");
  EXPECT_EQ(Initializer(Int8Output{.zero_point = -3, .min = -3}), "{.zero_point = -3, .min = -3}");
}

struct Outer {
  WindowShape window;
  float scale = 1.0f;
  bool keep = false;
  int32_t sizes[3] = {1, 1, 1};

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("scale", scale), v("keep", keep), v("sizes", sizes);
  }
};

TEST(Initializer, StructsAndArraysNest) {
  EXPECT_EQ(Initializer(Outer{}), "{}");
  EXPECT_EQ(Initializer(Outer{{.in_c = 3}, 0.5f, true, {1, 2, 3}}),
            "{.window = {.in_c = 3}, .scale = 0.5f, .keep = true, .sizes = {1, 2, 3}}");
}

TEST(Literal, Floats) {
  EXPECT_EQ(Literal(1.0f), "1.0f");
  EXPECT_EQ(Literal(-0.1f), "-0.1f");
  EXPECT_EQ(Literal(1e-20f), "1e-20f");
  EXPECT_EQ(Literal(-std::numeric_limits<float>::infinity()), "-__builtin_inff()");
}

TEST(Literal, FloatsReadBackTheSame) {
  std::mt19937 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const float value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (!(std::abs(value) <= std::numeric_limits<float>::max())) continue;
    ASSERT_EQ(std::bit_cast<uint32_t>(std::strtof(Literal(value).c_str(), nullptr)),
              std::bit_cast<uint32_t>(value));
  }
}

}  // namespace
}  // namespace wranglet
