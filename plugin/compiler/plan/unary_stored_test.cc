#include "plugin/compiler/plan/unary_stored.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace wranglet {
namespace {

using Kind = Unary::Kind;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The stored inputs of the answers below: every thirteenth from -120 on.
template <typename Function>
std::vector<int32_t> Answers(const Function& function) {
  std::vector<int32_t> answers;
  for (int32_t stored = -120; stored < 128; stored += 13) {
    answers.push_back(std::clamp<int32_t>(function(stored), -128, 127));
  }
  return answers;
}

TEST(UnaryStored, IsWhatLiteRtAnswers) {
  struct Answer {
    Kind kind;
    float alpha;
    Quantization from, into;
    std::vector<int32_t> stored;
  };
  // Recorded from LiteRT.js 2.5.3.
  const std::vector<Answer> recorded = {
      {Kind::kAbs, 1.0f, {{0x1.c58ccep-4f}, {60}}, {{0x1.c58ccep-4f}, {60}}, {127, 127, 127, 127,
                                                                              127, 127, 127, 127,
                                                                              127, 123, 110, 97,
                                                                              84,  71,  62,  75,
                                                                              88,  101, 114, 127}},
      {Kind::kElu, 1.0f, {{0x1.c9a784p-4f}, {28}}, {{0x1.b2a7e6p-4f}, {-26}}, {-35, -35, -35, -35,
                                                                               -35, -35, -35, -35,
                                                                               -35, -35, -34, -30,
                                                                               -18, -4,  10,  23,
                                                                               37,  51,  65,  78}},
      {Kind::kExp,
       1.0f,
       {{0x1.5307eap-5f}, {50}},
       {{0x1.4a66acp-6f}, {32}},
       {32, 32, 32, 32, 32, 33, 33, 34, 35, 38, 41, 48, 60, 80, 113, 127, 127, 127, 127, 127}},
      {Kind::kGelu, 1.0f, {{0x1.02db16p-5f}, {34}}, {{0x1.ac833cp-4f}, {-17}}, {-17, -17, -17, -17,
                                                                                -17, -17, -17, -17,
                                                                                -18, -18, -19, -18,
                                                                                -17, -14, -10, -6,
                                                                                -1,  3,   7,   11}},
      {Kind::kHardSwish,
       1.0f,
       {{0x1.faa6a8p-8f}, {-123}},
       {{0x1.9dae84p-5f}, {28}},
       {28, 29, 30, 32, 33, 34, 35, 37, 38, 40, 42, 43, 45, 47, 49, 51, 53, 55, 57, 59}},
      {Kind::kHardSwish,
       1.0f,
       {{0x1.c53d9cp-7f}, {114}},
       {{0x1.7e2084p-6f}, {49}},
       {49, 49, 46, 43, 40, 38, 36, 35, 34, 33, 33, 33, 34, 36, 37, 40, 42, 45, 49, 53}},
      {Kind::kLeakyRelu,
       0x1.99999ap-3f,
       {{0x1.9a076ep-4f}, {38}},
       {{0x1.cf8488p-8f}, {-38}},
       {-128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
        -117, -80,  -44,  118,  127,  127,  127,  127,  127,  127}},
      {Kind::kLeakyRelu,
       0x1.333334p-2f,
       {{0x1.541032p-7f}, {111}},
       {{0x1.e6004ep-8f}, {93}},
       {-4, 2, 7, 13, 18, 24, 29, 34, 40, 45, 51, 56, 62, 67, 73, 78, 83, 89, 97, 115}},
      {Kind::kLog,
       1.0f,
       {{0x1.c06858p-3f}, {-128}},
       {{0x1.2fbdb0p-4f}, {-78}},
       {-70, -57, -51, -47, -43, -41, -38, -37, -35, -33,
        -32, -31, -30, -29, -28, -27, -26, -25, -24, -24}},
      {Kind::kLogistic,
       1.0f,
       {{0x1.24a506p-4f}, {-106}},
       {{0x1.000000p-8f}, {-128}},
       {-59, -5,  52,  91,  112, 121, 125, 127, 127, 127,
        127, 127, 127, 127, 127, 127, 127, 127, 127, 127}},
      {Kind::kRsqrt,
       1.0f,
       {{0x1.317edap-4f}, {-128}},
       {{0x1.f2e782p-8f}, {-88}},
       {82,  17,  -6,  -18, -26, -32, -36, -40, -43, -45,
        -47, -49, -50, -52, -53, -54, -55, -56, -57, -58}},
      {Kind::kSqrt,
       1.0f,
       {{0x1.232cd2p-8f}, {-128}},
       {{0x1.efc8b0p-7f}, {-31}},
       {-19, -11, -6, -1, 3, 6, 9, 12, 15, 18, 20, 23, 25, 27, 29, 31, 33, 35, 37, 39}},
      {Kind::kTanh,
       1.0f,
       {{0x1.f43b98p-4f}, {-84}},
       {{0x1.000000p-7f}, {0}},
       {-128, -127, -108, 45,  123, 127, 127, 127, 127, 127,
        127,  127,  127,  127, 127, 127, 127, 127, 127, 127}},
  };
  for (const auto& [kind, alpha, from, into, stored] : recorded) {
    const Unary op{.kind = kind, .alpha = alpha};
    EXPECT_EQ(Answers([&](int32_t x) { return UnaryStored(op, x, from, into); }), stored)
        << NameOf(Operator(op));
  }
}

// Far above 3 hard_swish(x) is x, and far below it is 0, however large the scale.
TEST(UnaryStored, SaturatesTheGateOfHardSwish) {
  for (const float scale : {100.0f, 1536.0f, 2048.0f, 1e9f, 1e30f}) {
    const Unary op{.kind = Kind::kHardSwish};
    const Quantization q{{scale}, {0}};
    EXPECT_EQ(Answers([&](int32_t x) { return UnaryStored(op, x, q, q); }),
              Answers([](int32_t x) { return std::max(x, 0); }))
        << scale;
  }
}

TEST(ClampStored, IsWhatLiteRtAnswers) {
  struct Answer {
    Activation activation;
    Quantization from, into;
    std::vector<int32_t> stored;
  };
  const std::vector<Answer> recorded = {
      {{0.0f, kInfinity},
       {{0x1.d3e2d2p-8f}, {49}},
       {{0x1.5bae38p-5f}, {-32}},
       {-32, -32, -32, -32, -32, -32, -32, -32, -32, -32,
        -32, -32, -32, -32, -30, -28, -25, -23, -21, -19}},
      {{0.0f, 6.0f},
       {{0x1.e7cacap-5f}, {16}},
       {{0x1.7a389ep-6f}, {-14}},
       {-14, -14, -14, -14, -14, -14, -14, -14, -14, -14,
        -14, 4,   38,  71,  105, 127, 127, 127, 127, 127}},
      {{-1.0f, 1.0f},
       {{0x1.09a5dep-7f}, {-100}},
       {{0x1.9c59d2p-5f}, {95}},
       {92,  94,  96,  98,  100, 102, 104, 107, 109, 111,
        113, 115, 115, 115, 115, 115, 115, 115, 115, 115}},
  };
  for (const auto& [activation, from, into, stored] : recorded) {
    EXPECT_EQ(Answers([&](int32_t x) { return ClampStored(activation, x, from, into); }), stored)
        << activation.max;
  }
}

TEST(UnaryStored, HasAnAnswerWhereTheFunctionHasNone) {
  const Quantization from{{0.1f}, {0}}, into{{0.1f}, {5}};
  const auto stored = [&](Kind kind, int32_t x) {
    return std::clamp(UnaryStored({.kind = kind}, x, from, into), -128, 127);
  };
  EXPECT_EQ(stored(Kind::kLog, 0), -128);
  EXPECT_EQ(stored(Kind::kLog, -3), -128);
  EXPECT_EQ(stored(Kind::kRsqrt, 0), 127);
  EXPECT_EQ(stored(Kind::kSqrt, -3), 5);
}

TEST(MakeLookup16, ALineIsExactButForRounding) {
  const auto table = MakeLookup16<float>(0.5f, 0, 0.5f, [](float x) { return x; });
  ASSERT_EQ(table.size(), kLookup16Entries);
  EXPECT_EQ(table[0], -32768);
  EXPECT_EQ(table[256], -1) << "a step is 65535 / 512, so this entry is of -0.5";
  EXPECT_EQ(table[512], 32767);
}

TEST(MakeLookup16, HalvesTheErrorMidway) {
  // The straight line from 127.5 to 255.5 is 4096 above x * x in the middle.
  const auto table = MakeLookup16<double>(1.0, 0, 4.0, [](double x) { return x * x; });
  EXPECT_NEAR(table[257], (127.5 * 127.5 - 2048) / 4, 1);
}

TEST(MakeSigmoidTable, IsTensorFlowLites) {
  const std::vector<uint16_t> table = MakeSigmoidTable();
  ASSERT_EQ(table.size(), kSigmoidEntries);
  EXPECT_EQ(table[0], 32768);
  EXPECT_EQ(table[1], 33451);
  EXPECT_EQ(table[4], 35493) << "half a step above the nearest";
  EXPECT_EQ(table[28], 49975);
  EXPECT_EQ(table[100], 64536);
  EXPECT_EQ(table[254], 65534);
  EXPECT_EQ(table[255], 65535);
}

TEST(MakeSigmoidInt16Params, TakesAsManyBitsAsFit) {
  const SigmoidInt16Params params = MakeSigmoidInt16Params(0x1p-13f, false);
  EXPECT_EQ(params.multiplier, 3 << 13);  // above half of 32767
  EXPECT_EQ(params.shift, 14);
}

TEST(MakeSigmoidNewtonInt16Params, ServesPowersOfTwo) {
  EXPECT_TRUE(MakeSigmoidNewtonInt16Params(0x1p-12f, false));
  EXPECT_FALSE(MakeSigmoidNewtonInt16Params(0x1p-12f, true)->doubled);
  EXPECT_TRUE(MakeSigmoidNewtonInt16Params(0x1p-11f, true)->doubled);
  EXPECT_FALSE(MakeSigmoidNewtonInt16Params(0x1p-11f, false));
  EXPECT_FALSE(MakeSigmoidNewtonInt16Params(0x1p-13f, true));
  EXPECT_TRUE(MakeSigmoidNewtonInt16Params(0x1.0005p-12f, true)) << "near to a power of two";
  EXPECT_FALSE(MakeSigmoidNewtonInt16Params(0x1.01p-12f, true));
}

TEST(MakeLookup16, InfinitiesAreTensorFlowLites) {
  // An infinity less another is no number, and an entry before one loses half of it.
  const auto table = MakeLookup16<float>(1.0f, 0, 1.0f, [](float x) { return std::exp(x); });
  EXPECT_EQ(table[255], 0) << "exp(-128.5)";
  EXPECT_EQ(table[256], -32768) << "exp(-0.5), but the next is infinite";
  EXPECT_EQ(table[257], 0);
  EXPECT_EQ(table[512], 32767);
}

}  // namespace
}  // namespace wranglet
