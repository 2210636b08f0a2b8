#include "kernels/conv2d.h"

#include <span>
#include <utility>
#include <vector>

#include "kernels/conv2d_reference.h"
#include "kernels/pack_gemm.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

// A random window with channels for a random number of groups.
std::pair<WindowShape, int32_t> RandomGroupedWindow(Random& random) {
  WindowShape window = random.Window(5);
  const int32_t groups = random.Int(0, 2) ? 1 : random.Int(2, 3);
  window.in_c = groups * random.Int(1, 11);
  window.out_c = groups * random.Int(1, 19);
  return {window, groups};
}

// Appends `group` to `all`.
template <typename T>
void Append(std::vector<T>& all, const std::vector<T>& group) {
  all.insert(all.end(), group.begin(), group.end());
}

void ExpectInt8EqualsReference(const WindowShape& window, int32_t groups, Random& random) {
  const Conv2dInt8Params params{.window = window,
                                .groups = groups,
                                .input_zero_point = random.Int(-128, 127),
                                .output = random.Output()};
  const int32_t depth = PatchDepth(window, groups), columns = window.out_c / groups;
  const auto input = random.Bytes(InputSize(window));
  const auto filter = random.Bytes(window.out_c * depth);
  const auto bias = random.Ints(window.out_c, -20000, 20000);
  const auto scale = random.Floats(window.out_c, 1e-4f, 2e-2f);
  PackedInt8 packed;
  for (int32_t group = 0; group < groups; ++group) {
    const auto at = static_cast<size_t>(group * columns);
    const auto size = static_cast<size_t>(depth);
    const PackedInt8 one = PackGemmInt8(columns, depth, std::span(filter).subspan(at * size),
                                        std::span(bias).subspan(at), std::span(scale).subspan(at),
                                        params.input_zero_point);
    Append(packed.filter, one.filter);
    Append(packed.bias, one.bias);
    Append(packed.scale, one.scale);
  }
  std::vector<int8_t> expected(static_cast<size_t>(OutputSize(window))), actual(expected.size());
  std::vector<int8_t> scratch(Conv2dScratchElements(window, groups));
  Conv2dInt8Reference(params, input.data(), filter.data(), bias.data(), scale.data(),
                      expected.data());
  Conv2dInt8(params, input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
             actual.data(), scratch.data());
  EXPECT_TRUE(SameBytes(actual, expected));
}

TEST(Conv2dInt8, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(2000, [](Random& random) {
    const auto [window, groups] = RandomGroupedWindow(random);
    ExpectInt8EqualsReference(window, groups, random);
  });
}

TEST(Conv2dInt8, EqualsTheReferenceOnAFirstLayer) {
  Random random(1);
  ExpectInt8EqualsReference({.in_h = 33,
                             .in_w = 34,
                             .in_c = 3,
                             .out_h = 17,
                             .out_w = 17,
                             .out_c = 24,
                             .kernel_h = 3,
                             .kernel_w = 3,
                             .stride_h = 2,
                             .stride_w = 2,
                             .pad_top = 1,
                             .pad_left = 0},
                            1, random);
}

TEST(Conv2dFloat32, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(500, [](Random& random) {
    auto [window, groups] = RandomGroupedWindow(random);
    const Conv2dFloat32Params params{
        .window = window, .groups = groups, .output = {random.Float(-9, 0), random.Float(0, 9)}};
    const int32_t depth = PatchDepth(window, groups), columns = window.out_c / groups;
    const auto input = random.Floats(InputSize(window), -2, 2);
    const auto filter = random.Floats(window.out_c * depth, -2, 2);
    const auto bias = random.Floats(window.out_c, -2, 2);
    PackedFloat32 packed;
    for (int32_t group = 0; group < groups; ++group) {
      const auto at = static_cast<size_t>(group * columns);
      const PackedFloat32 one = PackGemmFloat32(
          columns, depth, std::span(filter).subspan(at * depth), std::span(bias).subspan(at));
      Append(packed.filter, one.filter);
      Append(packed.bias, one.bias);
    }
    std::vector<float> expected(static_cast<size_t>(OutputSize(window))), actual(expected.size());
    std::vector<float> scratch(Conv2dScratchElements(window, groups));
    Conv2dFloat32Reference(params, input.data(), filter.data(), bias.data(), expected.data());
    Conv2dFloat32(params, input.data(), packed.filter.data(), packed.bias.data(), actual.data(),
                  scratch.data());
    for (size_t i = 0; i < actual.size(); ++i) {
      // The reference leaves out padded taps, which the kernel multiplies by 0: equal but for -0.
      ASSERT_EQ(actual[i], expected[i]) << "element " << i;
    }
  });
}

TEST(Conv2dInt8, PadsWithTheZeroPoint) {
  // A 3x3 sum over a 1x1 image of the real value 0: whatever lies outside must count as 0 too.
  const Conv2dInt8Params params{
      .window = {.kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1},
      .input_zero_point = 77};
  const std::vector<int8_t> input = {77}, filter(9, 1);
  const PackedInt8 packed = PackGemmInt8(1, 9, filter, {}, std::vector<float>{1.0f}, 77);
  std::vector<int8_t> output(1), scratch(Conv2dScratchElements(params.window, 1));
  Conv2dInt8(params, input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
             output.data(), scratch.data());
  EXPECT_EQ(output[0], 0);
}

}  // namespace
}  // namespace wranglet
