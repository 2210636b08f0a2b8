// Channels that training left dead. What the pass does otherwise is in passes_test.cc.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

struct Normalization {
  std::vector<float> scale, bias, mean, variance;
  float epsilon = 0;
};

// A 1x1 convolution of one channel to as many as the normalisation behind it has.
class Network {
 public:
  Network(const std::vector<float>& filter, const std::vector<float>& bias,
          const Normalization& n) {
    const auto channels = static_cast<int64_t>(filter.size());
    graph.inputs = {graph.Add({.name = "x", .shape = {1, 2, 2, 1}})};
    const TensorId conv = graph.Add({.name = "conv", .shape = {1, 2, 2, channels}});
    graph.outputs = {graph.Add({.name = "y", .shape = {1, 2, 2, channels}})};
    graph.nodes.push_back(
        {"conv",
         Conv2D{},
         {graph.inputs[0], Add({channels, 1, 1, 1}, filter), Add({channels}, bias)},
         {conv}});
    graph.nodes.push_back({"norm",
                           BatchNormalization{n.epsilon},
                           {conv, Add({channels}, n.scale), Add({channels}, n.bias),
                            Add({channels}, n.mean), Add({channels}, n.variance)},
                           graph.outputs});
  }

  std::vector<float> Folded(size_t input) const {
    const auto values = graph.tensor(graph.nodes[0].inputs[input]).ConstantAs<float>();
    return {values.begin(), values.end()};
  }

  Graph graph;

 private:
  TensorId Add(const Shape& shape, const std::vector<float>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    Tensor tensor{.name = "c", .shape = shape};
    tensor.constant.emplace(bytes.begin(), bytes.end());
    return graph.Add(std::move(tensor));
  }
};

TEST(FoldBatchNormalization, AChannelOfNoScaleIsItsBias) {
  Network network({3, 3}, {1, 1}, {{0, 2}, {7, 5}, {4, 1}, {0, 4}});
  ASSERT_TRUE(FoldBatchNormalization(network.graph).ok());
  ASSERT_EQ(network.graph.nodes.size(), 1u);
  EXPECT_EQ(network.Folded(1), (std::vector<float>{0, 3}));
  EXPECT_EQ(network.Folded(2), (std::vector<float>{7, 5}));
}

TEST(FoldBatchNormalization, NegativeVarianceCountsAsNone) {
  Network network({2}, {1}, {{1}, {5}, {1}, {-1e-9f}, 0.25f});
  ASSERT_TRUE(FoldBatchNormalization(network.graph).ok());
  EXPECT_EQ(network.Folded(1), (std::vector<float>{4}));
  EXPECT_EQ(network.Folded(2), (std::vector<float>{5}));
}

TEST(FoldBatchNormalization, HardlyAnyVarianceLeavesTheBiasItsDigits) {
  Network network({0}, {1000.125f}, {{1}, {3}, {1000}, {1e-6f}});
  ASSERT_TRUE(FoldBatchNormalization(network.graph).ok());
  EXPECT_NEAR(network.Folded(2)[0], 0.125 / std::sqrt(double{1e-6f}) + 3, 1e-4);
}

TEST(FoldBatchNormalization, AFactorBeyondFloatsIsAnError) {
  for (const float variance : {0.0f, 1e-30f}) {
    Network network({1}, {0}, {{1e30f}, {0}, {0}, {variance}});
    const Status status = FoldBatchNormalization(network.graph);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().node, "norm");
  }
}

}  // namespace
}  // namespace wranglet
