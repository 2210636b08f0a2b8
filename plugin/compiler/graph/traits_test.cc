#include "plugin/compiler/graph/traits.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

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

TEST(Traits, OutputsBetweenKnownBoundsHavePrescribedParameters) {
  EXPECT_EQ(PrescribedQuantization(Softmax{}, DType::kInt8), (Quantization{{1.0f / 256}, {-128}}));
  EXPECT_EQ(PrescribedQuantization(Unary{.kind = Unary::Kind::kTanh}, DType::kInt8),
            (Quantization{{1.0f / 128}, {0}}));
  EXPECT_EQ(PrescribedQuantization(L2Normalization{}, DType::kInt16),
            (Quantization{{1.0f / 32768}, {0}}));
  EXPECT_EQ(PrescribedQuantization(Softmax{}, DType::kFloat32), std::nullopt);
  EXPECT_EQ(PrescribedQuantization(Unary{.kind = Unary::Kind::kExp}, DType::kInt8), std::nullopt);
}

TEST(Traits, ANetworkIsQuantisedIfATensorIs) {
  Graph graph;
  graph.Add({.name = "x", .shape = {1}});
  EXPECT_FALSE(IsQuantized(graph));
  graph.Add({.name = "y", .dtype = DType::kInt8, .shape = {1}, .quantization = {{{1}, {0}}}});
  EXPECT_TRUE(IsQuantized(graph));
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
  // Of 9 pixels of 6 channels, each by the filters of 4.
  const TensorId small = graph.Add({.shape = {1, 3, 3, 6}});
  const TensorId spread = graph.Add({.shape = {4, 3, 3, 6}});
  node = {.op = TransposeConv{}, .inputs = {small, spread}, .outputs = {x}};
  EXPECT_EQ(MacsOf(graph, node), 9 * 6 * (4 * 3 * 3));
  const TensorId a = graph.Add({.shape = {5, 7}}), product = graph.Add({.shape = {7, 3}});
  node = {.op = BatchMatMul{.adj_a = true}, .inputs = {a, a}, .outputs = {product}};
  EXPECT_EQ(MacsOf(graph, node), 7 * 3 * 5);
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

}  // namespace
}  // namespace wranglet
