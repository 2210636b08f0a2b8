#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "kernels/gemm_float32.h"
#include "kernels/gemm_quantized.h"
#include "kernels/gemm_reference.h"
#include "kernels/pack_gemm.h"
#include "kernels/pair_lanes.h"
#include "kernels/testing.h"
#include "kernels/testing_products.h"

namespace wranglet {
namespace {

template <typename Types>
class GemmQuantized : public testing::Test {
 protected:
  using In = typename Types::In;
  using Weight = typename Types::Weight;
  using Requantize = typename Types::Requantize;

  struct Case {
    GemmParams<In, Weight, Requantize> params;
    int32_t input_zero_point = 0;
    std::vector<In> input;
    std::vector<Weight> filter;
    std::vector<typename Requantize::Bias> bias;
    std::vector<typename Requantize::Scale> scale;
  };

  static Case RandomCase(Random& random, int32_t rows, int32_t depth, int32_t cols) {
    RandomProduct<Requantize> product(random);
    Case c{.params = {rows, depth, cols, product.PickOutput()},
           .input_zero_point = product.ZeroPoint(),
           .input = random.Integers<In>(rows * depth),
           .filter = product.template Filter<Weight>(cols, depth),
           .bias = product.Biases(cols)};
    c.scale = product.Scales(cols, depth, c.params.output);
    c.params.fit_pairs = FitPairs<In>(PairLanes::OfRuns(1, depth), c.filter,
                                      static_cast<size_t>(cols), static_cast<size_t>(depth), 1);
    return c;
  }

  static void ExpectEqualsReference(const Case& c) {
    const auto size = static_cast<size_t>(c.params.rows) * static_cast<size_t>(c.params.cols);
    std::vector<In> expected(size), actual(size);
    GemmReference(c.params, c.input_zero_point, c.input.data(), c.filter.data(), c.bias.data(),
                  c.scale.data(), expected.data());
    auto packed = PackGemm<In, Weight, Requantize>(c.params.cols, c.params.depth, c.filter, c.bias,
                                                   c.scale, c.input_zero_point);
    if constexpr (std::is_same_v<Weight, int8_t>) {
      const std::vector<int8_t> limits = PairLimits(static_cast<size_t>(c.params.depth), c.filter);
      packed.filter.insert(packed.filter.end(), limits.begin(), limits.end());
    }
    ForEachWay<In, Weight>([&] {
      Gemm(c.params, c.input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
           actual.data());
      EXPECT_TRUE(SameBytes(actual, expected))
          << c.params.rows << "x" << c.params.depth << "x" << c.params.cols;
    });
  }
};

TYPED_TEST_SUITE(GemmQuantized, GemmTypes);

TYPED_TEST(GemmQuantized, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(2000, [](Random& random) {
    const int32_t rows = random.Int(1, 11), depth = random.Int(1, 70), cols = random.Int(1, 35);
    TestFixture::ExpectEqualsReference(TestFixture::RandomCase(random, rows, depth, cols));
  });
}

// More rows than are copied at once.
TYPED_TEST(GemmQuantized, EqualsTheReferenceOnManyRows) {
  ForEachSeed(50, [](Random& random) {
    const int32_t rows = random.Int(12, 1500), depth = random.Int(1, 24), cols = random.Int(1, 20);
    TestFixture::ExpectEqualsReference(TestFixture::RandomCase(random, rows, depth, cols));
  });
}

// Rows that fill panels (tile_words.h), of more or fewer rows by their depth, to their ends or not.
TYPED_TEST(GemmQuantized, EqualsTheReferenceOnPanels) {
  for (const int32_t depth : {255, 256, 257, 600, 1017, 1024, 1025}) {
    for (const int32_t rows : {2, 24, 65, 70}) {
      Random random(static_cast<uint32_t>(depth + rows));
      TestFixture::ExpectEqualsReference(
          TestFixture::RandomCase(random, rows, depth, random.Int(1, 20)));
    }
  }
}

// Rows that are widened, or summed, piece by piece, with pieces that end anywhere.
TYPED_TEST(GemmQuantized, EqualsTheReferenceOnDeepRows) {
  for (const int32_t depth :
       {RequantizeInt16::kMostDepth, 2 * RequantizeInt16::kMostDepth, 2048, 2 * 2048}) {
    for (const int32_t more : {-9, -1, 0, 1, 2, 7, 8, 9}) {
      Random random(static_cast<uint32_t>(depth + more));
      const int32_t rows = random.Int(1, 6), cols = random.Int(1, 20);
      TestFixture::ExpectEqualsReference(TestFixture::RandomCase(random, rows, depth + more, cols));
    }
  }
}

// The largest products there are, in every position; where sums are bounded, the largest of these.
TYPED_TEST(GemmQuantized, SumsTheLargestProductsExactly) {
  using In = typename TestFixture::In;
  using Weight = typename TestFixture::Weight;
  constexpr bool kWideWeights = sizeof(Weight) > 1, kWideInput = sizeof(In) > 1;
  constexpr bool kIsBounded =
      std::is_same_v<typename TestFixture::Requantize, RequantizeInt16Bounded>;
  for (const int32_t activation :
       kWideInput ? std::vector{-32768, 32767} : std::vector{-128, 127}) {
    for (const int32_t weight : kIsBounded     ? std::vector{-15, 15}
                                : kWideWeights ? std::vector{-255, 255}
                                               : std::vector{-128, 127}) {
      for (const int32_t zero_point : kWideInput ? std::vector{0} : std::vector{-128, 127}) {
        typename TestFixture::Case c;
        c.params = {.rows = 5, .depth = 4099, .cols = 9};
        c.input_zero_point = zero_point;
        c.input.assign(5 * 4099, static_cast<In>(activation));
        c.filter.assign(9 * 4099, static_cast<Weight>(weight));
        c.bias.assign(9, 0);
        // So that the result, of more than 2^33 or 2^27, is in the type.
        c.scale.assign(9, kWideInput ? 0x1.8p-20f : 0x1.8p-22f);
        TestFixture::ExpectEqualsReference(c);
      }
    }
  }
}

using GemmPairs = GemmQuantized<ProductTypes<int8_t, int8_t>>;

// One more in any weight, and FitPairs would not hold.
TEST_F(GemmPairs, SumsWhatFillsAnInt16) {
  constexpr int32_t kDepth = 20, kColumns = 9;
  const PairLanes lanes = PairLanes::OfRuns(1, kDepth);
  for (const int8_t sign : {-1, 1}) {
    for (const int8_t activation : {-128, 127}) {
      SCOPED_TRACE(::testing::Message() << int{sign} << " " << int{activation});
      std::vector<int8_t> filter(kColumns * kDepth, static_cast<int8_t>(sign * 32));
      // The last quad stands alone.
      for (size_t i = 16; i < filter.size(); i += kDepth) {
        for (size_t k = 0; k < 4; ++k) filter[i + k] = static_cast<int8_t>(sign * 64);
      }
      ASSERT_TRUE(lanes.Fit(filter, kColumns, kDepth, 1));
      ExpectEqualsReference(
          {.params = {.rows = 5, .depth = kDepth, .cols = kColumns, .fit_pairs = true},
           .input_zero_point = -128,
           .input = std::vector<int8_t>(5 * kDepth, activation),
           .filter = filter,
           .bias = std::vector<int32_t>(kColumns, 5),
           .scale = std::vector<float>(kColumns, 0x1p-11f)});
      for (int8_t& weight : filter) {
        weight = static_cast<int8_t>(weight + sign);
        EXPECT_FALSE(lanes.Fit(filter, kColumns, kDepth, 1));
        weight = static_cast<int8_t>(weight - sign);
      }
    }
  }
}

// Activations of which most, all or none are close to the zero point, of shapes that fill panels or
// do not.
TEST_F(GemmPairs, EqualTheReferenceWhereBytesAreClipped) {
  ForEachSeed(1500, [](Random& random) {
    const bool is_deep = random.Int(0, 9) == 0;
    Case c = RandomCase(random, random.Int(2, is_deep ? 9 : 140),
                        is_deep ? random.Int(200, 1024) : random.Int(1, 70), random.Int(1, 35));
    c.filter = random.Bytes(c.params.cols * c.params.depth);
    c.params.fit_pairs = false, c.params.clips = true;
    c.params.input_zero_point = c.input_zero_point;
    const int32_t spread = random.Int(0, 70), rare = random.Int(1, 200);
    for (int8_t& value : c.input) {
      if (random.Int(0, rare) == 0) continue;
      value = static_cast<int8_t>(
          std::clamp(c.input_zero_point + random.Int(-spread, spread), -128, 127));
    }
    ExpectEqualsReference(c);
  });
}

// One more in any weight, and RequantizeInt16Bounded would not serve.
TEST(GemmBounded, SumsWhatFillsAnInt32) {
  constexpr int32_t kDepth = 4099, kWeights = 65535;
  for (const int32_t sign : {-1, 1}) {
    for (const int32_t activation : {-32768, 32767}) {
      for (const double scale : {0x1.8p-17, 0x1.fffcp-17, 0x1.fffcp-1}) {
        const GemmParams<int16_t, int8_t, RequantizeInt16Bounded> params{
            .rows = 5, .depth = kDepth, .cols = 9};
        std::vector<int8_t> filter(9 * kDepth, static_cast<int8_t>(sign * (kWeights / kDepth)));
        for (int32_t column = 0; column < 9; ++column) {
          for (int32_t k = 0; k < kWeights % kDepth; ++k) {
            filter[static_cast<size_t>(column * kDepth + k)] += static_cast<int8_t>(sign);
          }
        }
        const std::vector<int16_t> input(5 * kDepth, static_cast<int16_t>(activation));
        const std::vector<double> bias(9, activation < 0 ? sign * -32767 : sign * 32767);
        const std::vector<double> scales(9, scale);
        ASSERT_TRUE(RequantizeInt16Bounded::Serves(kWeights * 32768.0, 32767, scale));
        std::vector<int16_t> expected(5 * 9), actual(5 * 9);
        GemmReference(params, 0, input.data(), filter.data(), bias.data(), scales.data(),
                      expected.data());
        const auto packed =
            PackGemm<int16_t, int8_t, RequantizeInt16Bounded>(9, kDepth, filter, bias, scales, 0);
        Gemm(params, input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
             actual.data());
        EXPECT_TRUE(SameBytes(actual, expected)) << sign << " " << activation << " " << scale;
      }
    }
  }
}

TEST(GemmFloat32, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1000, [](Random& random) {
    const GemmFloat32Params params{
        .rows = random.Int(1, 14),
        .depth = random.Int(1, 70),
        .cols = random.Int(1, 35),
        .output = {random.Float(-50, 0), random.Float(0, 50)},
        .fused = random.Int(0, 1) == 1,
    };
    const auto input = random.Floats(params.rows * params.depth, -3, 3);
    const auto filter = random.Floats(params.cols * params.depth, -3, 3);
    const auto bias = random.Floats(params.cols, -3, 3);
    const auto size = static_cast<size_t>(params.rows * params.cols);
    std::vector<float> expected(size), actual(size);
    GemmFloat32Reference(params, input.data(), filter.data(), bias.data(), expected.data());
    const PackedFloat32 packed = PackGemmFloat32(params.cols, params.depth, filter, bias);
    GemmFloat32(params, input.data(), packed.filter.data(), packed.bias.data(), actual.data());
    EXPECT_TRUE(SameBytes(actual, expected));
  });
}

TEST(PackGemm, PutsTheZeroPointIntoTheBiasAndFillsTheLastTile) {
  const std::vector<int8_t> filter = {1, 2, 3, -4, -5, -6};
  const std::vector<int32_t> bias = {100, 200};
  const std::vector<float> scale = {0.5f, 0.25f};
  const auto packed = PackGemm<int8_t, int8_t>(2, 3, filter, bias, scale, 10);
  ASSERT_EQ(packed.bias.size(), 8u);
  EXPECT_EQ(packed.bias[0], 100 - (10 + 128) * 6);  // the tile moves activations by 128
  EXPECT_EQ(packed.bias[1], 200 + (10 + 128) * 15);
  EXPECT_EQ(packed.bias[2], 0);
  EXPECT_EQ(packed.filter,
            (std::vector<int8_t>{1, 2, 3, 0, -4, -5, -6, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                 0, 0, 0, 0, 0,  0,  0,  0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(PackGemm, PutsPairsOfDepthTogetherForInt16) {
  const std::vector<int8_t> filter = {1, 2, 3, -4, -5, -6};
  const auto packed = PackGemm<int16_t, int8_t>(2, 3, filter, {}, std::vector{1.0, 1.0}, 0);
  ASSERT_EQ(packed.filter.size(), 2u * 16);
  EXPECT_EQ(packed.filter[0], 1);  // column 0, depth 0 and 1
  EXPECT_EQ(packed.filter[1], 2);
  EXPECT_EQ(packed.filter[2], -4);  // column 1
  EXPECT_EQ(packed.filter[3], -5);
  EXPECT_EQ(packed.filter[16], 3);  // the second pair: depth 2, and nothing
  EXPECT_EQ(packed.filter[17], 0);
}

}  // namespace
}  // namespace wranglet
