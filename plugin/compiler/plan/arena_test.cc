#include "plugin/compiler/plan/arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace wranglet {
namespace {

constexpr int64_t kAlignment = 16;

TEST(Arena, NoBuffersNoArena) {
  const ArenaLayout layout = LayOutArena({}, kAlignment);
  EXPECT_EQ(layout.bytes, 0);
  EXPECT_EQ(layout.lower_bound, 0);
}

TEST(Arena, AChainNeedsItsTwoLargestNeighbours) {
  // 100 -> 1000 -> 200 -> 2000 -> 10: each buffer lives from the step that writes it to the one
  // that reads it.
  const std::vector<Lifetime> chain = {
      {96, 0, 1}, {1008, 1, 2}, {208, 2, 3}, {2000, 3, 4}, {16, 4, 5}};
  const ArenaLayout layout = LayOutArena(chain, kAlignment);
  EXPECT_EQ(layout.bytes, 2208);
  EXPECT_EQ(layout.lower_bound, 2208);
}

TEST(Arena, SizesAreRoundedUpToTheAlignment) {
  const ArenaLayout layout = LayOutArena({{1, 0, 0}, {17, 0, 0}}, kAlignment);
  EXPECT_EQ(layout.bytes, 48);
  EXPECT_EQ(layout.lower_bound, 48);
}

TEST(Arena, BuffersThatNeverMeetShareBytes) {
  const ArenaLayout layout = LayOutArena({{64, 0, 1}, {64, 2, 3}}, kAlignment);
  EXPECT_EQ(layout.bytes, 64);
  EXPECT_EQ(layout.offsets[0], layout.offsets[1]);
}

class RandomLifetimes : public testing::TestWithParam<int> {};

TEST_P(RandomLifetimes, NeverOverlapAndNeverBeatTheBound) {
  for (int round = 0; round < 1000; ++round) {
    std::mt19937 random(static_cast<uint32_t>(GetParam() * 1000 + round));
    auto pick = [&random](int low, int high) {
      return std::uniform_int_distribution<int>(low, high)(random);
    };
    const int steps = pick(1, 30);
    std::vector<Lifetime> buffers(static_cast<size_t>(pick(1, 40)));
    for (Lifetime& b : buffers) {
      b.bytes = pick(0, 500);
      b.first = pick(0, steps - 1);
      b.last = std::min(steps - 1, b.first + pick(0, GetParam()));
    }
    const ArenaLayout layout = LayOutArena(buffers, kAlignment);
    SCOPED_TRACE(testing::Message() << "seed " << GetParam() * 1000 + round);
    ASSERT_GE(layout.bytes, layout.lower_bound);
    for (size_t i = 0; i < buffers.size(); ++i) {
      ASSERT_EQ(layout.offsets[i] % kAlignment, 0);
      ASSERT_GE(layout.offsets[i], 0);
      ASSERT_LE(layout.offsets[i] + buffers[i].bytes, layout.bytes);
      for (size_t j = 0; j < i; ++j) {
        if (buffers[i].first > buffers[j].last || buffers[j].first > buffers[i].last) continue;
        ASSERT_TRUE(layout.offsets[i] + buffers[i].bytes <= layout.offsets[j] ||
                    layout.offsets[j] + buffers[j].bytes <= layout.offsets[i])
            << "buffers " << i << " and " << j;
      }
    }
    int64_t most = 0;
    for (int step = 0; step < steps; ++step) {
      int64_t live = 0;
      for (const Lifetime& b : buffers) {
        const bool is_alive = b.first <= step && step <= b.last;
        if (is_alive) live += (b.bytes + kAlignment - 1) / kAlignment * kAlignment;
      }
      ASSERT_EQ(static_cast<size_t>(step) < layout.live.size() ? layout.live[step] : 0, live);
      most = std::max(most, live);
    }
    ASSERT_EQ(layout.lower_bound, most);
  }
}

// The parameter is the longest life beyond one step: chains, residual networks, and anything.
INSTANTIATE_TEST_SUITE_P(Lengths, RandomLifetimes, testing::Values(1, 3, 30));

}  // namespace
}  // namespace wranglet
