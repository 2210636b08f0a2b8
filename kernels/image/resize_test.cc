#include "kernels/image/resize.h"

#include <cstring>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace wranglet {
namespace {

using Bytes = std::vector<uint8_t>;

struct Case {
  int32_t in_width = 1, in_height = 1;
  Interval x, y;
  int32_t out_width = 1, out_height = 1;
};

Bytes RandomBytes(std::mt19937& random, size_t count) {
  Bytes bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// Streams the picture through a Resizer.
template <int kPixelBytes>
Bytes Resize(const Bytes& picture, const Case& c) {
  Resizer<kPixelBytes> resizer;
  EXPECT_TRUE(resizer.Init(c.in_width, c.in_height, c.x, c.y, c.out_width, c.out_height));
  const size_t in_bytes = static_cast<size_t>(c.in_width) * kPixelBytes;
  const size_t out_bytes = static_cast<size_t>(c.out_width) * kPixelBytes;
  Bytes row(in_bytes + kRowSlack, 0xAA);  // what follows a row must not matter
  Bytes out;
  for (int32_t y = 0; y < c.in_height; ++y) {
    std::memcpy(row.data(), picture.data() + static_cast<size_t>(y) * in_bytes, in_bytes);
    resizer.Push(row.data(), [&](int32_t out_y, const uint8_t* pixels) {
      EXPECT_EQ(static_cast<size_t>(out_y) * out_bytes, out.size());
      out.insert(out.end(), pixels, pixels + out_bytes);
    });
  }
  return out;
}

// The same by the plain kernels, with the whole picture in memory.
template <int kPixelBytes>
Bytes ReferenceResize(const Bytes& picture, const Case& c) {
  ResizeWeights weights_x, weights_y;
  EXPECT_TRUE(weights_x.Init(c.in_width, c.x, c.out_width));
  EXPECT_TRUE(weights_y.Init(c.in_height, c.y, c.out_height));
  const int32_t out_bytes = c.out_width * kPixelBytes;
  Bytes narrow(static_cast<size_t>(c.in_height) * out_bytes);
  for (int32_t y = 0; y < c.in_height; ++y) {
    reference::ResizeRow<kPixelBytes>(
        picture.data() + static_cast<size_t>(y) * c.in_width * kPixelBytes, weights_x,
        narrow.data() + static_cast<size_t>(y) * out_bytes);
  }
  Bytes out(static_cast<size_t>(c.out_height) * out_bytes);
  const RowRing rows = {.data = narrow.data(), .stride = out_bytes, .capacity = c.in_height};
  for (int32_t y = 0; y < c.out_height; ++y) {
    reference::BlendRows(rows, weights_y[y], out_bytes,
                         out.data() + static_cast<size_t>(y) * out_bytes);
  }
  return out;
}

template <int kPixelBytes>
void ExpectReference(std::mt19937& random, const Case& c) {
  const Bytes picture =
      RandomBytes(random, static_cast<size_t>(c.in_width) * c.in_height * kPixelBytes);
  ASSERT_EQ(Resize<kPixelBytes>(picture, c), ReferenceResize<kPixelBytes>(picture, c))
      << c.in_width << "x" << c.in_height << ", [" << c.x.begin << ", " << c.x.end << ") x ["
      << c.y.begin << ", " << c.y.end << ") to " << c.out_width << "x" << c.out_height << " of "
      << kPixelBytes << " bytes";
}

TEST(Resizer, EqualsTheReferenceOnRandomSizes) {
  const uint32_t seed = 20;
  std::mt19937 random(seed);
  const auto length = [&random](int32_t limit) {
    return static_cast<int32_t>(random() % limit) + 1;
  };
  const auto part = [&random](int32_t whole) {  // in eighths of a pixel, at least one of them
    const int32_t begin = static_cast<int32_t>(random() % (whole * 8));
    const int32_t end = begin + 1 + static_cast<int32_t>(random() % (whole * 8 - begin));
    return Interval{begin / 8.0, end / 8.0};
  };
  for (int i = 0; i < 2000; ++i) {
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", case " << i);
    Case c;
    c.in_width = length(60);
    c.in_height = length(60);
    c.out_width = length(40);
    c.out_height = length(40);
    c.x = part(c.in_width);
    c.y = part(c.in_height);
    ExpectReference<1>(random, c);
    ExpectReference<4>(random, c);
  }
}

TEST(Resizer, LeavesTheSameSizeAsItIs) {
  std::mt19937 random(3);
  const Bytes picture = RandomBytes(random, 19 * 7 * 4);
  EXPECT_EQ(Resize<4>(picture, {.in_width = 19,
                                .in_height = 7,
                                .x = {0, 19},
                                .y = {0, 7},
                                .out_width = 19,
                                .out_height = 7}),
            picture);
}

TEST(Resizer, KeepsAFlatPictureFlat) {
  for (const uint8_t value : {0, 1, 127, 254, 255}) {
    const Bytes picture(50 * 40, value);
    const Bytes out = Resize<1>(picture, {.in_width = 50,
                                          .in_height = 40,
                                          .x = {0.3, 49.9},
                                          .y = {7, 33.1},
                                          .out_width = 9,
                                          .out_height = 64});
    EXPECT_EQ(out, Bytes(9 * 64, value));
  }
}

// Image.fromarray(picture).resize((out_width, out_height), Image.BILINEAR, box=(x.begin, y.begin,
// x.end, y.end))
TEST(Resizer, EqualsPillow) {
  Bytes picture;
  uint32_t state = 1;
  for (int i = 0; i < 13 * 11; ++i) {
    state = state * 1664525 + 1013904223;
    picture.push_back(static_cast<uint8_t>(state >> 24));
  }
  const struct {
    Case shape;
    Bytes pixels;
  } kPillow[] = {
      {{.in_width = 13,
        .in_height = 11,
        .x = {0, 13},
        .y = {0, 11},
        .out_width = 4,
        .out_height = 3},
       {145, 126, 102, 123, 139, 114, 142, 124, 120, 130, 137, 126}},
      {{.in_width = 13,
        .in_height = 11,
        .x = {1.5, 11.75},
        .y = {2.25, 9},
        .out_width = 5,
        .out_height = 2},
       {139, 119, 99, 133, 129, 108, 107, 136, 158, 114}},
      {{.in_width = 13,
        .in_height = 11,
        .x = {3, 5.5},
        .y = {2, 4},
        .out_width = 6,
        .out_height = 4},
       {174, 199, 199, 199, 154, 103, 142, 160, 180, 200, 156, 103,
        114, 84,  106, 129, 135, 140, 92,  39,  66,  93,  110, 126}},
  };
  for (const auto& pillow : kPillow) EXPECT_EQ(Resize<1>(picture, pillow.shape), pillow.pixels);
}

TEST(Resizer, RefusesWhatMemoryCannotHold) {
  Resizer<4> resizer;
  EXPECT_FALSE(resizer.Init(4096, 2000000, {0, 4096}, {0, 2000000}, 4096, 1));
}

}  // namespace
}  // namespace wranglet
