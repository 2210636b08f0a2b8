#include "kernels/pair_dot.h"

#include <cstdint>
#include <cstdio>
#include <vector>

#include "kernels/pair_lanes.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

// Bytes of 7 bits are what every engine agrees on; of 8, where it says so.
TEST(PairDot, SumsTwoProductsALane) {
#if defined(__wasm__) && !defined(__wasm_relaxed_simd__)
  GTEST_SKIP() << "there is no such instruction in plain SIMD128";
#else
  const bool is_unsigned = TakesUnsignedPairs();
  std::printf("bytes of 8 bits: %s\n", is_unsigned ? "yes" : "no, so the rest uses 7");
  ForEachSeed(2000, [=](Random& random) {
    const auto weights = random.Bytes(16, -64, 64), bytes = random.Bytes(16);
    int8_t used[16];
    for (size_t i = 0; i < 16; ++i) {
      used[i] = is_unsigned ? bytes[i] : static_cast<int8_t>(bytes[i] & 0x7f);
    }
    int16_t actual[8];
    wasm_v128_store(actual, PairDot(wasm_v128_load(weights.data()), wasm_v128_load(used)));
    for (size_t lane = 0; lane < 8; ++lane) {
      const size_t i = 2 * lane;
      EXPECT_EQ(actual[lane], weights[i] * static_cast<uint8_t>(used[i]) +
                                  weights[i + 1] * static_cast<uint8_t>(used[i + 1]));
    }
  });
#endif
}

// Of weights around the bound and bytes at both ends, all there are: a lane fits exactly if no
// bytes make any of its partial sums leave int16.
TEST(LaneWeights, FitExactlyWhatNoBytesMakeOverflow) {
  const std::vector<int32_t> candidates = {-128, -127, -65, -64, -1, 0, 1, 63, 64, 65, 127};
  for (const int32_t a : candidates) {
    for (const int32_t b : candidates) {
      for (const int32_t c : candidates) {
        for (const int32_t d : candidates) {
          const int32_t weights[] = {a, b, c, d};
          LaneWeights lane;
          for (const int32_t weight : weights) lane.Add(weight);
          bool overflows = false;
          for (int bytes = 0; bytes < 16; ++bytes) {
            int32_t sum = 0;
            for (int i = 0; i < 4; ++i) sum += bytes >> i & 1 ? weights[i] * 255 : 0;
            overflows = overflows || sum != static_cast<int16_t>(sum);
          }
          EXPECT_EQ(lane.Fit(), !overflows) << a << " " << b << " " << c << " " << d;
          lane.Remove(d);
          LaneWeights others;
          for (int i = 0; i < 3; ++i) others.Add(weights[i]);
          EXPECT_EQ(lane.Least(), others.Least());
          EXPECT_EQ(lane.Most(), others.Most());
        }
      }
    }
  }
}

TEST(PairLanes, OfRunsTakeTwoQuadsAtATime) {
  const PairLanes lanes = PairLanes::OfRuns(2, 9);
  const std::vector<size_t> expected = {0, 0, 1, 1, 0, 0, 1, 1, 2, 3, 3, 4, 4, 3, 3, 4, 4, 5};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(lanes[i], expected[i]) << i;
  EXPECT_EQ(lanes.count(), 6u);
  EXPECT_TRUE(PairLanes().empty());
  EXPECT_EQ(PairLanes::OfRuns(5, 1).count(), 5u);
}

TEST(PairLanes, OfDepthwiseTakeEveryOtherRow) {
  const PairLanes lanes = PairLanes::OfDepthwise(5, 2);
  const std::vector<size_t> expected = {0, 1, 2, 3, 0, 1, 2, 3, 4, 5};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(lanes[i], expected[i]) << i;
}

}  // namespace
}  // namespace wranglet
