#include "kernels/sigmoid_newton.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/testing.h"

namespace wranglet {
namespace {

// The definition, one element at a time, in gemmlowp's order of operations.

int32_t Saturated(int32_t value) { return std::clamp(value, -32768, 32767); }
int32_t Product(int32_t a, int32_t b) { return Saturated((a * b + (1 << 14)) >> 15); }

int32_t ExpOfNegativeReference(int32_t x, int fraction) {
  const int32_t quarter = 1 << (fraction - 2);
  const int32_t rest = (x & (quarter - 1)) - quarter;
  const int32_t d = rest * (1 << (15 - fraction)) + (1 << 12);
  const int32_t d2 = Product(d, d), d3 = Product(d2, d), d4 = Product(d2, d2);
  const int32_t higher = (Product(((d4 + 2) >> 2) + d3, 10923) + d2 + 1) >> 1;
  int32_t exp = Saturated(28918 + Product(28918, d + higher));
  for (int exponent = -2; fraction + exponent < 15; ++exponent) {
    const double factor = std::round(std::exp(-std::exp2(exponent)) * 32768);
    if ((rest - x) >> (fraction + exponent) & 1) exp = Product(exp, static_cast<int32_t>(factor));
  }
  return exp;
}

int32_t TwiceInverseReference(int32_t x) {
  const int32_t half = (x + 32767 + 1) / 2;
  int32_t inverse = 23130 + Product(half, -15420);
  for (int i = 0; i < 3; ++i) {
    inverse += Product(inverse, (1 << 13) - Product(half, inverse)) * 4;
  }
  return inverse;
}

int16_t SigmoidReference(int32_t x, bool is_tanh) {
  const int32_t negative = -std::abs(x);
  if (is_tanh) {
    const int32_t inverse = TwiceInverseReference(ExpOfNegativeReference(negative, 11));
    const int32_t y = x == 0 ? 0 : Saturated((inverse - (1 << 13)) * 4);
    return static_cast<int16_t>(x < 0 ? -y : y);
  }
  if (x == 0) return 1 << 14;
  const int32_t y = Saturated(TwiceInverseReference(ExpOfNegativeReference(negative, 12)) * 2);
  return static_cast<int16_t>(x < 0 ? 32767 - y : y);
}

class SigmoidNewton : public testing::TestWithParam<SigmoidNewtonInt16Params> {
 protected:
  // Of every input.
  SigmoidNewton() : input_(65536), output_(65536) {
    std::iota(input_.begin(), input_.end(), int16_t{-32768});
    SigmoidNewtonInt16Params params = GetParam();
    params.count = 65536;
    SigmoidNewtonInt16(params, input_.data(), output_.data());
  }

  std::vector<int16_t> input_, output_;
};

TEST_P(SigmoidNewton, EqualsTheReferenceOnEveryInput) {
  for (size_t i = 0; i < input_.size(); ++i) {
    const int32_t x = Saturated(input_[i] * (GetParam().doubled ? 2 : 1));
    ASSERT_EQ(output_[i], SigmoidReference(x, GetParam().is_tanh)) << input_[i];
  }
}

TEST_P(SigmoidNewton, IsNearTheFunction) {
  for (size_t i = 0; i < input_.size(); ++i) {
    const double x = std::ldexp(input_[i], GetParam().doubled ? -11 : -12);
    const double real = GetParam().is_tanh ? std::tanh(x) : 1 / (1 + std::exp(-x));
    ASSERT_NEAR(output_[i], real * 32768, 16) << x;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , SigmoidNewton,
    testing::Values(SigmoidNewtonInt16Params{}, SigmoidNewtonInt16Params{.is_tanh = true},
                    SigmoidNewtonInt16Params{.is_tanh = true, .doubled = true}));

TEST(SigmoidNewtonInt16, TakesAnyCountInPlace) {
  ForEachSeed(100, [](Random& random) {
    auto values = random.Shorts(random.Int(1, 20));
    const auto input = values;
    SigmoidNewtonInt16({.count = static_cast<int32_t>(values.size())}, values.data(),
                       values.data());
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(values[i], SigmoidReference(input[i], false));
    }
  });
}

}  // namespace
}  // namespace wranglet
