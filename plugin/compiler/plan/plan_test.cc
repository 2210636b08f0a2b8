#include "plugin/compiler/plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wranglet {
namespace {

// Builds small graphs; activations are int8 with scale 0.5 and zero point 3, or as the test makes
// them.
class PlanTest : public testing::Test {
 protected:
  PlanTest() { graph_.file = "test.onnx"; }

  TensorId Tensor8(Shape shape) {
    return graph_.Add({.name = "t" + std::to_string(graph_.tensors.size()),
                       .dtype = DType::kInt8,
                       .shape = std::move(shape),
                       .quantization = Quantization{{0.5f}, {3}}});
  }
  TensorId Input8(Shape shape) {
    graph_.inputs.push_back(Tensor8(std::move(shape)));
    return graph_.inputs.back();
  }
  TensorId Filter8(Shape shape) {
    const TensorId id = Tensor8(std::move(shape));
    Tensor& filter = graph_.tensor(id);
    filter.quantization = Quantization{{0.25f}, {0}};
    int64_t count = 1;
    for (const int64_t d : filter.shape) count *= d;
    filter.constant = std::vector<std::byte>(static_cast<size_t>(count), std::byte{1});
    return id;
  }
  TensorId Node8(Operator op, std::vector<TensorId> inputs, Shape shape) {
    const TensorId output = Tensor8(std::move(shape));
    graph_.nodes.push_back({.name = "n" + std::to_string(graph_.nodes.size()),
                            .op = std::move(op),
                            .inputs = std::move(inputs),
                            .outputs = {output}});
    return output;
  }

  Plan MustPlan() {
    Result<Plan> plan = MakePlan(graph_);
    EXPECT_TRUE(plan.ok()) << plan.error().ToString();
    return std::move(plan).value();
  }
  std::string PlanError() {
    const Result<Plan> plan = MakePlan(graph_);
    return plan.ok() ? "" : plan.error().ToString();
  }

  Graph graph_;
};

TEST_F(PlanTest, AGraphWithoutNodesHasItsInputAsOutput) {
  graph_.outputs = {Input8({1, 10})};
  const Plan plan = MustPlan();
  EXPECT_TRUE(plan.steps.empty());
  EXPECT_EQ(plan.inputs[0].place, plan.outputs[0].place);
  EXPECT_EQ(plan.arena_bytes, 16);
}

// A filter of ones, but for one lane: four weights of a matrix product, the taps above each other
// but one of a depthwise convolution.
TEST_F(PlanTest, KernelsAreToldWhatFitsPairs) {
  const TensorId x = Input8({1, 5, 7, 16});
  const TensorId pointwise = Filter8({8, 1, 1, 16}), window = Filter8({8, 3, 3, 16});
  const TensorId depthwise = Filter8({1, 3, 3, 16});
  const Window same{.padding = {1, 1, 1, 1}};
  graph_.outputs = {Node8(Conv2D{}, {x, pointwise}, {1, 5, 7, 8}),
                    Node8(Conv2D{.window = same}, {x, window}, {1, 5, 7, 8}),
                    Node8(DepthwiseConv2D{.window = same}, {x, depthwise}, {1, 5, 7, 16})};
  const auto fit = [&] {
    const Plan plan = MustPlan();
    return std::vector{std::get<GemmParams<int8_t, int8_t>>(plan.steps[0].params).fit_pairs,
                       std::get<Conv2dParams<int8_t, int8_t>>(plan.steps[1].params).fit_pairs,
                       std::get<DepthwiseConv2dParams<int8_t, int8_t>>(plan.steps[2].params).fit ==
                           LaneFit::kPairs};
  };
  const auto set = [&](TensorId filter, size_t first, size_t second, int8_t value) {
    const auto weights = graph_.tensor(filter).MutableConstantAs<int8_t>();
    weights[first] = weights[second] = value;
  };
  EXPECT_EQ(fit(), (std::vector{true, true, true}));
  // 63 + 63 + 1 + 1, and 64 + 64.
  set(pointwise, 16 + 8, 16 + 13, 63), set(window, 48 + 40, 48 + 45, 63);
  set(depthwise, 5, 6 * 16 + 5, 64);
  EXPECT_EQ(fit(), (std::vector{true, true, true}));
  set(pointwise, 16 + 8, 16 + 13, 64);
  EXPECT_EQ(fit(), (std::vector{false, true, true}));
  set(window, 48 + 40, 48 + 45, 64);
  EXPECT_EQ(fit(), (std::vector{false, false, true}));
  set(depthwise, 5, 6 * 16 + 5, 65);
  EXPECT_EQ(fit(), (std::vector{false, false, false}));
}

// A filter of ones.
TEST_F(PlanTest, KernelsAreToldWhatTilesServe) {
  const auto by_tiles = [&](int64_t side, int64_t in_c, int64_t out_c, int8_t weight) {
    graph_ = {};
    const TensorId x = Input8({1, side, side, in_c}), filter = Filter8({out_c, 3, 3, in_c});
    const auto weights = graph_.tensor(filter).MutableConstantAs<int8_t>();
    std::fill(weights.begin() + weights.size() / 2, weights.end(), weight);
    graph_.outputs = {
        Node8(Conv2D{.window = {.padding = {1, 1, 1, 1}}}, {x, filter}, {1, side, side, out_c})};
    graph_.tensor(x).quantization = {{0.5f}, {-128}};
    graph_.tensor(graph_.outputs[0]).quantization = {{1e4f}, {0}};
    return std::get<Conv2dParams<int8_t, int8_t>>(MustPlan().steps[0].params).by_tiles;
  };
  EXPECT_TRUE(by_tiles(8, 16, 16, 1));
  EXPECT_TRUE(by_tiles(7, 16, 16, 1));
  EXPECT_FALSE(by_tiles(6, 16, 16, 1)) << "half of each group is empty";
  EXPECT_FALSE(by_tiles(8, 12, 16, 1)) << "channels come by 8";
  EXPECT_FALSE(by_tiles(8, 16, 7, 1));
  // 2^25 / 255 / 9 / 112 = 130.5; / 120 = 121.8, for all of a filter that is one of two.
  EXPECT_TRUE(by_tiles(8, 112, 8, 127));
  EXPECT_TRUE(by_tiles(8, 120, 8, 121));
  EXPECT_FALSE(by_tiles(8, 120, 8, 122));
  EXPECT_FALSE(by_tiles(8, 120, 8, -122));
}

// A filter of ones, requantised by 1027 / 2^15: a whole number, and a tie that is clamped.
TEST_F(PlanTest, DepthwiseKernelsAreToldThatSumsFit) {
  const TensorId x = Input8({1, 5, 7, 16}), filter = Filter8({1, 3, 3, 16});
  graph_.outputs = {
      Node8(DepthwiseConv2D{.window = {.padding = {1, 1, 1, 1}}}, {x, filter}, {1, 5, 7, 16})};
  for (const TensorId id : {x, graph_.outputs[0]})
    graph_.tensor(id).quantization = {{1.0f}, {-128}};
  const auto fit = [&](float scale, int8_t weight) {
    graph_.tensor(filter).quantization->scale = {scale};
    graph_.tensor(filter).MutableConstantAs<int8_t>()[5] = weight;
    const Plan plan = MustPlan();
    return std::get<DepthwiseConv2dParams<int8_t, int8_t>>(plan.steps[0].params).fit;
  };
  EXPECT_EQ(fit(0x403p-15f, 1), LaneFit::kSums);
  EXPECT_EQ(fit(0x403.1p-15f, 1), LaneFit::kPairs);
  EXPECT_EQ(fit(0x403p-15f, 120), LaneFit::kSums);  // 120 + 8
  EXPECT_EQ(fit(0x403p-15f, 121), LaneFit::kPairs);
  EXPECT_EQ(fit(0x403p-15f, 127), LaneFit::kPairs);
  // Nothing is unrolled for other windows.
  auto& window = graph_.nodes[0].As<DepthwiseConv2D>()->window;
  window = {.stride_w = 2, .padding = {1, 1, 1, 2}};
  graph_.tensor(graph_.outputs[0]).shape = {1, 5, 4, 16};
  EXPECT_EQ(fit(0x403p-15f, 1), LaneFit::kPairs);
}

TEST_F(PlanTest, APointwiseConvolutionIsAMatrixProduct) {
  const TensorId x = Input8({1, 5, 7, 16});
  graph_.outputs = {
      Node8(Conv2D{.activation = {0.0f, 6.0f}}, {x, Filter8({8, 1, 1, 16})}, {1, 5, 7, 8})};
  const Plan plan = MustPlan();
  ASSERT_EQ(plan.steps.size(), 1u);
  const auto& params = std::get<GemmParams<int8_t, int8_t>>(plan.steps[0].params);
  EXPECT_EQ(params.rows, 35);
  EXPECT_EQ(params.depth, 16);
  EXPECT_EQ(params.cols, 8);
  EXPECT_EQ(params.output.zero_point, 3);
  EXPECT_EQ(params.output.min, 3) << "0 / 0.5 + 3";
  EXPECT_EQ(params.output.max, 15) << "6 / 0.5 + 3";
  EXPECT_EQ(plan.macs, 35 * 16 * 8);
  EXPECT_EQ(plan.steps[0].node, "n0");
  EXPECT_EQ(plan.steps[0].summary, "Conv2D 1x5x7x16, 8x1x1x16 -> 1x5x7x8");
}

TEST_F(PlanTest, AStridedOrPaddedPointwiseConvolutionIsNot) {
  const TensorId x = Input8({1, 4, 4, 8});
  Conv2D strided{.window = {.stride_h = 2, .stride_w = 2}};
  Conv2D padded{.window = {.padding = {1, 1, 1, 1}}};
  graph_.outputs = {Node8(strided, {x, Filter8({8, 1, 1, 8})}, {1, 2, 2, 8}),
                    Node8(padded, {x, Filter8({8, 1, 1, 8})}, {1, 6, 6, 8})};
  const Plan plan = MustPlan();
  for (const Step& step : plan.steps) {
    EXPECT_TRUE((std::holds_alternative<Conv2dParams<int8_t, int8_t>>(step.params)));
  }
}

TEST_F(PlanTest, EveryPlaceIsAligned) {
  const TensorId x = Input8({1, 3, 3, 3});
  const TensorId y =
      Node8(Conv2D{.window = {.padding = {1, 1, 1, 1}}}, {x, Filter8({5, 3, 3, 3})}, {1, 3, 3, 5});
  graph_.outputs = {Node8(Mean{{1, 2}}, {y}, {1, 5}), y};
  const Plan plan = MustPlan();
  for (const Step& step : plan.steps) {
    for (const Ref& ref : step.args) EXPECT_EQ(ref.offset % kPlaceAlignment, 0);
  }
}

TEST_F(PlanTest, AReshapeIsNoStepAndCompletesWithItsSource) {
  const TensorId x = Input8({1, 2, 3, 4});
  const TensorId y = Node8(Clamp{{0.0f, 6.0f}}, {x}, {1, 2, 3, 4});
  const TensorId flat = Node8(Reshape{}, {y}, {1, 24});
  graph_.outputs = {flat};
  const Plan plan = MustPlan();
  ASSERT_EQ(plan.steps.size(), 1u);
  ASSERT_EQ(plan.steps[0].completes.size(), 2u);
  EXPECT_EQ(plan.steps[0].completes[0].tensor, y);
  EXPECT_EQ(plan.steps[0].completes[1].tensor, flat);
  EXPECT_EQ(plan.steps[0].completes[1].shape, (Shape{1, 24}));
  EXPECT_EQ(plan.outputs[0].place, plan.steps[0].args.back());
}

TEST_F(PlanTest, AReshapedInputIsCompleteAtTheStart) {
  const TensorId x = Input8({1, 24});
  const TensorId image = Node8(Reshape{}, {x}, {1, 2, 3, 4});
  graph_.outputs = {Node8(Mean{{1, 2}}, {image}, {1, 4})};
  const Plan plan = MustPlan();
  ASSERT_EQ(plan.complete_at_start.size(), 2u);
  EXPECT_EQ(plan.complete_at_start[0].tensor, x);
  EXPECT_EQ(plan.complete_at_start[1].tensor, image);
}

TEST_F(PlanTest, AConstantMayBeAnOutput) {
  const TensorId x = Input8({1, 4});
  graph_.outputs = {x, Filter8({4, 4})};
  const Plan plan = MustPlan();
  EXPECT_EQ(plan.outputs[1].place.region, Ref::Region::kWeights);
  EXPECT_EQ(plan.weights.size(), 16u);
}

TEST_F(PlanTest, AnAdditionReplacesTheInputThatDies) {
  const TensorId x = Input8({1, 4, 4, 16});
  const TensorId y = Node8(Conv2D{}, {x, Filter8({16, 1, 1, 16})}, {1, 4, 4, 16});
  const TensorId z = Node8(Conv2D{}, {y, Filter8({16, 1, 1, 16})}, {1, 4, 4, 16});
  const TensorId sum = Node8(Binary{}, {y, z}, {1, 4, 4, 16});
  graph_.outputs = {Node8(Mean{{1, 2}}, {sum}, {1, 16})};
  const Plan plan = MustPlan();
  EXPECT_EQ(plan.steps[2].args[0], plan.steps[2].args[2]);
  EXPECT_EQ(plan.arena_bytes, 2 * 256) << "two tensors at a time are enough";
  EXPECT_EQ(plan.live_bytes.size(), plan.steps.size() + 2);
  EXPECT_EQ(plan.live_bytes.front(), 256) << "the input";
  EXPECT_EQ(plan.live_bytes.back(), 16) << "the output";
}

TEST_F(PlanTest, NothingReplacesAnOutputOrWhatIsReadLater) {
  const TensorId x = Input8({1, 4, 4, 16});
  const TensorId y = Node8(Clamp{}, {x}, {1, 4, 4, 16});
  const TensorId z = Node8(Clamp{}, {y}, {1, 4, 4, 16});
  graph_.outputs = {y, Node8(Binary{}, {y, z}, {1, 4, 4, 16})};
  const Plan plan = MustPlan();
  EXPECT_EQ(plan.steps[0].args[0], plan.steps[0].args[2]) << "the input is free to be overwritten";
  EXPECT_NE(plan.steps[1].args[0], plan.steps[1].args[2]) << "y is read again";
  EXPECT_NE(plan.steps[2].args[0], plan.steps[2].args[2]) << "y is an output";
  EXPECT_EQ(plan.steps[2].args[1], plan.steps[2].args[2]);
}

TEST_F(PlanTest, EqualFiltersAreStoredOnce) {
  const TensorId x = Input8({1, 4, 4, 16});
  const TensorId y = Node8(Conv2D{}, {x, Filter8({16, 1, 1, 16})}, {1, 4, 4, 16});
  graph_.outputs = {Node8(Conv2D{}, {y, Filter8({16, 1, 1, 16})}, {1, 4, 4, 16})};
  const Plan plan = MustPlan();
  for (size_t i = 1; i <= 3; ++i) EXPECT_EQ(plan.steps[0].args[i], plan.steps[1].args[i]);
}

TEST_F(PlanTest, APoolRoundsAsTensorFlowLiteDoes) {
  const TensorId x = Input8({1, 4, 4, 16});
  graph_.outputs = {Node8(Pool2D{.kernel_h = 4, .kernel_w = 4}, {x}, {1, 1, 1, 16}),
                    Node8(Mean{.axes = {1, 2}}, {x}, {1, 16})};
  const Plan plan = MustPlan();
  const auto* pool = std::get_if<AveragePoolInt8Params>(&plan.steps[0].params);
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(pool->window.kernel_h * pool->window.kernel_w, 16);
  EXPECT_EQ(pool->window.in_c, 16);
  EXPECT_TRUE(std::holds_alternative<MeanInt8Params>(plan.steps[1].params));
}

TEST_F(PlanTest, APoolThatStoresItsMeansAnewIsAMean) {
  const TensorId x = Input8({1, 4, 4, 16});
  graph_.outputs = {Node8(Pool2D{.kernel_h = 4, .kernel_w = 4}, {x}, {1, 1, 1, 16})};
  graph_.tensor(graph_.outputs[0]).quantization = Quantization{{0.25f}, {3}};
  EXPECT_TRUE(std::holds_alternative<MeanInt8Params>(MustPlan().steps[0].params));
}

TEST_F(PlanTest, APoolIsClampedAndThenStoredAnew) {
  const TensorId x = Input8({1, 4, 4, 16});
  graph_.outputs = {
      Node8(Pool2D{.kernel_h = 2, .kernel_w = 2, .activation = {0.0f, 6.0f}}, {x}, {1, 3, 3, 16})};
  graph_.tensor(graph_.outputs[0]).quantization = Quantization{{0.25f}, {-3}};
  const Plan plan = MustPlan();
  ASSERT_EQ(plan.steps.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<AveragePoolInt8Params>(plan.steps[0].params));
  EXPECT_TRUE(plan.steps[0].completes.empty());
  ASSERT_TRUE(std::holds_alternative<Lookup8Params>(plan.steps[1].params));
  EXPECT_EQ(plan.steps[1].args[0], plan.steps[1].args[2]) << "in place";
  const std::byte* table = plan.weights.data() + plan.steps[1].args[1].offset;
  EXPECT_EQ(table[5], std::byte{1}) << "1 / 0.25 - 3";
  EXPECT_EQ(table[2], std::byte{253}) << "-0.5, which is clamped";
  EXPECT_EQ(table[127], std::byte{21}) << "62, which is clamped";
}

TEST_F(PlanTest, BetweenSignedAndUnsignedBytesIsATable) {
  const TensorId x = Input8({1, 16});
  const TensorId y = Node8(Quantize{}, {x}, {1, 16});
  graph_.tensor(y).dtype = DType::kUint8;
  graph_.tensor(y).quantization = Quantization{{0.5f}, {3 + 120}};
  graph_.outputs = {y};
  const Plan plan = MustPlan();
  ASSERT_TRUE(std::holds_alternative<Lookup8Params>(plan.steps[0].params));
  const std::byte* table = plan.weights.data() + plan.steps[0].args[1].offset;
  EXPECT_EQ(table[0], std::byte{120}) << "of 0";
  EXPECT_EQ(table[127], std::byte{247}) << "of 127";
  EXPECT_EQ(table[128], std::byte{0}) << "of -128, which saturates";
}

TEST_F(PlanTest, WhatIsComparedIsStoredAlike) {
  const TensorId x = Input8({1, 4, 4, 16});
  const TensorId y = Node8(Clamp{}, {x}, {1, 4, 4, 16});
  graph_.outputs = {Node8(Binary{.kind = Binary::Kind::kMaximum}, {x, y}, {1, 4, 4, 16})};
  graph_.tensor(y).quantization = graph_.tensor(graph_.outputs[0]).quantization;
  for (const DType dtype : {DType::kInt8, DType::kInt16}) {
    for (Tensor& tensor : graph_.tensors) {
      tensor.dtype = dtype;
      tensor.quantization->zero_point = {0};
    }
    graph_.tensor(x).quantization->scale = {0.25f};
    const Plan plan = MakePlan(graph_).value();
    ASSERT_EQ(plan.steps.size(), 3u) << "one for the clamp, one for x, one that compares";
    EXPECT_EQ(plan.steps[2].args[1].offset, plan.steps[0].args.back().offset);
    EXPECT_EQ(plan.steps[2].args[0].offset, plan.steps[1].args.back().offset);
  }
}

TEST_F(PlanTest, ProductsOfFloatsAreFusedWhereAsked) {
  const TensorId x = Input8({1, 4, 4, 8});
  const TensorId y = Node8(Conv2D{}, {x, Filter8({16, 1, 1, 8})}, {1, 4, 4, 16});
  graph_.outputs = {Node8(Conv2D{}, {y, Filter8({4, 2, 2, 16})}, {1, 3, 3, 4})};
  for (Tensor& tensor : graph_.tensors) {
    tensor.dtype = DType::kFloat32, tensor.quantization.reset();
    if (tensor.constant) tensor.constant->resize(tensor.constant->size() * sizeof(float));
  }
  for (const bool fused : {false, true}) {
    const Result<Plan> plan = MakePlan(graph_, {.fused = fused});
    ASSERT_TRUE(plan.ok()) << plan.error().ToString();
    EXPECT_EQ(std::get<GemmFloat32Params>(plan->steps[0].params).fused, fused);
    EXPECT_EQ(std::get<Conv2dFloat32Params>(plan->steps[1].params).fused, fused);
  }
}

// Errors name the file, the node, the operator, and what is supported.

TEST_F(PlanTest, UnsupportedTypesAreAnError) {
  const TensorId x = Input8({1, 4, 4, 16});
  graph_.tensor(x).dtype = DType::kInt16;
  graph_.outputs = {Node8(Clamp{}, {x}, {1, 4, 4, 16})};
  EXPECT_EQ(
      PlanError(),
      "test.onnx: node 'n0' (Clamp): no kernel for tensors 't0' (int16), 't1' (int8); supported: "
      "all float32 or all int8 or all int16, quantised with one scale a tensor (int16 with zero "
      "point 0)");
}

TEST_F(PlanTest, AFilterWithAZeroPointTakesWeightsThatHoldTheDifference) {
  const TensorId x = Input8({1, 16}), w = Filter8({4, 16});
  graph_.outputs = {Node8(FullyConnected{}, {x, w}, {1, 4})};
  graph_.tensor(w).quantization->zero_point = {5};
  EXPECT_TRUE((std::holds_alternative<GemmParams<int8_t, int8_t>>(MustPlan().steps[0].params)));
  graph_.tensor(w).MutableConstantAs<int8_t>()[63] = -127;
  EXPECT_TRUE((std::holds_alternative<GemmParams<int8_t, int16_t>>(MustPlan().steps[0].params)));
}

// 65535 * 32768 is the largest sum of them that an int32 holds.
TEST_F(PlanTest, Int16SumsThatFitInt32TakeTheKernelThatCountsOnIt) {
  const TensorId x = Input8({1, 5, 7, 520}), w = Filter8({1, 1, 1, 520});
  graph_.outputs = {Node8(Conv2D{}, {x, w}, {1, 5, 7, 1})};
  for (const TensorId id : {x, graph_.outputs[0]}) {
    graph_.tensor(id).dtype = DType::kInt16;
    graph_.tensor(id).quantization->zero_point = {0};
  }
  const auto weights = graph_.tensor(w).MutableConstantAs<int8_t>();
  std::fill(weights.begin(), weights.end(), int8_t{126});
  std::fill_n(weights.begin(), 65535 - 520 * 126, int8_t{-127});
  using Bounded = GemmParams<int16_t, int8_t, RequantizeInt16Bounded>;
  EXPECT_TRUE(std::holds_alternative<Bounded>(MustPlan().steps[0].params));
  weights.back() = 127;
  EXPECT_TRUE((std::holds_alternative<GemmParams<int16_t, int8_t>>(MustPlan().steps[0].params)));
}

TEST_F(PlanTest, AFilterMustBeConstant) {
  const TensorId x = Input8({1, 16}), w = Filter8({4, 16});
  graph_.outputs = {Node8(FullyConnected{}, {x, w}, {1, 4})};
  graph_.tensor(w).constant.reset();
  EXPECT_NE(PlanError().find("has to be a constant"), std::string::npos) << PlanError();
}

TEST_F(PlanTest, AFilterMustBeQuantisedAlongItsOutputChannels) {
  const TensorId x = Input8({1, 16}), w = Filter8({4, 16});
  graph_.outputs = {Node8(FullyConnected{}, {x, w}, {1, 4})};
  graph_.tensor(w).quantization = {std::vector<float>(16, 0.25f), std::vector<int32_t>(16), 1};
  EXPECT_NE(PlanError().find("along another axis"), std::string::npos) << PlanError();
}

TEST_F(PlanTest, ABiasOfAnotherTypeIsAnError) {
  const TensorId x = Input8({1, 16}), w = Filter8({4, 16}), bias = Filter8({4});
  graph_.outputs = {Node8(FullyConnected{}, {x, w, bias}, {1, 4})};
  EXPECT_NE(PlanError().find("'t2' (int8) has a type no kernel takes here"), std::string::npos);
}

TEST_F(PlanTest, ScalesTooFarApartAreAnError) {
  const TensorId x = Input8({1, 16});
  const TensorId y = Node8(FullyConnected{}, {x, Filter8({4, 16})}, {1, 4});
  graph_.outputs = {Node8(Binary{}, {y, y}, {1, 4})};
  graph_.tensor(y).quantization->scale = {1e-38f};
  graph_.tensor(x).quantization->scale = {1e38f};
  EXPECT_NE(PlanError().find("n0' (FullyConnected): the scales"), std::string::npos) << PlanError();
  graph_.tensor(x).quantization->scale = {1e-38f};
  graph_.tensor(y).quantization->scale = {1e30f};
  EXPECT_NE(PlanError().find("n1' (Add): the scales"), std::string::npos) << PlanError();
}

TEST_F(PlanTest, ScalesTooFarApartToBeSideBySideAreAnError) {
  const TensorId x = Input8({1, 16});
  graph_.outputs = {Node8(Concat{.axis = 1}, {x, x}, {1, 32})};
  for (const auto& [input, output] : {std::pair(1.0f, 1e-40f), {1e38f, 1.0f}}) {
    graph_.tensor(x).quantization->scale = {input};
    graph_.tensor(graph_.outputs[0]).quantization->scale = {output};
    EXPECT_NE(PlanError().find("n0' (Concat): the scales of 't0'"), std::string::npos)
        << PlanError();
  }
}

TEST_F(PlanTest, ScalesAndZeroPointsThatMakeNoSenseAreAnError) {
  const TensorId x = Input8({1, 16});
  graph_.outputs = {Node8(Clamp{}, {x}, {1, 16})};
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Quantization& q :
       {Quantization{{0.0f}, {0}}, Quantization{{-1.0f}, {0}}, Quantization{{infinity}, {0}},
        Quantization{{infinity - infinity}, {0}}, Quantization{{1.0f}, {128}},
        Quantization{{1.0f}, {-129}}}) {
    graph_.tensor(x).quantization = q;
    EXPECT_EQ(PlanError(),
              "test.onnx: tensor 't0' (1x16) has a scale or zero point that makes no sense")
        << q.scale[0] << " " << q.zero_point[0];
  }
}

TEST_F(PlanTest, ASoftmaxOfTooSmallAScaleIsAnError) {
  const TensorId x = Input8({1, 16});
  const TensorId y = Node8(Softmax{}, {x}, {1, 16});
  graph_.outputs = {y};
  graph_.tensor(y).quantization->scale = {1e-30f};
  EXPECT_NE(PlanError().find("too small for probabilities"), std::string::npos) << PlanError();
}

TEST_F(PlanTest, ASoftmaxOfRowsThatOverflowIsAnError) {
  for (const int64_t depth : {65538, 65539}) {
    graph_ = Graph();
    graph_.file = "test.onnx";
    const TensorId x = Input8({1, depth}), y = Node8(Softmax{}, {x}, {1, depth});
    graph_.outputs = {y};
    for (const TensorId id : {x, y}) {
      graph_.tensor(id).dtype = DType::kInt16;
      graph_.tensor(id).quantization = Quantization{{1.0f / 32768}, {0}};
    }
    EXPECT_EQ(PlanError(), depth == 65538 ? ""
                                          : "test.onnx: node 'n0' (Softmax): no kernel for rows of "
                                            "65539; supported: up to 65538");
  }
}

TEST_F(PlanTest, MeansOfNeighboursAreOfWhatIsBroughtApart) {
  const TensorId x = Input8({2, 3, 4, 5});
  graph_.outputs = {Node8(Mean{{1, 3}}, {x}, {2, 4}), Node8(Mean{{3}}, {x}, {2, 3, 4, 1})};
  const Plan plan = MustPlan();
  ASSERT_EQ(plan.steps.size(), 4u);
  for (const size_t i : {0, 2}) {
    EXPECT_TRUE(std::holds_alternative<MoveParams>(plan.steps[i].params));
    EXPECT_TRUE(plan.steps[i].completes.empty());
  }
  const auto* mean = std::get_if<MeanInt8Params>(&plan.steps[1].params);
  ASSERT_NE(mean, nullptr);
  EXPECT_EQ(mean->rows, 3 * 5);
  EXPECT_EQ(mean->channels, 2 * 4);
}

TEST_F(PlanTest, ATensorOver2GBIsAnError) {
  const TensorId x = Input8({1, 1 << 15, 1 << 15, 2});
  graph_.outputs = {x};
  EXPECT_NE(PlanError().find("is over 2 GB"), std::string::npos) << PlanError();
}

TEST_F(PlanTest, ABatchNormalizationThatIsLeftIsAnError) {
  const TensorId x = Input8({1, 4});
  graph_.outputs = {Node8(BatchNormalization{}, {x, x, x, x, x}, {1, 4})};
  EXPECT_NE(PlanError().find("follows no convolution"), std::string::npos);
}

class BandsOfPlanTest : public PlanTest {
 protected:
  // An inverted residual block on a large image: expand, depthwise of this stride, project.
  BandsOfPlanTest() {
    const TensorId x = Input8({1, 64, 64, 8});
    const TensorId expanded = Node8(Conv2D{}, {x, Filter8({48, 1, 1, 8})}, {1, 64, 64, 48});
    const TensorId filtered = Node8(DepthwiseConv2D{.window = {.padding = {1, 1, 1, 1}}},
                                    {expanded, Filter8({1, 3, 3, 48})}, {1, 64, 64, 48});
    graph_.outputs = {Node8(Conv2D{}, {filtered, Filter8({8, 1, 1, 48})}, {1, 64, 64, 8})};
  }

  Plan PlanBy(const PlanOptions& options) {
    Result<Plan> plan = MakePlan(graph_, options);
    EXPECT_TRUE(plan.ok()) << plan.error().ToString();
    return std::move(plan).value();
  }
};

TEST_F(BandsOfPlanTest, TheExpandedTensorNeverExists) {
  const Plan whole = MustPlan();
  EXPECT_GE(whole.arena_bytes, 2 * 64 * 64 * 48);
  const Plan bands = PlanBy({.by_bands = true, .band_bytes = 64 * 1024});
  EXPECT_LT(bands.arena_bytes, 2 * 64 * 64 * 8 + 80 * 1024) << "input, output and bands";
  EXPECT_EQ(bands.macs, whole.macs);
  EXPECT_EQ(bands.outputs[0].bytes, whole.outputs[0].bytes);
}

TEST_F(BandsOfPlanTest, BandsInsideTheImageAreRoundsOfALoop) {
  const Plan plan = PlanBy({.by_bands = true, .band_bytes = 64 * 1024});
  const auto longest =
      std::max_element(plan.loops.begin(), plan.loops.end(),
                       [](const Loop& a, const Loop& b) { return a.rounds < b.rounds; });
  ASSERT_NE(longest, plan.loops.end());
  EXPECT_GT(longest->rounds, 3);
  for (size_t i = longest->first; i < longest->end; ++i) {
    if (const auto* p = std::get_if<DepthwiseConv2dParams<int8_t, int8_t>>(&plan.steps[i].params)) {
      EXPECT_EQ(p->window.in_h, p->window.out_h + 2) << "a row above and one below are there";
      EXPECT_EQ(p->window.pad_top, 0);
    }
  }
}

TEST_F(BandsOfPlanTest, OnlyItsOutputCompletes) {
  size_t completed = 0;
  for (const Step& step : PlanBy({.by_bands = true, .band_bytes = 64 * 1024}).steps)
    completed += step.completes.size();
  EXPECT_EQ(completed, 1u);
}

TEST_F(BandsOfPlanTest, ATensorThatIsLookedAtStaysWhole) {
  graph_.outputs.push_back(graph_.nodes[0].outputs[0]);
  const Plan plan = PlanBy({.by_bands = true, .band_bytes = 64 * 1024});
  EXPECT_GE(plan.arena_bytes, 64 * 64 * 48);
  EXPECT_EQ(plan.outputs[1].bytes, 64 * 64 * 48);
}

TEST_F(BandsOfPlanTest, ASmallArenaIsLeftAlone) {
  const Plan plan = PlanBy({.by_bands = true, .small_arena = 1 << 20});
  EXPECT_EQ(plan.steps.size(), 3u);
  EXPECT_TRUE(plan.loops.empty());
}

}  // namespace
}  // namespace wranglet
