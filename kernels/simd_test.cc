// The helpers for lengths that are not a vector's. All buffers have exactly the bytes a call may
// touch.

#include "kernels/simd.h"

#include <array>
#include <numeric>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

std::vector<int8_t> Counting(size_t count) {
  std::vector<int8_t> bytes(count);
  std::iota(bytes.begin(), bytes.end(), int8_t{-3});
  return bytes;
}

TEST(LoadUpTo8, LoadsWhatIsLeftAndZeros) {
  for (size_t left = 0; left <= 9; ++left) {
    const std::vector<int8_t> from = Counting(left);
    std::array<int8_t, 16> loaded, expected = {};
    std::copy_n(from.begin(), std::min<size_t>(left, 8), expected.begin());
    wasm_v128_store(loaded.data(), LoadUpTo8(from.data(), left));
    EXPECT_EQ(loaded, expected) << left;
  }
}

TEST(LoadUpTo16, LoadsWhatIsLeftAndZeros) {
  for (size_t left = 0; left <= 17; ++left) {
    const std::vector<int8_t> from = Counting(left);
    std::array<int8_t, 16> loaded, expected = {};
    std::copy_n(from.begin(), std::min<size_t>(left, 16), expected.begin());
    wasm_v128_store(loaded.data(), LoadUpTo16(from.data(), left));
    EXPECT_EQ(loaded, expected) << left;
  }
}

TEST(LoadLast16, LoadsTheEndOfARowAndZeros) {
  for (size_t left = 1; left <= 15; ++left) {
    const std::vector<int8_t> row = Counting(16);
    std::array<int8_t, 16> loaded, expected = {};
    const int8_t* const from = row.data() + 16 - left;
    std::copy_n(from, left, expected.begin());
    wasm_v128_store(loaded.data(), LoadLast16(from, left));
    EXPECT_EQ(loaded, expected) << left;
  }
}

TEST(StoreUpperUpTo8, StoresWhatIsLeftOfTheUpperHalf) {
  const v128_t value = wasm_i8x16_make(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
  for (size_t left = 0; left <= 9; ++left) {
    std::vector<int8_t> to(left, 77), expected = to;
    for (size_t i = 0; i < std::min<size_t>(left, 8); ++i) expected[i] = static_cast<int8_t>(i + 9);
    StoreUpperUpTo8(to.data(), value, left);
    EXPECT_EQ(to, expected) << left;
  }
}

TEST(StoreUpTo8, StoresWhatIsLeft) {
  const v128_t value = wasm_i8x16_make(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
  for (size_t left = 0; left <= 9; ++left) {
    std::vector<int8_t> to(left, 77), expected = to;
    for (size_t i = 0; i < std::min<size_t>(left, 8); ++i) expected[i] = static_cast<int8_t>(i + 1);
    StoreUpTo8(to.data(), value, left);
    EXPECT_EQ(to, expected) << left;
  }
}

TEST(LoadUpTo4, LoadsWhatIsLeftAndZeros) {
  const std::array<float, 5> values = {1.5f, -2, 3, 4, 5};
  for (size_t left = 0; left <= values.size(); ++left) {
    const std::vector<float> from(values.begin(), values.begin() + static_cast<ptrdiff_t>(left));
    std::array<float, 4> loaded, expected = {};
    std::copy_n(from.begin(), std::min<size_t>(left, 4), expected.begin());
    wasm_v128_store(loaded.data(), LoadUpTo4(from.data(), left));
    EXPECT_EQ(loaded, expected) << left;
  }
}

TEST(StoreUpTo4, StoresWhatIsLeft) {
  const std::array<float, 4> values = {1, 2, 3, 4};
  for (size_t left = 0; left <= 5; ++left) {
    std::vector<float> to(left, 77), expected = to;
    std::copy_n(values.begin(), std::min<size_t>(left, 4), expected.begin());
    StoreUpTo4(to.data(), wasm_v128_load(values.data()), left);
    EXPECT_EQ(to, expected) << left;
  }
}

TEST(CopyBytes, CopiesAnyCountAndNoMore) {
  for (size_t count = 0; count <= 70; ++count) {
    const std::vector<int8_t> from = Counting(count);
    std::vector<int8_t> to(count);
    CopyBytes(to.data(), from.data(), count);
    EXPECT_EQ(to, from) << count;
  }
}

}  // namespace
}  // namespace wranglet
