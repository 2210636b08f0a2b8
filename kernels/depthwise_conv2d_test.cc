#include "kernels/depthwise_conv2d.h"

#include <algorithm>
#include <vector>

#include "kernels/conv2d_reference.h"
#include "kernels/pack_depthwise.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

WindowShape RandomDepthwiseWindow(Random& random) {
  WindowShape window = random.Window(6);
  window.in_c = random.Int(1, 27);
  window.out_c = window.in_c * (random.Int(0, 2) ? 1 : random.Int(2, 4));
  return window;
}

void ExpectInt8EqualsReference(const WindowShape& window, Random& random) {
  const int32_t taps = window.kernel_h * window.kernel_w;
  const DepthwiseConv2dInt8Params params{
      .window = window, .input_zero_point = random.Int(-128, 127), .output = random.Output()};
  const auto input = random.Bytes(InputSize(window));
  const auto filter = random.Bytes(taps * window.out_c);
  const auto bias = random.Ints(window.out_c, -20000, 20000);
  const auto scale = random.Floats(window.out_c, 1e-4f, 2e-2f);
  const PackedInt8 packed =
      PackDepthwiseInt8(taps, window.out_c, filter, bias, scale, params.input_zero_point);
  std::vector<int8_t> expected(static_cast<size_t>(OutputSize(window))), actual(expected.size());
  std::vector<int8_t> scratch(DepthwiseInt8ScratchElements(window));
  DepthwiseConv2dInt8Reference(params, input.data(), filter.data(), bias.data(), scale.data(),
                               expected.data());
  DepthwiseConv2dInt8(params, input.data(), packed.filter.data(), packed.bias.data(),
                      packed.scale.data(), actual.data(), scratch.data());
  EXPECT_TRUE(SameBytes(actual, expected));
}

TEST(DepthwiseConv2dInt8, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(2500, [](Random& random) {
    ExpectInt8EqualsReference(RandomDepthwiseWindow(random), random);
  });
}

// What networks have: square kernels, padded to keep the size or halve it, in every width that a
// row can be divided in.
TEST(DepthwiseConv2dInt8, EqualsTheReferenceOnUsualShapes) {
  for (const int32_t kernel : {3, 5}) {
    for (const int32_t stride : {1, 2}) {
      for (int32_t size = 1; size <= 20; ++size) {
        SCOPED_TRACE(::testing::Message() << kernel << " / " << stride << ", " << size);
        Random random(static_cast<uint32_t>(size));
        const int32_t channels = random.Int(8, 40), out = (size + stride - 1) / stride;
        // TensorFlow's SAME: what is missing, the smaller half before.
        const int32_t pad = std::max((out - 1) * stride + kernel - size, 0) / 2;
        ExpectInt8EqualsReference({.in_h = size,
                                   .in_w = size,
                                   .in_c = channels,
                                   .out_h = out,
                                   .out_w = out,
                                   .out_c = channels,
                                   .kernel_h = kernel,
                                   .kernel_w = kernel,
                                   .stride_h = stride,
                                   .stride_w = stride,
                                   .pad_top = pad,
                                   .pad_left = pad},
                                  random);
      }
    }
  }
}

TEST(DepthwiseConv2dInt8, SumsTheLargestProductsExactly) {
  for (const int8_t activation : {-128, 127}) {
    for (const int8_t weight : {-128, 127}) {
      const DepthwiseConv2dInt8Params params{
          .window = {.in_h = 11, .in_w = 11, .in_c = 9, .out_c = 9, .kernel_h = 11, .kernel_w = 11},
          .input_zero_point = activation == 127 ? -128 : 127};
      const std::vector<int8_t> input(11 * 11 * 9, activation), filter(11 * 11 * 9, weight);
      const std::vector<int32_t> bias(9, 0);
      const std::vector<float> scale(9, 1e-5f);
      const PackedInt8 packed =
          PackDepthwiseInt8(121, 9, filter, bias, scale, params.input_zero_point);
      std::vector<int8_t> expected(9), actual(9);
      std::vector<int8_t> scratch(DepthwiseInt8ScratchElements(params.window));
      DepthwiseConv2dInt8Reference(params, input.data(), filter.data(), bias.data(), scale.data(),
                                   expected.data());
      DepthwiseConv2dInt8(params, input.data(), packed.filter.data(), packed.bias.data(),
                          packed.scale.data(), actual.data(), scratch.data());
      EXPECT_TRUE(SameBytes(actual, expected));
    }
  }
}

TEST(DepthwiseConv2dFloat32, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(600, [](Random& random) {
    const WindowShape window = RandomDepthwiseWindow(random);
    const int32_t taps = window.kernel_h * window.kernel_w;
    const DepthwiseConv2dFloat32Params params{.window = window,
                                              .output = {random.Float(-9, 0), random.Float(0, 9)}};
    const auto input = random.Floats(InputSize(window), -2, 2);
    const auto filter = random.Floats(taps * window.out_c, -2, 2);
    const auto bias = random.Floats(window.out_c, -2, 2);
    const PackedFloat32 packed = PackDepthwiseFloat32(taps, window.out_c, filter, bias);
    std::vector<float> expected(static_cast<size_t>(OutputSize(window))), actual(expected.size());
    std::vector<float> scratch(DepthwiseFloat32ScratchElements(window));
    DepthwiseConv2dFloat32Reference(params, input.data(), filter.data(), bias.data(),
                                    expected.data());
    DepthwiseConv2dFloat32(params, input.data(), packed.filter.data(), packed.bias.data(),
                           actual.data(), scratch.data());
    for (size_t i = 0; i < actual.size(); ++i) {
      ASSERT_EQ(actual[i], expected[i]) << "element " << i;
    }
  });
}

}  // namespace
}  // namespace wranglet
