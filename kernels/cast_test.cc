#include "kernels/cast.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

template <typename To, typename From>
std::vector<To> CastTo(ElementType to, ElementType from, const std::vector<From>& input) {
  std::vector<uint8_t> bytes(input.size() * sizeof(From)), result(input.size() * sizeof(To));
  std::memcpy(bytes.data(), input.data(), bytes.size());
  CastElements({static_cast<int32_t>(input.size()), from, to}, bytes.data(), result.data());
  std::vector<To> output(input.size());
  std::memcpy(output.data(), result.data(), result.size());
  return output;
}

TEST(Cast, FloatsGoTowardsZeroAndSaturate) {
  const std::vector<float> input = {-3e9f, -1.9f, -0.5f, 0.5f, 1.9f, 300.7f, 3e9f, std::nanf("")};
  using enum ElementType;
  constexpr int32_t kLeast = std::numeric_limits<int32_t>::min();
  constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
  EXPECT_EQ((CastTo<int32_t>(kInt32, kFloat32, input)),
            (std::vector<int32_t>{kLeast, -1, 0, 0, 1, 300, kMost, 0}));
  EXPECT_EQ((CastTo<int8_t>(kInt8, kFloat32, input)),
            (std::vector<int8_t>{-128, -1, 0, 0, 1, 127, 127, 0}));
  EXPECT_EQ((CastTo<uint8_t>(kUint8, kFloat32, input)),
            (std::vector<uint8_t>{0, 0, 0, 0, 1, 255, 255, 0}));
  EXPECT_EQ((CastTo<int16_t>(kInt16, kFloat32, input)),
            (std::vector<int16_t>{-32768, -1, 0, 0, 1, 300, 32767, 0}));
  EXPECT_EQ((CastTo<int64_t>(kInt64, kFloat32, std::vector<float>{3e9f, 1e30f})),
            (std::vector<int64_t>{3000000000, std::numeric_limits<int64_t>::max()}));
}

TEST(Cast, IntegersKeepTheirLowestBits) {
  using enum ElementType;
  EXPECT_EQ((CastTo<int8_t>(kInt8, kInt32, std::vector<int32_t>{-70000, 255, 128, -1})),
            (std::vector<int8_t>{-112, -1, -128, -1}));
  EXPECT_EQ((CastTo<uint8_t>(kUint8, kInt8, std::vector<int8_t>{-1, 1})),
            (std::vector<uint8_t>{255, 1}));
  EXPECT_EQ((CastTo<int64_t>(kInt64, kInt16, std::vector<int16_t>{-5, 7})),
            (std::vector<int64_t>{-5, 7}));
  EXPECT_EQ((CastTo<float>(kFloat32, kInt32, std::vector<int32_t>{-3, 16777217})),
            (std::vector<float>{-3.0f, 16777216.0f}));
}

TEST(Cast, EverythingButZeroIsTrue) {
  using enum ElementType;
  EXPECT_EQ((CastTo<uint8_t>(kBool, kFloat32, std::vector<float>{0, -0.0f, 0.5f, std::nanf("")})),
            (std::vector<uint8_t>{0, 0, 1, 1}));
  EXPECT_EQ((CastTo<uint8_t>(kBool, kInt32, std::vector<int32_t>{0, 256})),
            (std::vector<uint8_t>{0, 1}));
  EXPECT_EQ((CastTo<float>(kFloat32, kBool, std::vector<uint8_t>{0, 1, 2})),
            (std::vector<float>{0, 1, 1}));
}

}  // namespace
}  // namespace wranglet
