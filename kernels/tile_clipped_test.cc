#include "kernels/tile_clipped.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/gemm_quantized.h"
#include "kernels/gemm_reference.h"
#include "kernels/pack_gemm.h"
#include "kernels/pair_lanes.h"
#include "kernels/testing.h"
#include "kernels/tile_words.h"

namespace wranglet {
namespace {

// The largest sum of a lane of two quads, if all bytes are `most` where weights have one sign.
int32_t LargestSum(const int8_t* weights, int32_t depth, int32_t most) {
  int32_t largest = 0;
  for (const int32_t sign : {-1, 1}) {
    for (int32_t first = 0; first < 4; first += 2) {
      int32_t sum = 0;
      for (const int32_t k : {first, first + 1, first + 4, first + 5}) {
        if (k < depth) sum += std::max(0, sign * weights[k]) * most;
      }
      largest = std::max(largest, sum);
    }
  }
  return largest;
}

TEST(PairLimits, AreTheMostThatFitsAnInt16) {
  ForEachSeed(500, [](Random& random) {
    const int32_t depth = random.Int(1, 40), columns = random.Int(1, 5);
    const int32_t most = random.Int(1, 127);
    const auto filter = random.Bytes(columns * depth, -most - 1, most);
    const std::vector<int8_t> limits = PairLimits(static_cast<size_t>(depth), filter);
    ASSERT_EQ(limits.size(), static_cast<size_t>((depth + 7) / 8));
    for (int32_t first = 0; first < depth; first += 8) {
      const int32_t limit = limits[static_cast<size_t>(first / 8)];
      int32_t at_limit = 0, beyond = 0;
      for (int32_t column = 0; column < columns; ++column) {
        const int8_t* weights = filter.data() + column * depth + first;
        at_limit = std::max(at_limit, LargestSum(weights, depth - first, limit));
        beyond = std::max(beyond, LargestSum(weights, depth - first, limit + 1));
      }
      EXPECT_LE(at_limit, 32767);
      if (limit < 127) EXPECT_GT(beyond, 32767);
      EXPECT_GE(limit, 63);
    }
  });
}

class Clipping : public testing::Test {
 protected:
  static constexpr int32_t kRows = 12, kColumns = 11;

  void SetUp() override {
    if (!TakesUnsignedPairs()) GTEST_SKIP() << "NOT TESTED: no products of unsigned bytes by pairs";
  }

  // Multiplies rows by a filter; whether there was an answer, which then is the reference's, and
  // otherwise was not touched.
  static bool Multiply(int32_t depth, int32_t zero_point, const std::vector<int8_t>& input,
                       const std::vector<int8_t>& filter) {
    const GemmParams<int8_t, int8_t> params{.rows = kRows, .depth = depth, .cols = kColumns};
    const std::vector<int32_t> bias(kColumns, 77);
    const std::vector<float> scale(kColumns, 0x1p-9f);
    std::vector<int8_t> expected(kRows * kColumns), actual(kRows * kColumns, 99);
    GemmReference(params, zero_point, input.data(), filter.data(), bias.data(), scale.data(),
                  expected.data());
    auto packed = PackGemm<int8_t, int8_t>(kColumns, depth, filter, bias, scale, zero_point);
    const std::vector<int8_t> limits = PairLimits(static_cast<size_t>(depth), filter);
    packed.filter.insert(packed.filter.end(), limits.begin(), limits.end());

    std::vector<int8_t> readable = input;
    readable.resize(input.size() + 7);  // which may be read behind a row
    const int8_t* rows[kRows];
    int8_t* out[kRows];
    for (int32_t row = 0; row < kRows; ++row) {
      rows[row] = readable.data() + row * depth, out[row] = actual.data() + row * kColumns;
    }
    alignas(16) uint8_t scratch[ClippedScratchBytes(kRows, 100)];
    const bool is_done = MultiplyByClipping(rows, kRows, depth, kColumns, packed.filter.data(),
                                            zero_point, packed.bias.data(), packed.scale.data(),
                                            RequantizeInt8(params.output), out, scratch);
    EXPECT_TRUE(is_done ? SameBytes(actual, expected)
                        : SameBytes(actual, std::vector<int8_t>(actual.size(), 99)));
    return is_done;
  }
};

TEST_F(Clipping, TakesRowsThatAreMostlyCloseToTheZeroPoint) {
  ForEachSeed(300, [](Random& random) {
    const int32_t depth = random.Int(40, 100), zero_point = random.Int(-128, 127);
    std::vector<int8_t> input(static_cast<size_t>(kRows * depth), static_cast<int8_t>(zero_point));
    // Three bytes anywhere.
    for (int i = 0; i < 3; ++i) {
      input[static_cast<size_t>(random.Int(0, kRows * depth - 1))] =
          static_cast<int8_t>(random.Int(-128, 127));
    }
    EXPECT_TRUE(Multiply(depth, zero_point, input, random.Bytes(kColumns * depth)));
  });
}

// At the ends of what is clipped to, and beyond, under weights that leave any room.
TEST_F(Clipping, SumsWhatFillsAnInt16) {
  constexpr int32_t kDepth = 24;
  for (const int32_t weight : {-128, -127, -65, -64, 64, 65, 127}) {
    const std::vector<int8_t> filter(kColumns * kDepth, static_cast<int8_t>(weight));
    const std::vector<int8_t> limits = PairLimits(kDepth, filter);
    for (int32_t zero_point = -128; zero_point < 128; ++zero_point) {
      const clipped_internal::ClippedBytes clipped(limits[0], zero_point);
      for (const int32_t byte : {clipped.from, clipped.to}) {
        std::vector<int8_t> input(kRows * kDepth, static_cast<int8_t>(byte - 128));
        EXPECT_TRUE(Multiply(kDepth, zero_point, input, filter));
        // Two quads of many.
        for (const int32_t beyond : {0, std::max(byte - 1, 0), std::min(byte + 1, 255), 255}) {
          std::fill_n(input.begin(), 8, static_cast<int8_t>(beyond - 128));
          EXPECT_TRUE(Multiply(kDepth, zero_point, input, filter));
        }
      }
    }
  }
}

TEST(ClippedScratchBytes, AreNoMoreThanThoseOfWords) {
  for (int32_t depth = 1; depth <= gemm_internal::kMostWordDepth; ++depth) {
    const WordPanel panel({.length = depth});
    EXPECT_LE(static_cast<size_t>(ClippedScratchBytes(panel.rows, depth)),
              WordPanel::kElements * sizeof(int16_t))
        << depth;
  }
}

TEST_F(Clipping, RefusesRowsOfWhichMuchIsBeyond) {
  constexpr int32_t kDepth = 64;
  Random random(1);
  const auto filter = random.Bytes(kColumns * kDepth);
  for (const int32_t zero_point : {-128, 0, 127}) {
    EXPECT_FALSE(Multiply(kDepth, zero_point, random.Bytes(kRows * kDepth), filter));
  }
}

}  // namespace
}  // namespace wranglet
