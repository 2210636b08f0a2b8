#include <vector>

#include "kernels/gemm_float32.h"
#include "kernels/gemm_int8.h"
#include "kernels/gemm_reference.h"
#include "kernels/pack_gemm.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

struct Int8Case {
  GemmInt8Params params;
  int32_t input_zero_point = 0;
  std::vector<int8_t> input, filter;
  std::vector<int32_t> bias;
  std::vector<float> scale;
};

void ExpectEqualsReference(const Int8Case& c) {
  const auto size = static_cast<size_t>(c.params.rows) * static_cast<size_t>(c.params.cols);
  std::vector<int8_t> expected(size), actual(size);
  GemmInt8Reference(c.params, c.input_zero_point, c.input.data(), c.filter.data(), c.bias.data(),
                    c.scale.data(), expected.data());
  const PackedInt8 packed =
      PackGemmInt8(c.params.cols, c.params.depth, c.filter, c.bias, c.scale, c.input_zero_point);
  GemmInt8(c.params, c.input.data(), packed.filter.data(), packed.bias.data(), packed.scale.data(),
           actual.data());
  EXPECT_TRUE(SameBytes(actual, expected))
      << c.params.rows << "x" << c.params.depth << "x" << c.params.cols;
}

TEST(GemmInt8, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(2000, [](Random& random) {
    Int8Case c;
    c.params = {.rows = random.Int(1, 11),
                .depth = random.Int(1, 70),
                .cols = random.Int(1, 35),
                .output = random.Output()};
    c.input_zero_point = random.Int(-128, 127);
    c.input = random.Bytes(c.params.rows * c.params.depth);
    c.filter = random.Bytes(c.params.cols * c.params.depth);
    c.bias = random.Ints(c.params.cols, -20000, 20000);
    c.scale = random.Floats(c.params.cols, 1e-4f, 2e-2f);
    ExpectEqualsReference(c);
  });
}

// Rows that are widened piece by piece, with pieces that end anywhere.
TEST(GemmInt8, EqualsTheReferenceOnDeepRows) {
  for (const int32_t pieces : {1, 2}) {
    for (const int32_t more : {-9, -1, 0, 1, 2, 7, 8, 9}) {
      Random random(static_cast<uint32_t>(pieces * 100 + more));
      Int8Case c;
      c.params = {.rows = random.Int(1, 6),
                  .depth = pieces * kWideDepth + more,
                  .cols = random.Int(1, 20),
                  .output = random.Output()};
      c.input_zero_point = random.Int(-128, 127);
      c.input = random.Bytes(c.params.rows * c.params.depth);
      c.filter = random.Bytes(c.params.cols * c.params.depth);
      c.bias = random.Ints(c.params.cols, -20000, 20000);
      c.scale = random.Floats(c.params.cols, 1e-5f, 1e-3f);
      ExpectEqualsReference(c);
    }
  }
}

// The largest products there are, in every position: -128 * -128 and -255 * -128 after the zero
// point.
TEST(GemmInt8, SumsTheLargestProductsExactly) {
  for (const int8_t activation : {-128, 127}) {
    for (const int8_t weight : {-128, 127}) {
      for (const int32_t zero_point : {-128, 127}) {
        Int8Case c;
        c.params = {.rows = 5, .depth = 4099, .cols = 9};
        c.input_zero_point = zero_point;
        c.input.assign(5 * 4099, activation);
        c.filter.assign(9 * 4099, weight);
        c.bias.assign(9, 0);
        c.scale.assign(9, 1e-6f);
        ExpectEqualsReference(c);
      }
    }
  }
}

TEST(GemmFloat32, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1000, [](Random& random) {
    const GemmFloat32Params params{
        .rows = random.Int(1, 11),
        .depth = random.Int(1, 70),
        .cols = random.Int(1, 35),
        .output = {random.Float(-50, 0), random.Float(0, 50)},
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
  const PackedInt8 packed = PackGemmInt8(2, 3, filter, bias, scale, 10);
  ASSERT_EQ(packed.bias.size(), 8u);
  EXPECT_EQ(packed.bias[0], 100 - 10 * 6);
  EXPECT_EQ(packed.bias[1], 200 + 10 * 15);
  EXPECT_EQ(packed.bias[2], 0);
  ASSERT_EQ(packed.filter.size(), PackedBlockBytes(3));
  EXPECT_EQ(packed.filter[0], 1);  // column 0, depth 0 and 1
  EXPECT_EQ(packed.filter[1], 2);
  EXPECT_EQ(packed.filter[2], -4);  // column 1
  EXPECT_EQ(packed.filter[3], -5);
  EXPECT_EQ(packed.filter[16], 3);  // the second pair: depth 2, and nothing
  EXPECT_EQ(packed.filter[17], 0);
}

}  // namespace
}  // namespace wranglet
