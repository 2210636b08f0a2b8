#include "kernels/image/crop.h"

#include <random>

#include "gtest/gtest.h"

namespace wranglet {
namespace {

void ExpectInterval(Interval interval, double begin, double end) {
  EXPECT_DOUBLE_EQ(interval.begin, begin);
  EXPECT_DOUBLE_EQ(interval.end, end);
}

void ExpectTarget(const Placement& place, int32_t left, int32_t top, int32_t width,
                  int32_t height) {
  EXPECT_EQ(place.left, left);
  EXPECT_EQ(place.top, top);
  EXPECT_EQ(place.width, width);
  EXPECT_EQ(place.height, height);
}

TEST(PlaceImage, CenterCutsTheSidesOfAWidePicture) {
  const Placement place = PlaceImage(640, 480, 96, 96, CropPolicy::kCenter);
  ExpectInterval(place.source_x, 80, 560);
  ExpectInterval(place.source_y, 0, 480);
  ExpectTarget(place, 0, 0, 96, 96);
}

TEST(PlaceImage, CenterCutsTopAndBottomOfATallPicture) {
  const Placement place = PlaceImage(300, 451, 160, 120, CropPolicy::kCenter);
  ExpectInterval(place.source_x, 0, 300);
  ExpectInterval(place.source_y, 113, 338);
  ExpectTarget(place, 0, 0, 160, 120);
}

TEST(PlaceImage, CenterMayCutBetweenPixels) {
  ExpectInterval(PlaceImage(100, 33, 1, 1, CropPolicy::kCenter).source_x, 33.5, 66.5);
}

TEST(PlaceImage, StretchTakesAndFillsAll) {
  const Placement place = PlaceImage(640, 480, 96, 32, CropPolicy::kStretch);
  ExpectInterval(place.source_x, 0, 640);
  ExpectInterval(place.source_y, 0, 480);
  ExpectTarget(place, 0, 0, 96, 32);
}

TEST(PlaceImage, LetterboxLeavesBordersAboveAndBelowAWidePicture) {
  const Placement place = PlaceImage(640, 480, 96, 96, CropPolicy::kLetterbox);
  ExpectInterval(place.source_x, 0, 640);
  ExpectInterval(place.source_y, 0, 480);
  ExpectTarget(place, 0, 12, 96, 72);
}

TEST(PlaceImage, LetterboxLeavesBordersBesideATallPicture) {
  ExpectTarget(PlaceImage(480, 640, 96, 96, CropPolicy::kLetterbox), 12, 0, 72, 96);
}

TEST(PlaceImage, LetterboxKeepsAPixelOfTheThinnestPicture) {
  ExpectTarget(PlaceImage(60000, 1, 10, 10, CropPolicy::kLetterbox), 0, 4, 10, 1);
}

TEST(PlaceImage, StaysInsideBothPictures) {
  const uint32_t seed = 7;
  std::mt19937 random(seed);
  const auto side = [&random](int32_t limit) { return static_cast<int32_t>(random() % limit) + 1; };
  for (int i = 0; i < 10000; ++i) {
    const int32_t source_width = side(65500), source_height = side(65500);
    const int32_t width = side(kMaxTargetSide), height = side(kMaxTargetSide);
    for (const CropPolicy policy :
         {CropPolicy::kCenter, CropPolicy::kStretch, CropPolicy::kLetterbox}) {
      const Placement place = PlaceImage(source_width, source_height, width, height, policy);
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", case " << i);
      EXPECT_TRUE(0 <= place.source_x.begin && place.source_x.begin < place.source_x.end);
      EXPECT_TRUE(0 <= place.source_y.begin && place.source_y.begin < place.source_y.end);
      EXPECT_TRUE(place.source_x.end <= source_width && place.source_y.end <= source_height);
      EXPECT_TRUE(0 <= place.left && 1 <= place.width && place.left + place.width <= width);
      EXPECT_TRUE(0 <= place.top && 1 <= place.height && place.top + place.height <= height);
    }
  }
}

TEST(SmallestServingEighths, CoversTheTargetAndNoMore) {
  const auto eighths = [](int32_t width, int32_t height, int32_t target) {
    return SmallestServingEighths(PlaceImage(width, height, target, target, CropPolicy::kCenter));
  };
  EXPECT_EQ(eighths(768, 768, 96), 1);
  EXPECT_EQ(eighths(767, 768, 96), 2);
  EXPECT_EQ(eighths(640, 480, 96), 2);
  EXPECT_EQ(eighths(640, 480, 224), 4);
  EXPECT_EQ(eighths(224, 224, 224), 8);
  EXPECT_EQ(eighths(20, 20, 224), 8);
}

}  // namespace
}  // namespace wranglet
