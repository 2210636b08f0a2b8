#include "kernels/multiply_add.h"

#include <cmath>

#include "kernels/testing.h"

namespace wranglet {
namespace {

template <bool kFused>
float MultiplyAddOne(float a, float b, float sum) {
  return wasm_f32x4_extract_lane(
      MultiplyAdd<kFused>(wasm_f32x4_splat(a), wasm_f32x4_splat(b), wasm_f32x4_splat(sum)), 2);
}

// What only a fused one does not round to 0.
constexpr float kA = 1 + 0x1p-20f, kB = 1 - 0x1p-20f;

TEST(MultiplyAdd, RoundsTwiceWhereItIsNotFused) {
  EXPECT_EQ(MultiplyAddOne<false>(kA, kB, -1), 0.0f);
  ForEachSeed(1000, [](Random& random) {
    const float a = random.Float(-3, 3), b = random.Float(-3, 3), sum = random.Float(-3, 3);
    const float product = a * b;
    EXPECT_EQ(MultiplyAddOne<false>(a, b, sum), sum + product);
  });
}

TEST(MultiplyAdd, RoundsOnceWhereItIsFused) {
#if defined(__wasm__)
  if (MultiplyAddOne<true>(kA, kB, -1) == 0) GTEST_SKIP() << "not on this engine and CPU";
#endif
  EXPECT_EQ(MultiplyAddOne<true>(kA, kB, -1), -0x1p-40f);
  ForEachSeed(1000, [](Random& random) {
    const float a = random.Float(-3, 3), b = random.Float(-3, 3), sum = random.Float(-3, 3);
    EXPECT_EQ(MultiplyAddOne<true>(a, b, sum), std::fma(a, b, sum));
  });
}

}  // namespace
}  // namespace wranglet
