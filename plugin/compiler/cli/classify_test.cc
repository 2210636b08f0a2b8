#include "plugin/compiler/cli/classify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace wranglet {
namespace {

const std::vector<std::string> kLabels = {"a", "b", "c"};

PlacedTensor Int8Output(float scale, int32_t zero_point) {
  return {.name = "p",
          .dtype = DType::kInt8,
          .shape = {1, 3},
          .quantization = {{{scale}, {zero_point}}}};
}

TEST(Classify, SortsByScoreAndEqualOnesByIndex) {
  const std::vector<int8_t> stored = {0, 10, 0};
  const auto classes =
      Classify(Int8Output(0.5f, -2), std::as_bytes(std::span(stored)), "probabilities", kLabels);
  ASSERT_TRUE(classes.ok());
  ASSERT_EQ(classes->size(), 3u);
  EXPECT_EQ((*classes)[0].label, "b");
  EXPECT_EQ((*classes)[0].score, 6.0);
  EXPECT_EQ((*classes)[1].index, 0u);
  EXPECT_EQ((*classes)[2].index, 2u);
}

TEST(Classify, ComputesInDoublePrecision) {
  const std::vector<int8_t> stored = {77, 0, 0};
  const float scale = 0.1f;
  const auto classes =
      Classify(Int8Output(scale, -128), std::as_bytes(std::span(stored)), "tensor", kLabels);
  ASSERT_TRUE(classes.ok());
  EXPECT_EQ((*classes)[0].score, 205 * static_cast<double>(scale));
}

TEST(Classify, TakesTheSoftmaxOfLogits) {
  const std::vector<float> logits = {1000.0f, 1001.0f, -1000.0f};
  const PlacedTensor output = {.name = "l", .dtype = DType::kFloat32, .shape = {1, 3}};
  const auto classes = Classify(output, std::as_bytes(std::span(logits)), "logits", kLabels);
  ASSERT_TRUE(classes.ok());
  EXPECT_EQ((*classes)[0].label, "b");
  EXPECT_NEAR((*classes)[0].score, 1 / (1 + std::exp(-1.0)), 1e-12);
  EXPECT_EQ((*classes)[2].score, 0.0);
}

TEST(Classify, CallsClassesWithoutLabelsByTheirIndex) {
  const std::vector<int8_t> stored = {0, 10, 0};
  const auto classes = Classify(Int8Output(1, 0), std::as_bytes(std::span(stored)), "tensor", {});
  ASSERT_TRUE(classes.ok());
  EXPECT_EQ((*classes)[0].label, "1");
}

TEST(Classify, TakesIndicesAsTheyAre) {
  const PlacedTensor output = {.name = "i", .dtype = DType::kInt64, .shape = {1, 2}};
  const std::vector<int64_t> stored = {3, 7};
  const auto classes = Classify(output, std::as_bytes(std::span(stored)), "tensor", {});
  ASSERT_TRUE(classes.ok());
  EXPECT_EQ((*classes)[0].index, 1u);
  EXPECT_EQ((*classes)[0].score, 7.0);
}

TEST(Classify, RefusesTypesWithoutScores) {
  const PlacedTensor output = {.name = "i", .dtype = DType::kBool, .shape = {1}};
  const std::vector<uint8_t> stored = {1};
  EXPECT_FALSE(Classify(output, std::as_bytes(std::span(stored)), "tensor", {}).ok());
}

}  // namespace
}  // namespace wranglet
