#include "kernels/batch_gemm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/requantize_int16.h"
#include "kernels/testing.h"

namespace wranglet {
namespace {

// What becomes of the exact sum of an element: the definitions, a type each.
float Finish(const FloatOutput& output, float sum) {
  return std::clamp(sum, output.min, output.max);
}
int8_t Finish(const BatchGemmInt8Output& output, int32_t sum) {
  if (output.scale != 0) return RequantizeInt8Reference(sum, output.scale, output.stored);
  const int32_t value = MultiplyReference(sum, output.fixed) + output.stored.zero_point;
  return static_cast<int8_t>(std::clamp(value, output.stored.min, output.stored.max));
}
int16_t Finish(const BatchGemmInt16Output& output, int64_t sum) {
  return RequantizeInt16Reference(sum, double{output.scale}, {.rounding = Rounding16::kHalfUp});
}

template <typename T>
struct Sum {
  using Type = int64_t;
};
template <>
struct Sum<float> {
  using Type = float;
};
template <>
struct Sum<int8_t> {
  using Type = int32_t;
};

template <typename T>
int32_t ZeroPointA(const T&) {
  return 0;
}
int32_t ZeroPointA(const BatchGemmInt8Output& output) { return output.a_zero_point; }
template <typename T>
int32_t ZeroPointB(const T&) {
  return 0;
}
int32_t ZeroPointB(const BatchGemmInt8Output& output) { return output.b_zero_point; }

template <typename T>
void BatchGemmReference(const BatchGemmParams<T>& params, const T* a, const T* b, T* output) {
  using Type = typename Sum<T>::Type;
  const BatchGemmShape& s = params.shape;
  ForEachRow(s.matrices, [&](int32_t a_row, int32_t b_row, int32_t output_row) {
    for (int32_t m = 0; m < s.matrices.sizes.back(); ++m) {
      const T* left = a + (a_row + m * s.matrices.a_strides.back()) * s.rows * s.depth;
      const T* right = b + (b_row + m * s.matrices.b_strides.back()) * s.depth * s.cols;
      T* to = output + (output_row + m) * s.rows * s.cols;
      for (int32_t r = 0; r < s.rows; ++r) {
        for (int32_t c = 0; c < s.cols; ++c) {
          Type sum = 0;
          for (int32_t k = 0; k < s.depth; ++k) {
            const T x = left[s.transpose_a ? k * s.rows + r : r * s.depth + k];
            const T y = right[s.transpose_b ? c * s.depth + k : k * s.cols + c];
            sum += static_cast<Type>(static_cast<Type>(x) -
                                     static_cast<Type>(ZeroPointA(params.output))) *
                   static_cast<Type>(static_cast<Type>(y) -
                                     static_cast<Type>(ZeroPointB(params.output)));
          }
          to[r * s.cols + c] = Finish(params.output, sum);
        }
      }
    }
  });
}

template <typename T>
std::vector<T> RandomElements(Random& random, int32_t count) {
  if constexpr (std::is_same_v<T, float>) {
    return random.Floats(count, -2, 2);
  } else {
    return random.Integers<T>(count);
  }
}

void RandomOutput(Random& random, int32_t, FloatOutput& output) {
  output = {random.Float(-20, 0), random.Float(0, 20)};
}
void RandomOutput(Random& random, int32_t depth, BatchGemmInt8Output& output) {
  output.a_zero_point = random.Int(-128, 127), output.b_zero_point = random.Int(-128, 127);
  output.stored = random.Output();
  const float scale = random.Float(0.2f, 2.0f) / (64 * std::sqrt(static_cast<float>(depth)));
  if (random.Int(0, 1)) {
    output.scale = scale;
  } else {
    // Powers of two make ties.
    output.fixed = ToFixedPoint(random.Int(0, 1) ? scale : 0x1p-7);
  }
}
void RandomOutput(Random& random, int32_t depth, BatchGemmInt16Output& output) {
  const float mantissa = static_cast<float>(random.Int(1 << 14, (1 << 15) - 1));
  const auto exponent = static_cast<int>(std::log2(std::sqrt(static_cast<float>(depth)) * 16384));
  output.scale = random.Int(0, 2) ? std::ldexp(mantissa, -15 - exponent) : 0x1p-12f;
}

template <typename T>
class BatchGemmTest : public testing::Test {
 protected:
  static void ExpectEqualsReference(Random& random, int32_t most_depth) {
    BatchGemmParams<T> params;
    BatchGemmShape& s = params.shape;
    s.rows = random.Int(1, 9), s.depth = random.Int(1, most_depth), s.cols = random.Int(1, 19);
    s.transpose_a = random.Int(0, 1), s.transpose_b = random.Int(0, 1);
    // Two dimensions of matrices, of which either factor repeats either.
    int32_t a_count = 1, b_count = 1;
    for (const size_t i : {kMaxBroadcastRank - 1, kMaxBroadcastRank - 2}) {
      const int32_t size = random.Int(1, 3), repeated = random.Int(0, 2);
      s.matrices.sizes[i] = size;
      s.matrices.a_strides[i] = repeated == 1 ? 0 : a_count;
      s.matrices.b_strides[i] = repeated == 2 ? 0 : b_count;
      a_count *= repeated == 1 ? 1 : size;
      b_count *= repeated == 2 ? 1 : size;
    }
    RandomOutput(random, s.depth, params.output);
    const auto a = RandomElements<T>(random, a_count * s.rows * s.depth);
    const auto b = RandomElements<T>(random, b_count * s.depth * s.cols);
    const int32_t count = s.matrices.sizes[kMaxBroadcastRank - 1] *
                          s.matrices.sizes[kMaxBroadcastRank - 2] * s.rows * s.cols;
    std::vector<T> expected(static_cast<size_t>(count)), actual(expected.size());
    std::vector<std::byte> scratch(BatchGemmScratchBytes<T>(s));
    BatchGemmReference(params, a.data(), b.data(), expected.data());
    BatchGemm(params, a.data(), b.data(), actual.data(), scratch.data());
    EXPECT_TRUE(SameBytes(actual, expected)) << s.rows << "x" << s.depth << "x" << s.cols;
  }
};

using AllTypes = testing::Types<float, int8_t, int16_t>;
TYPED_TEST_SUITE(BatchGemmTest, AllTypes);

TYPED_TEST(BatchGemmTest, EqualsTheReferenceOnRandomShapes) {
  ForEachSeed(1000, [](Random& random) { TestFixture::ExpectEqualsReference(random, 40); });
}

// Deeper than int32 sums of int16 go.
TYPED_TEST(BatchGemmTest, EqualsTheReferenceOnDeepRows) {
  ForEachSeed(20, [](Random& random) { TestFixture::ExpectEqualsReference(random, 2100); });
}

TEST(BatchGemm, MultipliesTheLargestInt16Exactly) {
  for (const int16_t x : {-32768, 32767}) {
    for (const int16_t y : {-32768, 32767, 127, 128, -129}) {
      const BatchGemmParams<int16_t> params{.shape = {.depth = 1000}, .output = {0x1p-26f}};
      const std::vector<int16_t> a(1000, x), b(1000, y);
      std::vector<int16_t> output(1), expected(1);
      std::vector<std::byte> scratch(BatchGemmScratchBytes<int16_t>(params.shape));
      BatchGemmReference(params, a.data(), b.data(), expected.data());
      BatchGemm(params, a.data(), b.data(), output.data(), scratch.data());
      EXPECT_EQ(output, expected) << x << " * " << y;
    }
  }
}

}  // namespace
}  // namespace wranglet
