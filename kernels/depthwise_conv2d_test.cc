#include "kernels/depthwise_conv2d.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/conv2d_reference.h"
#include "kernels/depthwise_float32.h"
#include "kernels/lane_sums.h"
#include "kernels/pack_depthwise.h"
#include "kernels/testing.h"
#include "kernels/testing_products.h"

namespace wranglet {
namespace {

WindowShape RandomDepthwiseWindow(Random& random) {
  WindowShape window = random.Window(6);
  window.in_c = random.Int(1, 27);
  window.out_c = window.in_c * (random.Int(0, 2) ? 1 : random.Int(2, 4));
  return window;
}

// What networks have: square kernels, padded to keep the size or halve it, in every width that a
// row can be divided in. Calls `test(window, random)`; there are 1 to 40 channels.
template <typename Test>
void ForEachUsualWindow(Test&& test) {
  for (const int32_t kernel : {3, 5}) {
    for (const int32_t stride : {1, 2}) {
      for (int32_t size = 1; size <= 20; ++size) {
        SCOPED_TRACE(::testing::Message() << kernel << " / " << stride << ", " << size);
        Random random(static_cast<uint32_t>(size));
        const int32_t channels = random.Int(1, 40), out = (size + stride - 1) / stride;
        // TensorFlow's SAME: what is missing, the smaller half before.
        const int32_t pad = std::max((out - 1) * stride + kernel - size, 0) / 2;
        test(WindowShape{.in_h = size,
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

template <typename Types>
class DepthwiseQuantized : public testing::Test {
 protected:
  using In = typename Types::In;
  using Weight = typename Types::Weight;
  using Requantize = typename Types::Requantize;
  using Bias = typename Requantize::Bias;
  using Scale = typename Requantize::Scale;
  using Params = DepthwiseConv2dParams<In, Weight, Requantize>;

  static LaneFit FitOf(const WindowShape& w, const std::vector<Weight>& filter) {
    const auto channels = static_cast<size_t>(w.out_c);
    const auto lanes = PairLanes::OfDepthwise(w.kernel_h, w.kernel_w);
    return FitPairs<In>(lanes, filter, channels, 1, channels) ? LaneFit::kPairs : LaneFit::kNone;
  }

  static void ExpectEqualsReference(const Params& params, const std::vector<In>& input,
                                    const std::vector<Weight>& filter,
                                    const std::vector<Bias>& bias,
                                    const std::vector<Scale>& scale) {
    const WindowShape& w = params.window;
    const auto packed = PackDepthwise<In, Weight, Requantize>(
        w.kernel_h * w.kernel_w, w.out_c, filter, bias, scale, params.input_zero_point);
    std::vector<In> expected(static_cast<size_t>(OutputSize(w))), actual(expected.size());
    // malloc aligns it to 16, as the arena does.
    std::vector<std::byte> scratch(DepthwiseScratchBytes<In>(w, params.fit));
    DepthwiseConv2dReference(params, input.data(), filter.data(), bias.data(), scale.data(),
                             expected.data());
    ForEachWay<In, Weight>([&] {
      DepthwiseConv2d(params, input.data(), packed.filter.data(), packed.bias.data(),
                      packed.scale.data(), actual.data(), scratch.data());
      EXPECT_TRUE(SameBytes(actual, expected));
    });
  }

  static void ExpectEqualsReference(const WindowShape& window, Random& random) {
    RandomProduct<Requantize> product(random);
    const int32_t taps = window.kernel_h * window.kernel_w;
    Params params{
        .window = window, .input_zero_point = product.ZeroPoint(), .output = product.PickOutput()};
    const auto filter = product.template Filter<Weight>(window.out_c, taps);
    params.fit = FitOf(window, filter);
    ExpectEqualsReference(params, random.Integers<In>(InputSize(window)), filter,
                          product.Biases(window.out_c),
                          product.Scales(window.out_c, taps, params.output));
  }
};

TYPED_TEST_SUITE(DepthwiseQuantized, ConvolutionTypes);

TYPED_TEST(DepthwiseQuantized, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(2000, [](Random& random) {
    TestFixture::ExpectEqualsReference(RandomDepthwiseWindow(random), random);
  });
}

TYPED_TEST(DepthwiseQuantized, EqualsTheReferenceOnUsualShapes) {
  ForEachUsualWindow([](const WindowShape& window, Random& random) {
    TestFixture::ExpectEqualsReference(window, random);
  });
}

TYPED_TEST(DepthwiseQuantized, SumsTheLargestProductsExactly) {
  using In = typename TestFixture::In;
  using Weight = typename TestFixture::Weight;
  constexpr bool kWideWeights = sizeof(Weight) > 1, kWideInput = sizeof(In) > 1;
  for (const int32_t activation :
       kWideInput ? std::vector{-32768, 32767} : std::vector{-128, 127}) {
    for (const int32_t weight : kWideWeights ? std::vector{-255, 255} : std::vector{-128, 127}) {
      const typename TestFixture::Params params{
          .window = {.in_h = 11, .in_w = 11, .in_c = 9, .out_c = 9, .kernel_h = 11, .kernel_w = 11},
          .input_zero_point = kWideInput ? 0 : (activation == 127 ? -128 : 127)};
      TestFixture::ExpectEqualsReference(
          params, std::vector<In>(11 * 11 * 9, static_cast<In>(activation)),
          std::vector<Weight>(11 * 11 * 9, static_cast<Weight>(weight)),
          std::vector<typename TestFixture::Bias>(9, 0),
          std::vector(9,
                      ScaleFrom<typename TestFixture::Scale>(kWideInput ? 0x1.8p-15 : 0x1.8p-17)));
    }
  }
}

using DepthwisePairs = DepthwiseQuantized<ProductTypes<int8_t, int8_t>>;

// Filters of which every lane is filled to its end, wherever the second row of outputs moves it.
TEST_F(DepthwisePairs, SumsWhatFillsAnInt16) {
  for (const int32_t kernel : {3, 4, 5, 7}) {
    for (const int32_t weight : {-64, 64}) {
      SCOPED_TRACE(::testing::Message() << kernel << " " << weight);
      const WindowShape window{.in_h = 12,
                               .in_w = 12,
                               .in_c = 9,
                               .out_h = 13 - kernel,
                               .out_w = 13 - kernel,
                               .out_c = 9,
                               .kernel_h = kernel,
                               .kernel_w = kernel};
      std::vector<int8_t> filter(static_cast<size_t>(kernel * kernel * 9),
                                 static_cast<int8_t>(weight));
      ASSERT_EQ(FitOf(window, filter), LaneFit::kPairs);
      ExpectEqualsReference({.window = window, .input_zero_point = -128, .fit = LaneFit::kPairs},
                            std::vector<int8_t>(static_cast<size_t>(InputSize(window)), 127),
                            filter, std::vector<int32_t>(9, 5), std::vector<float>(9, 0x1p-13f));
      // The first row shares its lanes with the third.
      filter[0] = static_cast<int8_t>(weight + weight / 64);
      EXPECT_EQ(FitOf(window, filter), LaneFit::kNone);
    }
  }
}

// What the compiler asks of each channel.
bool SumsFit(const DepthwiseConv2dParams<int8_t, int8_t>& params, const std::vector<int8_t>& filter,
             const std::vector<int32_t>& bias, const std::vector<float>& scale) {
  std::vector<LaneSums> sums;
  for (const int32_t b : bias) sums.emplace_back(b, params.input_zero_point);
  for (size_t i = 0; i < filter.size(); ++i) sums[i % sums.size()].Add(filter[i]);
  for (size_t c = 0; c < sums.size(); ++c) {
    if (!sums[c].Fit(scale[c], params.output)) return false;
  }
  return true;
}

using DepthwiseLanes = DepthwisePairs;

// Filters so small that all sums stay within 2^14, below the first that two results share.
TEST_F(DepthwiseLanes, EqualTheReferenceOnUsualShapes) {
  ForEachUsualWindow([](WindowShape window, Random& random) {
    window.batch = random.Int(1, 2);
    if (!DepthwiseLaneBand::Serves(window)) return;
    const int32_t taps = window.kernel_h * window.kernel_w, most = 60 / taps;
    Params params{.window = window,
                  .input_zero_point = random.Int(-128, 127),
                  .output = random.Output(),
                  .fit = LaneFit::kSums};
    const auto filter = random.Bytes(taps * window.out_c, -most, most);
    const auto bias = random.Ints(window.out_c, -900, 900);
    std::vector<float> scale;
    for (const int32_t n : random.Ints(window.out_c, 1, 400)) {
      scale.push_back(static_cast<float>(2 * n + 1) / kLaneUnit);
    }
    ASSERT_TRUE(SumsFit(params, filter, bias, scale));
    ExpectEqualsReference(params, random.Bytes(InputSize(window)), filter, bias, scale);
  });
}

// Filters whose sums reach both ends of int16, and a channel that has no weights and starts beyond.
TEST_F(DepthwiseLanes, SumWhatFillsAnInt16) {
  for (const int32_t kernel : {3, 5}) {
    for (const int32_t stride : {1, 2}) {
      for (const int32_t sign : {-1, 1}) {
        SCOPED_TRACE(::testing::Message() << kernel << " / " << stride << ", " << sign);
        const WindowShape window{.in_h = 12,
                                 .in_w = 12,
                                 .in_c = 9,
                                 .out_h = (13 - kernel) / stride,
                                 .out_w = (13 - kernel) / stride,
                                 .out_c = 9,
                                 .kernel_h = kernel,
                                 .kernel_w = kernel,
                                 .stride_h = stride,
                                 .stride_w = stride};
        std::vector<int8_t> filter(static_cast<size_t>(kernel * kernel * 9));
        for (size_t c = 0; c < 8; ++c) {
          filter[c] = filter[9 * 4 + c] = static_cast<int8_t>(sign * 64);
        }
        std::vector<int32_t> bias(9, sign < 0 ? -128 : 127);
        bias[8] = sign << 29;
        const Params params{.window = window,
                            .input_zero_point = -128,
                            .output = {.zero_point = sign < 0 ? 127 : -128},
                            .fit = LaneFit::kSums};
        // 1 / 128 for what is not clamped; the channel without weights has to be.
        std::vector<float> scale(9, 255 / kLaneUnit);
        if (sign < 0) scale.assign(9, 257 / kLaneUnit);
        scale[8] = 1027 / kLaneUnit;
        ASSERT_TRUE(SumsFit(params, filter, bias, scale));
        for (const int8_t activation : {-128, 127}) {
          ExpectEqualsReference(
              params, std::vector<int8_t>(static_cast<size_t>(InputSize(window)), activation),
              filter, bias, scale);
        }
        bias[0] += sign;
        EXPECT_FALSE(SumsFit(params, filter, bias, scale));
      }
    }
  }
}

void ExpectFloat32EqualsReference(const WindowShape& window, Random& random) {
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
}

TEST(DepthwiseConv2dFloat32, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(600, [](Random& random) {
    ExpectFloat32EqualsReference(RandomDepthwiseWindow(random), random);
  });
}

TEST(DepthwiseConv2dFloat32, EqualsTheReferenceOnUsualShapes) {
  ForEachUsualWindow([](WindowShape window, Random& random) {
    ExpectFloat32EqualsReference(window, random);
    window.in_c = window.out_c = (window.in_c + 3) / 4 * 4;
    window.batch = 2;
    ExpectFloat32EqualsReference(window, random);
  });
}

}  // namespace
}  // namespace wranglet
