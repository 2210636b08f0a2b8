#include "plugin/compiler/graph/traits.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"

namespace wranglet {
namespace {

Tensor IntegerConstant(DType dtype, const std::vector<int32_t>& values) {
  Tensor tensor{.dtype = dtype, .shape = {static_cast<int64_t>(values.size())}};
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  tensor.constant.emplace(bytes, bytes + values.size() * sizeof(int32_t));
  return tensor;
}

TEST(Traits, OnlyOperatorsWithAFilterHaveItsChannelAxis) {
  EXPECT_EQ(FilterChannelAxis(Conv2D{}), 0);
  EXPECT_EQ(FilterChannelAxis(FullyConnected{}), 0);
  EXPECT_EQ(FilterChannelAxis(DepthwiseConv2D{}), 3);
  EXPECT_EQ(FilterChannelAxis(Binary{}), std::nullopt);
}

TEST(Traits, AFusedActivationIsThatOfTheOperator) {
  Operator op = Conv2D{.activation = {0, 6}};
  FusedActivation(op)->max = 3;
  EXPECT_EQ(FusedActivation(std::as_const(op))->max, 3);
  Operator softmax = Softmax{};
  EXPECT_EQ(FusedActivation(softmax), nullptr);
}

TEST(Traits, MacsAreTheProductsOfEveryOutput) {
  Graph graph;
  const TensorId x = graph.Add({.shape = {1, 5, 5, 6}});
  const TensorId filter = graph.Add({.shape = {4, 3, 3, 3}});  // two groups
  const TensorId y = graph.Add({.shape = {1, 3, 3, 4}});
  const TensorId taps = graph.Add({.shape = {1, 3, 3, 4}});
  Node node{.op = Conv2D{.groups = 2}, .inputs = {x, filter}, .outputs = {y}};
  EXPECT_EQ(MacsOf(graph, node), 3 * 3 * 4 * (3 * 3 * 3));
  node = {.op = DepthwiseConv2D{}, .inputs = {x, taps}, .outputs = {y}};
  EXPECT_EQ(MacsOf(graph, node), 3 * 3 * 4 * (3 * 3));
  node = {.op = Softmax{}, .inputs = {x}, .outputs = {y}};
  EXPECT_EQ(MacsOf(graph, node), 0);
}

TEST(Traits, ConstantIntegersAreWidened) {
  EXPECT_EQ(ConstantIntegers(IntegerConstant(DType::kInt32, {1, -2})),
            (std::vector<int64_t>{1, -2}));
  EXPECT_EQ(ConstantIntegers(IntegerConstant(DType::kInt64, {7, 0})), (std::vector<int64_t>{7}));
  EXPECT_EQ(ConstantIntegers(IntegerConstant(DType::kFloat32, {1})), std::nullopt);
  EXPECT_EQ(ConstantIntegers({.dtype = DType::kInt32, .shape = {2}}), std::nullopt);
}

TEST(Shapes, SamePaddingPutsAnOddElementBehind) {
  EXPECT_EQ(SamePadding(5, 3, 1, 1), std::pair(1, 1));
  EXPECT_EQ(SamePadding(224, 3, 2, 1), std::pair(0, 1));
  EXPECT_EQ(SamePadding(5, 3, 1, 2), std::pair(2, 2));
  EXPECT_EQ(SamePadding(9, 1, 4, 1), std::pair(0, 0));
}

TEST(Shapes, AxesCountFromTheFrontAscendingAndOnce) {
  EXPECT_EQ(*NormalizedAxes(std::vector<int64_t>{-1, 0, 3}, 4), (std::vector<int32_t>{0, 3}));
  EXPECT_FALSE(NormalizedAxes(std::vector<int64_t>{0, 4}, 4).ok());
  EXPECT_EQ(NormalizedAxis(-5, 4).error().message, "axis -5 of a tensor of 4 dimensions");
}

}  // namespace
}  // namespace wranglet
