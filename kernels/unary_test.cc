// Kernels of one operand, element by element, in float32 and int16.

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/testing.h"
#include "kernels/unary_float32.h"
#include "kernels/unary_int16.h"

namespace wranglet {
namespace {

constexpr int32_t kKinds = static_cast<int32_t>(UnaryKind::kTanh) + 1;

double Exact(UnaryKind kind, double alpha, double beta, double x) {
  switch (kind) {
    case UnaryKind::kAbs:
      return std::fabs(x);
    case UnaryKind::kElu:
      return x < 0 ? alpha * std::expm1(x) : x;
    case UnaryKind::kExp:
      return std::exp(x);
    case UnaryKind::kGelu:
      return x / 2 * std::erfc(-x / std::sqrt(2.0));
    case UnaryKind::kGeluTanh:
      return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case UnaryKind::kHardSigmoid:
      return std::clamp(alpha * x + beta, 0.0, 1.0);
    case UnaryKind::kHardSwish:
      return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    case UnaryKind::kLeakyRelu:
      return x < 0 ? alpha * x : x;
    case UnaryKind::kLog:
      return std::log(x);
    case UnaryKind::kLogistic:
      return 1 / (1 + std::exp(-x));
    case UnaryKind::kNegate:
      return -x;
    case UnaryKind::kRsqrt:
      return 1 / std::sqrt(x);
    case UnaryKind::kSqrt:
      return std::sqrt(x);
    case UnaryKind::kSquare:
      return x * x;
    case UnaryKind::kTanh:
      return std::tanh(x);
  }
  return 0;
}

bool NeedsPositive(UnaryKind kind) {
  return kind == UnaryKind::kLog || kind == UnaryKind::kRsqrt || kind == UnaryKind::kSqrt;
}

TEST(UnaryFloat32, ComputesEachKindForAnyCount) {
  ForEachSeed(1500, [](Random& random) {
    const UnaryFloat32Params params{.count = random.Int(1, 19),
                                    .kind = static_cast<UnaryKind>(random.Int(0, kKinds - 1)),
                                    .alpha = random.Float(0.05f, 1.5f),
                                    .beta = random.Float(-0.5f, 0.5f)};
    const float low = NeedsPositive(params.kind) ? 0.01f : -6.0f;
    auto values = random.Floats(params.count, low, 6.0f);
    const auto input = values;
    UnaryFloat32(params, values.data(), values.data());
    for (size_t i = 0; i < input.size(); ++i) {
      const double x = static_cast<double>(input[i]);
      const double exact = Exact(params.kind, static_cast<double>(params.alpha),
                                 static_cast<double>(params.beta), x);
      // Of functions that are 0 somewhere, relative to what they are made of.
      const double bound = std::ldexp(std::max({std::fabs(exact), std::fabs(x), 1.0}), -21);
      ASSERT_NEAR(static_cast<double>(values[i]), exact, bound)
          << "kind " << static_cast<int32_t>(params.kind) << " of " << x;
    }
  });
}

TEST(UnaryInt16, IsTheNearestToTheFunction) {
  ForEachSeed(1500, [](Random& random) {
    UnaryInt16Params params{.count = random.Int(1, 35),
                            .kind = static_cast<UnaryKind>(random.Int(0, kKinds - 1)),
                            .alpha = random.Float(0.05f, 1.5f),
                            .beta = random.Float(-0.5f, 0.5f),
                            .input_scale = std::ldexp(random.Float(0.5f, 1.0f), -12)};
    params.output_scale = std::ldexp(random.Float(0.5f, 1.0f), -11);
    auto values = random.Shorts(params.count, NeedsPositive(params.kind) ? 1 : -32768);
    const auto input = values;
    UnaryInt16(params, values.data(), values.data());
    for (size_t i = 0; i < input.size(); ++i) {
      const double real =
          Exact(params.kind, static_cast<double>(params.alpha), static_cast<double>(params.beta),
                static_cast<double>(params.input_scale) * input[i]);
      double steps = real / static_cast<double>(params.output_scale);
      if (params.kind == UnaryKind::kSqrt) steps -= 0.5;
      ASSERT_NEAR(values[i], std::clamp(steps, -32768.0, 32767.0), 0.52)
          << "kind " << static_cast<int32_t>(params.kind) << " of " << input[i];
    }
  });
}

TEST(UnaryInt16, SqrtIsRoundedDown) {
  const std::vector<int16_t> input = {0, 1, 15, 16, 24, -4};
  std::vector<int16_t> output(input.size());
  UnaryInt16({.count = 6, .kind = UnaryKind::kSqrt}, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int16_t>{0, 1, 3, 4, 4, 0}));
}

TEST(Lookup16, GoesStraightBetweenEntries) {
  std::vector<int16_t> table(kLookup16Entries);
  table[256] = 100, table[257] = 228, table[258] = -28;
  table[0] = -5, table[511] = 7, table[512] = 135;
  const std::vector<int16_t> input = {0, 1, 127, 128, 129, 192, -32768, 32767};
  std::vector<int16_t> output(input.size());
  Lookup16({.count = 8}, input.data(), table.data(), output.data());
  EXPECT_EQ(output, (std::vector<int16_t>{100, 101, 227, 228, 226, 100, -5, 134}));
}

TEST(SigmoidInt16, IsTheFunctionWithinFourSteps) {
  std::vector<uint16_t> table;
  for (size_t i = 0; i < kSigmoidEntries; ++i) {
    table.push_back(static_cast<uint16_t>(
        std::min(65535.0, std::round(65536 / (1 + std::exp(-static_cast<double>(i) / 24))))));
  }
  std::vector<int16_t> input(65536), output(input.size());
  for (size_t i = 0; i < input.size(); ++i)
    input[i] = static_cast<int16_t>(static_cast<int32_t>(i) - 32768);
  for (const bool is_tanh : {false, true}) {
    for (const auto& [multiplier, shift] : {std::pair{3, 0}, {6, 0}, {30000, 14}}) {
      SigmoidInt16({65536, multiplier, shift, is_tanh}, input.data(), table.data(), output.data());
      const double scale = std::ldexp(multiplier, -shift - 12) / 3;
      for (size_t i = 0; i < input.size(); ++i) {
        const double x = input[i] * scale;
        const double real = is_tanh ? std::tanh(x) : 1 / (1 + std::exp(-x));
        ASSERT_NEAR(output[i], real * 32768, 4.0) << x;
      }
    }
  }
}

TEST(ScaleInt16, EqualsTheReference) {
  ForEachSeed(1500, [](Random& random) {
    ScaleInt16Params params{.count = random.Int(1, 50)};
    const auto scale = [&random] {
      return ToFixedPoint(
          std::ldexp(static_cast<double>(random.Float(0.5f, 1)), random.Int(-8, 6)));
    };
    params.positive = scale(), params.negative = scale();
    params.absolute = random.Int(0, 1) == 1;
    params.output = random.Output16();
    auto values = random.Shorts(params.count);
    std::vector<int16_t> expected(values.size());
    ScaleInt16Reference(params, values.data(), expected.data());
    ScaleInt16(params, values.data(), values.data());
    EXPECT_TRUE(SameBytes(values, expected));
  });
}

TEST(ScaleInt16, ANegativeSlopeTurnsTheSign) {
  const ScaleInt16Params params{
      .count = 3, .positive = ToFixedPoint(1), .negative = ToFixedPoint(-0.25)};
  const std::vector<int16_t> input = {-400, 0, 100};
  std::vector<int16_t> output(3);
  ScaleInt16(params, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<int16_t>{100, 0, 100}));
}

TEST(ClampFloat32, KeepsValuesInRange) {
  const std::vector<float> input = {-1, 0, 3, 6, 7};
  std::vector<float> output(5);
  ClampFloat32({.count = 5, .output = {0, 6}}, input.data(), output.data());
  EXPECT_EQ(output, (std::vector<float>{0, 0, 3, 6, 6}));
}

}  // namespace
}  // namespace wranglet
