// RemoveDeadChannels of int8: results stay, to the bit.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/passes/testing_dead_channels.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/run/random_network.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

using Bytes = std::vector<std::byte>;
using Int8s = std::vector<int8_t>;
using Int32s = std::vector<int32_t>;

template <typename T>
Bytes Stored(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

// Each node reads the one before. Scales are 1, and zero points 0, unless a test changes them.
class Network {
 public:
  explicit Network(const Shape& input) { graph.inputs = {last_ = Activation(input)}; }

  Network& Append(Operator op, const Shape& filter, const Int8s& weights, const Int32s& bias) {
    Tensor w{.name = "w", .dtype = DType::kInt8, .shape = filter, .constant = Stored(weights)};
    w.quantization = Quantization{{1}, {0}};
    std::vector<TensorId> inputs = {last_, graph.Add(std::move(w)), kNoTensor};
    if (!bias.empty()) {
      Tensor b{.name = "b", .dtype = DType::kInt32, .constant = Stored(bias)};
      b.shape = {static_cast<int64_t>(bias.size())};
      b.quantization = Quantization{{1}, {0}};
      inputs[2] = graph.Add(std::move(b));
    }
    const std::vector<Shape> shapes = {graph.tensor(last_).shape, filter};
    last_ = Activation(*InferShape(op, shapes));
    graph.nodes.push_back(
        {"n" + std::to_string(graph.nodes.size()), std::move(op), inputs, {last_}});
    graph.outputs = {last_};
    return *this;
  }

  Quantization& OutputOf(size_t node) {
    return *graph.tensor(graph.nodes[node].outputs[0]).quantization;
  }
  Quantization& FilterOf(size_t node) {
    return *graph.tensor(graph.nodes[node].inputs[1]).quantization;
  }

  Graph graph;

 private:
  TensorId Activation(const Shape& shape) {
    return graph.Add({.name = "t",
                      .dtype = DType::kInt8,
                      .shape = shape,
                      .quantization = Quantization{{1}, {0}}});
  }

  TensorId last_ = kNoTensor;
};

int64_t Channels(const Graph& graph, size_t node) {
  return graph.tensor(graph.nodes[node].outputs[0]).shape.back();
}

template <typename T>
std::vector<T> ConstantOf(const Graph& graph, size_t node, size_t input) {
  const auto values = graph.tensor(graph.nodes[node].inputs[input]).ConstantAs<T>();
  return {values.begin(), values.end()};
}

std::vector<Bytes> RunNatively(const Graph& graph, std::span<const std::byte> input) {
  const Result<Plan> plan = MakePlan(graph);
  EXPECT_TRUE(plan.ok()) << plan.error().ToString();
  Runner runner(*plan);
  runner.SetInput(0, input);
  runner.Run();
  std::vector<Bytes> outputs;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const auto output = runner.Output(i);
    outputs.emplace_back(output.begin(), output.end());
  }
  return outputs;
}

Graph Removed(const Graph& graph) {
  EXPECT_TRUE(Validate(graph).ok());
  Graph after = graph;
  EXPECT_TRUE(RemoveDeadChannels(after).ok());
  const Status valid = Validate(after);
  EXPECT_TRUE(valid.ok()) << (valid.ok() ? "" : valid.error().ToString());
  return after;
}

// Runs the pass, and expects the same bytes of random inputs.
Graph RemovedExactly(const Graph& graph, uint32_t seed = 1) {
  Graph after = Removed(graph);
  std::mt19937 random(seed);
  for (int run = 0; run < 4; ++run) {
    Bytes input(static_cast<size_t>(BytesOf(graph.tensor(graph.inputs[0]))));
    for (std::byte& byte : input) byte = static_cast<std::byte>(random());
    EXPECT_EQ(RunNatively(after, input), RunNatively(graph, input));
  }
  return after;
}

// ---- Which channels are constant.

// Channel 1 of two is of this weight and bias, and then multiplied by `scale`.
Network OfOneWeight(int8_t weight, int32_t bias, float scale) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{}, {2, 1, 1, 1}, {1, weight}, {0, bias});
  network.Append(Conv2D{}, {2, 1, 1, 2}, {1, 2, 3, 4}, {5, 6});
  network.FilterOf(0) = {{1, scale}, {0, 0}, 0};
  return network;
}

TEST(RemoveDeadInt8Channels, AConstantIsAddedToTheBias) {
  const Graph after = RemovedExactly(OfOneWeight(0, 40, 0.25f).graph);
  EXPECT_EQ(ConstantOf<int8_t>(after, 0, 1), (Int8s{1}));
  EXPECT_EQ(ConstantOf<int32_t>(after, 0, 2), (Int32s{0}));
  EXPECT_EQ(ConstantOf<int8_t>(after, 1, 1), (Int8s{1, 3}));
  EXPECT_EQ(ConstantOf<int32_t>(after, 1, 2), (Int32s{5 + 2 * 10, 6 + 4 * 10}));
}

TEST(RemoveDeadInt8Channels, ScalesAndZeroPointsOfChannelsGoWithThem) {
  Network network = OfOneWeight(0, 40, 0.25f);
  const Graph after = RemovedExactly(network.graph);
  EXPECT_EQ(*after.tensor(after.nodes[0].inputs[1]).quantization, (Quantization{{1}, {0}}));
}

TEST(RemoveDeadInt8Channels, ValuesCountFromTheZeroPoints) {
  Network network = OfOneWeight(9, 40, 0.25f);
  network.FilterOf(0).zero_point = {2, 9};
  network.OutputOf(0).zero_point = {-7};
  network.FilterOf(1).zero_point = {1};
  const Graph after = RemovedExactly(network.graph);
  EXPECT_EQ(Channels(after, 0), 1);
  EXPECT_EQ(ConstantOf<int32_t>(after, 1, 2), (Int32s{5 + 1 * 10, 6 + 3 * 10}));
}

TEST(RemoveDeadInt8Channels, ItIsConstantIfEveryInputGivesTheSame) {
  int constant = 0, other = 0;
  std::mt19937 random(1);
  Bytes inputs(4);
  for (int i = 0; i < 500; ++i) {
    const auto weight = static_cast<int8_t>(random() % 16 - 8);
    const auto bias = static_cast<int32_t>(random() % 4000) - 2000;
    const auto scale = static_cast<float>(random() % 1000 + 1) / 10000;
    const Network network = OfOneWeight(weight, bias, scale);
    // The channel alone, seen from outside.
    Network alone({1, 1, 256, 1});
    alone.Append(Conv2D{.activation = {-100, 50}}, {1, 1, 1, 1}, {weight}, {bias});
    alone.FilterOf(0).scale = {scale};
    Graph inside = network.graph;
    inside.nodes[0].As<Conv2D>()->activation = {-100, 50};
    Bytes input(256);
    for (size_t v = 0; v < 256; ++v) input[v] = static_cast<std::byte>(v);
    const Bytes output = RunNatively(alone.graph, input)[0];
    const bool is_constant = std::ranges::count(output, output[0]) == 256;
    EXPECT_EQ(Channels(Removed(inside), 0), is_constant ? 1 : 2)
        << int{weight} << ' ' << bias << ' ' << scale;
    (is_constant ? constant : other) += 1;
  }
  EXPECT_GT(constant, 100);
  EXPECT_GT(other, 100);
}

TEST(RemoveDeadInt8Channels, SumsThatMayWrapAreNoConstants) {
  const int32_t most = std::numeric_limits<int32_t>::max();
  EXPECT_EQ(Channels(Removed(OfOneWeight(1, most - 127, 1).graph), 0), 1);
  EXPECT_EQ(Channels(Removed(OfOneWeight(1, most - 126, 1).graph), 0), 2);
  EXPECT_EQ(Channels(Removed(OfOneWeight(1, -most + 127, 1).graph), 0), 1);
  EXPECT_EQ(Channels(Removed(OfOneWeight(1, -most + 126, 1).graph), 0), 2);
}

TEST(RemoveDeadInt8Channels, AScaleThatIsNoNumberIsLeftToThePlanner) {
  Network network = OfOneWeight(0, 0, 1e30f);
  network.OutputOf(0).scale = {1e-30f};
  EXPECT_EQ(Channels(Removed(network.graph), 0), 2);
}

TEST(RemoveDeadInt8Channels, AReadersBiasWrapsAsItsSumsDo) {
  Network network = OfOneWeight(0, 100, 1);
  const int32_t most = std::numeric_limits<int32_t>::max();
  auto& bias = network.graph.tensor(network.graph.nodes[1].inputs[2]);
  bias.constant = Stored(Int32s{most - 100, most});
  const Graph after = Removed(network.graph);
  EXPECT_EQ(ConstantOf<int32_t>(after, 1, 2)[0], std::numeric_limits<int32_t>::min() + 99);
}

// ---- Through what they go, and where they end.

// A head whose channel 1 is `value`, a depthwise convolution of 3x3, and a reader.
Network ThroughDepthwise(int32_t value, const Padding& padding) {
  Network network({1, 5, 5, 1});
  network.Append(Conv2D{}, {2, 1, 1, 1}, {1, 0}, {0, value});
  network.Append(DepthwiseConv2D{.window = {.padding = padding}}, {1, 3, 3, 2},
                 {1, 2, 3, 4, 5, -6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {3, 4});
  network.Append(Conv2D{}, {2, 1, 1, 2}, {1, 2, 3, 4}, {5, 6});
  network.OutputOf(0).zero_point = {-20};
  return network;
}

TEST(RemoveDeadInt8Channels, PaddingHasToBeTheSame) {
  for (const auto& [value, padding, staying] :
       {std::tuple{0, Padding{1, 1, 1, 1}, 1}, std::tuple{2, Padding{}, 1},
        std::tuple{2, Padding{0, 0, 0, 1}, 2}}) {
    const Graph after = RemovedExactly(ThroughDepthwise(value, padding).graph);
    EXPECT_EQ(Channels(after, 0), staying);
    EXPECT_EQ(Channels(after, 1), staying);
  }
  for (const auto& [value, staying] : {std::pair{0, 1}, std::pair{2, 2}}) {
    Network network({1, 5, 5, 1});
    network.Append(Conv2D{}, {2, 1, 1, 1}, {1, 0}, {0, value});
    network.Append(Conv2D{.window = {.padding = {1, 0, 0, 0}}}, {1, 2, 1, 2}, {1, 2, 3, 4}, {5});
    EXPECT_EQ(Channels(RemovedExactly(network.graph), 0), staying);
  }
}

TEST(RemoveDeadInt8Channels, OtherArithmeticKeepsThem) {
  for (const Arithmetic arithmetic : {Arithmetic::kTfliteInt8, Arithmetic::kTfliteUint8}) {
    Network network = ThroughDepthwise(0, {});
    network.graph.nodes[1].As<DepthwiseConv2D>()->arithmetic = arithmetic;
    EXPECT_EQ(Channels(RemovedExactly(network.graph), 0), 2);
  }
}

TEST(RemoveDeadInt8Channels, AMeanOfOtherScaleIsLeftToTheKernel) {
  for (const float scale : {1.0f, 0.5f}) {
    Network network({1, 2, 2, 1});
    network.Append(Conv2D{}, {2, 1, 1, 1}, {1, 0}, {0, 9});
    network.Append(Conv2D{}, {1, 1, 1, 2}, {1, 2}, {0});
    Graph& graph = network.graph;
    Tensor mean = graph.tensor(graph.nodes[0].outputs[0]);
    mean.shape = {1, 1, 1, 2};
    mean.quantization->scale = {scale};
    const TensorId means = graph.Add(mean);
    graph.nodes[1].inputs[0] = means;
    graph.tensor(graph.nodes[1].outputs[0]).shape = {1, 1, 1, 1};
    graph.nodes.insert(graph.nodes.begin() + 1,
                       {"mean", Mean{{1, 2}}, {graph.nodes[0].outputs[0]}, {means}});
    EXPECT_EQ(Channels(RemovedExactly(graph), 0), scale == 1 ? 1 : 2);
  }
}

TEST(RemoveDeadInt8Channels, AReaderWithoutBiasGetsOne) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{}, {2, 1, 1, 1}, {1, 0}, {0, 9});
  network.Append(Conv2D{}, {2, 1, 1, 2}, {1, 2, 3, 4}, {});
  network.OutputOf(0).scale = {0.5f};
  network.FilterOf(1) = {{0.25f, 2}, {0, 0}, 0};
  const Graph after = RemovedExactly(network.graph);
  EXPECT_EQ(ConstantOf<int32_t>(after, 1, 2), (Int32s{2 * 18, 4 * 18}));
  EXPECT_EQ(*after.tensor(after.nodes[1].inputs[2]).quantization,
            (Quantization{{0.125f, 1}, {0, 0}}));
}

TEST(RemoveDeadInt8Channels, AChannelReadWithZeroPointsGoesWhateverItIs) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{}, {2, 1, 1, 1}, {1, 2}, {0, 9});
  network.Append(Conv2D{}, {2, 1, 1, 2}, {1, 5, 3, 5}, {1, 2});
  network.FilterOf(1).zero_point = {5};
  const Graph after = RemovedExactly(network.graph);
  EXPECT_EQ(ConstantOf<int8_t>(after, 1, 1), (Int8s{1, 3}));
  EXPECT_EQ(ConstantOf<int32_t>(after, 1, 2), (Int32s{1, 2}));
}

// ---- As the kernels compute it.

TEST(RemoveDeadInt8Channels, RandomNetworksComputeTheSame) {
  int smaller = 0;
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto kind = seed % 2 ? RandomNetwork::Kind::kAny : RandomNetwork::Kind::kWindows;
    RandomNetwork network(seed, DType::kInt8, kind);
    std::mt19937 random(seed);
    Graph before = network.graph();
    KillChannels(before, random);
    smaller += MacsOf(RemovedExactly(before, seed)) < MacsOf(before);
    if (HasFailure()) return;
  }
  EXPECT_GT(smaller, 20) << "networks that had something to remove";
}

}  // namespace
}  // namespace wranglet
