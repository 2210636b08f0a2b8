#include "kernels/math_float32.h"

#include <bit>
#include <cmath>
#include <limits>

#include "kernels/testing.h"

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

using Function = v128_t (*)(v128_t);

float Lane(Function function, float x) {
  return wasm_f32x4_extract_lane(function(wasm_f32x4_splat(x)), 1);
}

// The largest error of `function` at 50,000 places in [low, high], in units of the last place of
// the exact result.
template <typename Exact>
double WorstUlp(Function function, float low, float high, const Exact& exact) {
  constexpr int kPlaces = 50000;
  double worst = 0;
  for (int i = 0; i <= kPlaces; ++i) {
    const float x = low + (high - low) * (static_cast<float>(i) / kPlaces);
    const double expected = exact(static_cast<double>(x));
    if (expected == 0 || std::fabs(expected) < 0x1p-126) continue;
    const double ulp = std::ldexp(1.0, std::ilogb(expected) - 23);
    worst = std::max(worst, std::fabs(static_cast<double>(Lane(function, x)) - expected) / ulp);
  }
  return worst;
}

TEST(Exp, IsWithinOneUlp) {
  const auto exact = [](double x) { return std::exp(x); };
  EXPECT_LT(WorstUlp(ExpFloat32x4, -87.0f, 88.7f, exact), 1.0);
  EXPECT_LT(WorstUlp(ExpFloat32x4, -1.0f, 1.0f, exact), 1.0);
}

TEST(Exp, EndsInZeroAndInfinity) {
  EXPECT_EQ(Lane(ExpFloat32x4, 0), 1.0f);
  EXPECT_EQ(Lane(ExpFloat32x4, -200), 0.0f);
  EXPECT_EQ(Lane(ExpFloat32x4, -kInfinity), 0.0f);
  EXPECT_EQ(Lane(ExpFloat32x4, 88.73f), kInfinity);
  EXPECT_EQ(Lane(ExpFloat32x4, kInfinity), kInfinity);
  EXPECT_EQ(Lane(ExpFloat32x4, -103.0f), std::numeric_limits<float>::denorm_min());
  EXPECT_TRUE(std::isnan(Lane(ExpFloat32x4, std::nanf(""))));
}

TEST(ExpMinus1, IsWithinTwoUlp) {
  const auto exact = [](double x) { return std::expm1(x); };
  EXPECT_LT(WorstUlp(ExpMinus1Float32x4, -30.0f, 0.0f, exact), 2.0);
  EXPECT_LT(WorstUlp(ExpMinus1Float32x4, -0.5f, -1e-20f, exact), 2.0);
  EXPECT_EQ(Lane(ExpMinus1Float32x4, -kInfinity), -1.0f);
}

TEST(Logistic, IsWithinThreeUlp) {
  const auto exact = [](double x) { return 1 / (1 + std::exp(-x)); };
  EXPECT_LT(WorstUlp(LogisticFloat32x4, -87.0f, 20.0f, exact), 3.0);
  EXPECT_EQ(Lane(LogisticFloat32x4, -1000), 0.0f);
  EXPECT_EQ(Lane(LogisticFloat32x4, 1000), 1.0f);
}

TEST(Tanh, IsWithinFourUlp) {
  const auto exact = [](double x) { return std::tanh(x); };
  EXPECT_LT(WorstUlp(TanhFloat32x4, -12.0f, 12.0f, exact), 4.0);
  EXPECT_LT(WorstUlp(TanhFloat32x4, -0.01f, 0.01f, exact), 4.0);
  EXPECT_EQ(Lane(TanhFloat32x4, kInfinity), 1.0f);
  EXPECT_EQ(Lane(TanhFloat32x4, -1000), -1.0f);
}

TEST(Log, IsWithinTwoUlp) {
  const auto exact = [](double x) { return std::log(x); };
  EXPECT_LT(WorstUlp(LogFloat32x4, 1e-3f, 4.0f, exact), 2.0);
  EXPECT_LT(WorstUlp(LogFloat32x4, 0.99f, 1.01f, exact), 2.0);
  EXPECT_LT(WorstUlp(LogFloat32x4, 1.0f, 3e38f, exact), 2.0);
  EXPECT_LT(WorstUlp(LogFloat32x4, 1e-44f, 1e-37f, exact), 2.0);
}

TEST(Log, HasNoValueBelowZero) {
  EXPECT_EQ(Lane(LogFloat32x4, 0.0f), -kInfinity);
  EXPECT_EQ(Lane(LogFloat32x4, kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Lane(LogFloat32x4, -1.0f)));
  EXPECT_TRUE(std::isnan(Lane(LogFloat32x4, std::nanf(""))));
}

TEST(Erfc, IsWithinItsBounds) {
  for (float a = 0; a < 12; a += 0x1p-13f) {
    const double exact = std::erfc(static_cast<double>(a));
    const double error = std::fabs(static_cast<double>(Lane(ErfcFloat32x4, a)) - exact);
    ASSERT_LT(error, 0x1p-22) << a;
    if (a < 3) {
      ASSERT_LT(error, 0x1p-18 * exact) << a;
    }
  }
}

// One value for the host and for WebAssembly: FNV-1a of the bits of every function at 2^16 places.
TEST(MathFloat32, HasTheSameBitsEverywhere) {
  constexpr Function kFunctions[] = {ExpFloat32x4,      ExpMinus1Float32x4, TanhFloat32x4,
                                     LogisticFloat32x4, LogFloat32x4,       ErfcFloat32x4};
  uint64_t hash = 0xcbf29ce484222325;
  for (int32_t i = 0; i < 1 << 16; ++i) {
    const float x = -90.0f + static_cast<float>(i) * 0x1.6p-9f;
    for (const Function function : kFunctions) {
      const float value = Lane(function, function == ErfcFloat32x4 ? std::fabs(x) / 9 : x);
      // A NaN's bits are the machine's affair.
      hash = (hash ^ (std::isnan(value) ? 1 : std::bit_cast<uint32_t>(value))) * 0x100000001b3;
    }
  }
  EXPECT_EQ(hash, 12230283582426565184u);
}

}  // namespace
}  // namespace wranglet
