#include "kernels/image/to_tensor.h"

#include <numeric>
#include <vector>

#include "gtest/gtest.h"

namespace wranglet {
namespace {

// A table whose element for value v of channel c is v + 1000 * c, cut to the element's type.
template <typename Element>
std::vector<Element> MakeTable(int channels) {
  std::vector<Element> table;
  for (int c = 0; c < channels; ++c) {
    for (int v = 0; v < 256; ++v) table.push_back(static_cast<Element>(v + 1000 * c));
  }
  return table;
}

template <typename Element>
std::vector<Element> Convert(const std::vector<uint8_t>& pixels, int32_t count, ColorOrder color,
                             int32_t step = 1) {
  const ImageSpec spec = {
      .width = count, .height = 1, .color = color, .element_size = sizeof(Element)};
  const std::vector<Element> table = MakeTable<Element>(spec.Channels());
  std::vector<Element> out(static_cast<size_t>(count) * spec.Channels());
  Element* first = step < 0 ? out.data() + (count - 1) * spec.Channels() : out.data();
  PixelsToTensor(pixels.data(), count, step, spec, reinterpret_cast<const uint8_t*>(table.data()),
                 reinterpret_cast<uint8_t*>(first));
  return out;
}

template <typename Element>
class PixelsToTensorTest : public testing::Test {};

using Elements = testing::Types<int8_t, int16_t, float>;
TYPED_TEST_SUITE(PixelsToTensorTest, Elements);

TYPED_TEST(PixelsToTensorTest, LooksUpEachChannelInItsOwnTable) {
  const auto at = [](int c, int v) { return static_cast<TypeParam>(v + 1000 * c); };
  const std::vector<uint8_t> rgbx = {10, 20, 30, 99, 40, 50, 255, 99};
  EXPECT_EQ(
      Convert<TypeParam>(rgbx, 2, ColorOrder::kRgb),
      (std::vector<TypeParam>{at(0, 10), at(1, 20), at(2, 30), at(0, 40), at(1, 50), at(2, 255)}));
  EXPECT_EQ(
      Convert<TypeParam>(rgbx, 2, ColorOrder::kBgr),
      (std::vector<TypeParam>{at(0, 30), at(1, 20), at(2, 10), at(0, 255), at(1, 50), at(2, 40)}));
}

TYPED_TEST(PixelsToTensorTest, StepsBackwards) {
  const auto at = [](int c, int v) { return static_cast<TypeParam>(v + 1000 * c); };
  EXPECT_EQ(
      Convert<TypeParam>({10, 20, 30, 99, 40, 50, 60, 99}, 2, ColorOrder::kRgb, -1),
      (std::vector<TypeParam>{at(0, 40), at(1, 50), at(2, 60), at(0, 10), at(1, 20), at(2, 30)}));
}

TYPED_TEST(PixelsToTensorTest, LooksUpEveryGrayValue) {
  std::vector<uint8_t> gray(256);
  std::iota(gray.begin(), gray.end(), 0);
  EXPECT_EQ(Convert<TypeParam>(gray, 256, ColorOrder::kGray), MakeTable<TypeParam>(1));
}

}  // namespace
}  // namespace wranglet
