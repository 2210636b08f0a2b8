#include "plugin/compiler/plan/broadcasting.h"

#include <gtest/gtest.h>

#include <array>

namespace wranglet {
namespace {

using Six = std::array<int32_t, 6>;

void ExpectBroadcast(const Shape& a, const Shape& b, const Six& sizes, const Six& a_strides,
                     const Six& b_strides) {
  SCOPED_TRACE(ToString(a) + " and " + ToString(b));
  const auto broadcast = BroadcastOf(a, b);
  ASSERT_TRUE(broadcast.has_value());
  EXPECT_EQ(broadcast->sizes, sizes);
  EXPECT_EQ(broadcast->a_strides, a_strides);
  EXPECT_EQ(broadcast->b_strides, b_strides);
}

TEST(BroadcastOf, EqualShapesAreOneRow) {
  ExpectBroadcast({2, 3, 4, 5}, {2, 3, 4, 5}, {1, 1, 1, 1, 1, 120}, {0, 0, 0, 0, 0, 1},
                  {0, 0, 0, 0, 0, 1});
  ExpectBroadcast({}, {}, {1, 1, 1, 1, 1, 1}, {0, 0, 0, 0, 0, 1}, {0, 0, 0, 0, 0, 1});
}

TEST(BroadcastOf, AScalarIsRepeatedInOneRow) {
  ExpectBroadcast({2, 3, 4}, {}, {1, 1, 1, 1, 1, 24}, {0, 0, 0, 0, 0, 1}, {});
  ExpectBroadcast({1, 1}, {2, 3, 4}, {1, 1, 1, 1, 1, 24}, {}, {0, 0, 0, 0, 0, 1});
}

TEST(BroadcastOf, ChannelsAreARowForEveryPixel) {
  ExpectBroadcast({2, 3, 4, 5}, {5}, {1, 1, 1, 1, 24, 5}, {0, 0, 0, 0, 5, 1}, {0, 0, 0, 0, 0, 1});
  ExpectBroadcast({2, 1, 1, 5}, {2, 3, 4, 5}, {1, 1, 1, 2, 12, 5}, {0, 0, 0, 5, 0, 1},
                  {0, 0, 0, 60, 5, 1});
}

TEST(BroadcastOf, BothMayBeRepeated) {
  ExpectBroadcast({4, 1}, {1, 3}, {1, 1, 1, 1, 4, 3}, {0, 0, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 1});
}

TEST(BroadcastOf, RefusesMoreDimensionsThanKernelsWalk) {
  EXPECT_TRUE(BroadcastOf({2, 1, 2, 1, 2, 1}, {1, 2, 1, 2, 1, 2}).has_value());
  EXPECT_FALSE(BroadcastOf({2, 1, 2, 1, 2, 1, 2}, {1, 2, 1, 2, 1, 2, 1}).has_value());
}

}  // namespace
}  // namespace wranglet
