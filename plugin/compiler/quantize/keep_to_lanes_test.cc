#include "plugin/compiler/quantize/keep_to_lanes.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kernels/depthwise_conv2d.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/quantize/calibrate.h"
#include "plugin/compiler/quantize/estimate.h"
#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/layer_network.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

constexpr int64_t kChannels = 12;

// An image of 8 by 8, a convolution of 1x1 that ends at 6 and a depthwise one of 3x3.
class KeepToLanesTest : public testing::Test {
 protected:
  KeepToLanesTest() : network_(64, kChannels) {
    graph().tensor(0).shape = {1, 8, 8, kChannels};
    std::vector<float> pointwise(kChannels * kChannels), filter(9 * kChannels);
    for (float& weight : pointwise) weight = Normal();
    for (float& weight : filter) weight = 1 + Normal();
    network_.Pointwise(pointwise, std::vector<float>(kChannels, 0.5f), {0, 6});
    network_.Append(DepthwiseConv2D{.window = {.padding = {1, 1, 1, 1}}, .activation = {0, 60}},
                    {network_.Constant({1, 3, 3, kChannels}, filter),
                     network_.Constant({kChannels}, std::vector<float>(kChannels, -1.0f))});
    samples_ = network_.RandomSamples(8, -1, 1);
    const auto calibration = Calibrate(graph(), InMemory(samples_));
    EXPECT_TRUE(calibration.ok());
    ranges_ = EstimateRanges(Estimator::kMinMax, calibration.value());
  }

  Graph& graph() { return network_.graph; }
  float Normal() { return normal_(random_); }

  KeepToLanes Lanes(DType precision = DType::kInt8) {
    auto lanes = KeepToLanes::Make(graph(), ranges_, Uniform(graph(), precision), samples_);
    EXPECT_TRUE(lanes.ok());
    return std::move(lanes).value();
  }

  // What the plan tells the depthwise kernel.
  LaneFit PlannedFit(const Graph& of) {
    const auto quantized = QuantizeGraph(of, ranges_);
    EXPECT_TRUE(quantized.ok());
    const auto plan = MakePlan(quantized.value());
    EXPECT_TRUE(plan.ok());
    for (const Step& step : plan.value().steps) {
      const auto* params = std::get_if<DepthwiseConv2dParams<int8_t, int8_t>>(&step.params);
      if (params != nullptr) return params->fit;
    }
    return LaneFit::kNone;
  }

  std::mt19937 random_{5};
  std::normal_distribution<float> normal_;
  LayerNetwork network_;
  std::vector<Sample> samples_;
  Ranges ranges_;
};

TEST_F(KeepToLanesTest, TheKernelIsToldThatSumsFit) {
  const KeepToLanes lanes = Lanes();
  ASSERT_EQ(lanes.layers(), std::vector<size_t>{1});
  EXPECT_NE(PlannedFit(graph()), LaneFit::kSums);
  Graph kept = graph();
  ASSERT_TRUE(lanes.Fit(kept, 1));
  EXPECT_EQ(PlannedFit(kept), LaneFit::kSums);
}

TEST_F(KeepToLanesTest, LosesLittle) {
  const auto fidelity = Fidelity::Make(graph(), samples_, TellingNodes(graph()));
  ASSERT_TRUE(fidelity.ok());
  Graph kept = graph();
  ASSERT_TRUE(Lanes().Fit(kept, 1));
  const auto sqnr = [&](const Graph& of) {
    return fidelity.value().Of(QuantizeGraph(of, ranges_).value()).value()[0];
  };
  EXPECT_GT(sqnr(kept), sqnr(graph()) - 6);
  EXPECT_GT(sqnr(kept), 25);
}

TEST_F(KeepToLanesTest, LeavesOtherLayersAndTypesAlone) {
  EXPECT_TRUE(Lanes(DType::kInt16).layers().empty());
  EXPECT_TRUE(Lanes(DType::kFloat32).layers().empty());
  graph().nodes[1].As<DepthwiseConv2D>()->window = {
      .dilation_h = 2, .dilation_w = 2, .padding = {2, 2, 2, 2}};
  EXPECT_TRUE(Lanes().layers().empty());
}

TEST_F(KeepToLanesTest, WeightsBeyondTheOutputAreShrunk) {
  const auto weights = graph().tensor(graph().nodes[1].inputs[1]).MutableConstantAs<float>();
  for (size_t i = 3; i < weights.size(); i += kChannels) weights[i] *= 500;
  graph().tensor(graph().nodes[1].inputs[2]).MutableConstantAs<float>()[3] = -4000;
  Graph kept = graph();
  ASSERT_TRUE(Lanes().Fit(kept, 1));
  EXPECT_EQ(PlannedFit(kept), LaneFit::kSums);
  const float bias = kept.tensor(kept.nodes[1].inputs[2]).ConstantAs<float>()[3];
  EXPECT_GT(bias, -3000);
  EXPECT_LT(bias, -100);
}

TEST_F(KeepToLanesTest, TellsWhereAChannelHasNoGrid) {
  graph().tensor(graph().nodes[1].inputs[2]).MutableConstantAs<float>()[3] = 1e9f;
  Graph kept = graph();
  EXPECT_FALSE(Lanes().Fit(kept, 1));
}

}  // namespace
}  // namespace wranglet
