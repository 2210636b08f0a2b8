#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/passes/testing_dead_channels.h"
#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/run/random_network.h"
#include "plugin/compiler/run/reference_evaluation.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr Activation kRelu = {0, kInfinity}, kRelu6 = {0, 6};

using Floats = std::vector<float>;

Floats RandomFloats(uint32_t seed, int64_t count) {
  std::mt19937 random(seed);
  Floats values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(random() % 2000) / 1000 - 1;
  return values;
}

// Nodes are known by their index, and read the one before unless told otherwise.
class Network {
 public:
  explicit Network(const Shape& input) {
    graph.inputs = {last_ = graph.Add({.name = "x", .shape = input})};
  }

  TensorId Constant(const Shape& shape, const Floats& values) {
    Tensor tensor{.name = "c", .shape = shape};
    const auto bytes = std::as_bytes(std::span(values));
    tensor.constant.emplace(bytes.begin(), bytes.end());
    return graph.Add(std::move(tensor));
  }

  Network& Append(Operator op, const std::vector<TensorId>& constants = {}) {
    std::vector<TensorId> inputs = {last_};
    inputs.insert(inputs.end(), constants.begin(), constants.end());
    std::vector<Shape> shapes;
    for (const TensorId id : inputs) shapes.push_back(graph.tensor(id).shape);
    const Result<Shape> shape = InferShape(op, shapes);
    EXPECT_TRUE(shape.ok());
    return AppendShaped(std::move(op), std::move(inputs), *shape);
  }
  Network& Append(Operator op, const Shape& filter, const Floats& weights, const Floats& bias) {
    const TensorId w = Constant(filter, weights);
    return Append(std::move(op), {w, Constant({static_cast<int64_t>(bias.size())}, bias)});
  }
  Network& AppendRandom(Operator op, const Shape& filter, uint32_t seed = 1) {
    const int64_t channels = filter[static_cast<size_t>(*FilterChannelAxis(op))];
    return Append(std::move(op), filter, RandomFloats(seed, *ElementCount(filter)),
                  RandomFloats(seed + 1, channels));
  }
  Network& AppendShaped(Operator op, std::vector<TensorId> inputs, const Shape& output) {
    last_ = graph.Add({.name = "t", .shape = output});
    graph.nodes.push_back(
        {"n" + std::to_string(graph.nodes.size()), std::move(op), std::move(inputs), {last_}});
    return *this;
  }
  Network& Reshaped(const Shape& shape) { return AppendShaped(Reshape{}, {last_}, shape); }

  // From where the next node reads.
  Network& From(size_t node) {
    last_ = graph.nodes[node].outputs[0];
    return *this;
  }
  Network& Output() {
    graph.outputs.push_back(last_);
    return *this;
  }
  TensorId last() const { return last_; }

  Graph graph;

 private:
  TensorId last_ = kNoTensor;
};

// 1x1 to three channels: of random weights, of none, and of random ones again.
Network& AppendHead(Network& network, float bias, const Activation& activation = {}) {
  const int64_t depth = network.graph.tensor(network.last()).shape.back();
  Floats weights = RandomFloats(7, 3 * depth);
  std::fill_n(weights.begin() + depth, depth, 0.0f);
  return network.Append(Conv2D{.activation = activation}, {3, 1, 1, depth}, weights,
                        {0.25f, bias, -0.5f});
}

int64_t Channels(const Graph& graph, size_t node) {
  return graph.tensor(graph.nodes[node].outputs[0]).shape.back();
}

Floats ConstantOf(const Graph& graph, size_t node, size_t input) {
  const auto values = graph.tensor(graph.nodes[node].inputs[input]).ConstantAs<float>();
  return {values.begin(), values.end()};
}

// All outputs, one behind the other, in real numbers.
std::vector<double> Evaluate(const Graph& graph, const Floats& input) {
  std::vector<std::vector<double>> values(graph.tensors.size());
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    if (tensor.constant) values[i] = RealValues(tensor, *tensor.constant);
  }
  values[static_cast<size_t>(graph.inputs[0])] = {input.begin(), input.end()};
  for (const Node& node : graph.nodes) {
    std::vector<std::vector<double>> inputs;
    for (const TensorId id : node.inputs) inputs.push_back(values[static_cast<size_t>(id)]);
    values[static_cast<size_t>(node.outputs[0])] = ReferenceOutput(graph, node, inputs);
  }
  std::vector<double> outputs;
  for (const TensorId id : graph.outputs) {
    const std::vector<double>& output = values[static_cast<size_t>(id)];
    outputs.insert(outputs.end(), output.begin(), output.end());
  }
  return outputs;
}

// Runs the pass, and expects a valid network of the same results.
Graph Removed(const Network& network, double tolerance = 1e-5) {
  EXPECT_TRUE(Validate(network.graph).ok());
  Graph after = network.graph;
  EXPECT_TRUE(RemoveDeadChannels(after).ok());
  const Status valid = Validate(after);
  EXPECT_TRUE(valid.ok()) << (valid.ok() ? "" : valid.error().ToString());
  if (!valid.ok()) return after;
  const Floats input = RandomFloats(99, CountOf(after.tensor(after.inputs[0])));
  const std::vector<double> expected = Evaluate(network.graph, input);
  const std::vector<double> actual = Evaluate(after, input);
  EXPECT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
    EXPECT_NEAR(actual[i], expected[i], tolerance * (1 + std::abs(expected[i]))) << "element " << i;
  }
  return after;
}

// ---- Which channels are constant.

TEST(RemoveDeadChannels, ZerosLeaveTheBiasInTheActivationsBounds) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{.activation = kRelu6}, {4, 1, 1, 1}, {1, 0, 0, 0}, {0.5f, -1, 3, 7});
  network.Append(Conv2D{}, {2, 1, 1, 4}, {1, 2, 3, 4, 5, 6, 7, 8}, {10, 20}).Output();
  const Graph after = Removed(network);
  EXPECT_EQ(ConstantOf(after, 0, 1), (Floats{1}));
  EXPECT_EQ(ConstantOf(after, 0, 2), (Floats{0.5f}));
  EXPECT_EQ(ConstantOf(after, 1, 1), (Floats{1, 5}));
  EXPECT_EQ(ConstantOf(after, 1, 2), (Floats{10 + 3 * 3 + 4 * 6, 20 + 7 * 3 + 8 * 6}));
}

// How many of three channels stay: one of weight 1, one of `weight` and `bias`, and one of the
// same, negated. The input has one channel.
int64_t Staying(float weight, float bias, const Activation& activation = {}) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{.activation = activation}, {3, 1, 1, 1}, {1, weight, -weight},
                 {0, bias, bias});
  network.AppendRandom(Conv2D{}, {1, 1, 1, 3}).Output();
  return Channels(Removed(network), 0);
}

TEST(RemoveDeadChannels, WeightsBelowTheLastDigitOfTheBiasAreNone) {
  // Floats are 2^-14 apart below 1000: inputs of 2^20 must not make half of that.
  EXPECT_EQ(Staying(0x1p-36f, 1000), 1);
  EXPECT_EQ(Staying(0x1.1p-35f, 1000), 3);
  EXPECT_EQ(Staying(0x1p-36f, -1000), 1);
  EXPECT_EQ(Staying(0x1.1p-35f, -1000), 3);
  EXPECT_EQ(Staying(1e-30f, 0), 3) << "the bias has no digits";
}

TEST(RemoveDeadChannels, WhatTheActivationCutsOffIsConstant) {
  // 2^20 * 0.0019 is 1992, 2^20 * 0.00192 is 2013.
  EXPECT_EQ(Staying(0.0019f, -2000, kRelu), 1);
  EXPECT_EQ(Staying(0.00192f, -2000, kRelu), 3);
  EXPECT_EQ(Staying(0.0019f, 2000, kRelu6), 1);
  EXPECT_EQ(Staying(0.00192f, 2000, kRelu6), 3);
  EXPECT_EQ(Staying(0.0019f, -2000), 3) << "without an activation";
}

TEST(RemoveDeadChannels, AWeightThatIsNoNumberIsNoConstant) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{.activation = kRelu6}, {2, 1, 1, 1}, {1, NAN}, {0, -1});
  network.AppendRandom(Conv2D{}, {1, 1, 1, 2}).Output();
  ASSERT_TRUE(RemoveDeadChannels(network.graph).ok());
  EXPECT_EQ(Channels(network.graph, 0), 2);
}

// ---- Through what they go.

// A head whose channel 1 is `value`, a depthwise convolution of 3x3, and a reader.
Network ThroughDepthwise(float value, const Padding& padding, float bias = 0.5f,
                         const Activation& activation = {}) {
  Network network({1, 5, 5, 2});
  AppendHead(network, value);
  network.Append(DepthwiseConv2D{.window = {.padding = padding}, .activation = activation},
                 {1, 3, 3, 3}, RandomFloats(2, 27), {0.25f, bias, 0.75f});
  network.AppendRandom(Conv2D{}, {2, 1, 1, 3}, 3).Output();
  return network;
}

TEST(RemoveDeadChannels, AZeroGoesThroughPaddedWindows) {
  const Graph after = Removed(ThroughDepthwise(0, {1, 1, 1, 1}));
  EXPECT_EQ(Channels(after, 0), 2);
  EXPECT_EQ(Channels(after, 1), 2);
  EXPECT_EQ(after.tensor(after.nodes[1].inputs[1]).shape, (Shape{1, 3, 3, 2}));
  EXPECT_EQ(after.tensor(after.nodes[2].inputs[1]).shape, (Shape{2, 1, 1, 2}));
}

TEST(RemoveDeadChannels, AnotherNumberGoesThroughWindowsWithinTheImage) {
  EXPECT_EQ(Channels(Removed(ThroughDepthwise(2, {})), 1), 2);
  for (const Padding& padding :
       {Padding{1, 0, 0, 0}, Padding{0, 1, 0, 0}, Padding{0, 0, 1, 0}, Padding{0, 0, 0, 1}}) {
    EXPECT_EQ(Channels(Removed(ThroughDepthwise(2, padding)), 1), 3);
  }
}

TEST(RemoveDeadChannels, TheNextActivationCutsOffWhatPaddingMakesOfIt) {
  EXPECT_EQ(Channels(Removed(ThroughDepthwise(2, {1, 1, 1, 1}, -100, kRelu)), 1), 2);
  EXPECT_EQ(Channels(Removed(ThroughDepthwise(2, {1, 1, 1, 1}, 100, kRelu6)), 1), 2);
  EXPECT_EQ(Channels(Removed(ThroughDepthwise(2, {1, 1, 1, 1}, 1, kRelu6)), 1), 3);
}

TEST(RemoveDeadChannels, ADepthwiseFilterOfZerosTakesItsInputAway) {
  Network network({1, 5, 5, 2});
  network.AppendRandom(Conv2D{}, {3, 1, 1, 2});
  Floats weights = RandomFloats(2, 27);
  for (size_t tap = 0; tap < 9; ++tap) weights[tap * 3 + 2] = 0;
  network.Append(DepthwiseConv2D{.window = {.padding = {1, 1, 1, 1}}}, {1, 3, 3, 3}, weights,
                 {1, 2, 3});
  network.AppendRandom(Conv2D{}, {2, 1, 1, 3}, 3).Output();
  const Graph after = Removed(network);
  EXPECT_EQ(Channels(after, 0), 2);
  EXPECT_EQ(ConstantOf(after, 1, 2), (Floats{1, 2}));
}

TEST(RemoveDeadChannels, TheLastConvolutionsGoWithColumnsOfTheClassifier) {
  const auto through = [](auto append) {
    Network network({2, 4, 4, 2});
    append(AppendHead(network, 3, kRelu6));
    network.AppendRandom(FullyConnected{}, {2, 3}, 3).Output();
    const Graph after = Removed(network);
    EXPECT_EQ(after.tensor(after.nodes.back().inputs[1]).shape, (Shape{2, 2}));
    return Channels(after, 0);
  };
  const Pool2D global = {.kernel_h = 4, .kernel_w = 4};
  EXPECT_EQ(through([](Network& n) { n.AppendShaped(Mean{{1, 2}}, {n.last()}, {2, 3}); }), 2);
  EXPECT_EQ(through([](Network& n) { n.Append(Mean{{1, 2}}).Reshaped({2, 3}); }), 2);
  EXPECT_EQ(through([&](Network& n) { n.Append(global).Reshaped({2, 3}); }), 2);
  EXPECT_EQ(through([](Network& n) { n.Append(Clamp{{-1, 2}}).Reshaped({32, 3}); }), 2);
}

TEST(RemoveDeadChannels, FullyConnectedLayersHaveThemToo) {
  Network network({2, 3});
  network.Append(FullyConnected{kRelu}, {2, 3}, {0, 0, 0, 1, 2, 3}, {5, 0});
  network.Append(FullyConnected{}, {1, 2}, {2, 1}, {1}).Output();
  const Graph after = Removed(network);
  EXPECT_EQ(ConstantOf(after, 0, 1), (Floats{1, 2, 3}));
  EXPECT_EQ(ConstantOf(after, 1, 2), (Floats{11}));
}

TEST(RemoveDeadChannels, AnAverageThatCountsPaddingIsLessAtTheEdge) {
  const auto staying = [](Pool2D pool, float value) {
    pool.kernel_h = pool.kernel_w = 2, pool.window.padding = {1, 1, 0, 0};
    Network network({1, 4, 4, 2});
    AppendHead(network, value).Append(pool).AppendRandom(Conv2D{}, {2, 1, 1, 3}, 3).Output();
    return Channels(Removed(network), 0);
  };
  EXPECT_EQ(staying({}, 3), 2);
  EXPECT_EQ(staying({.kind = Pool2D::Kind::kMax}, -3), 2);
  EXPECT_EQ(staying({.counts_padding = true}, 3), 3);
  EXPECT_EQ(staying({.counts_padding = true}, 0), 2);
}

// ---- Where they end.

TEST(RemoveDeadChannels, APaddedConvolutionTakesZerosAlone) {
  const auto staying = [](float value, const Padding& padding) {
    Network network({1, 5, 5, 2});
    AppendHead(network, value);
    network.AppendRandom(Conv2D{.window = {.padding = padding}}, {2, 3, 3, 3}, 3).Output();
    return Channels(Removed(network), 0);
  };
  EXPECT_EQ(staying(3, {}), 2) << "its bias takes the sum over all taps";
  EXPECT_EQ(staying(3, {0, 0, 1, 0}), 3);
  EXPECT_EQ(staying(0, {0, 0, 1, 0}), 2);
}

TEST(RemoveDeadChannels, AReaderWithoutBiasGetsOne) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{}, {network.Constant({2, 1, 1, 1}, {1, 0})});
  network.graph.nodes[0].inputs.push_back(network.Constant({2}, {0, 2}));
  network.Append(Conv2D{}, {network.Constant({1, 1, 1, 2}, {3, 4})}).Output();
  EXPECT_EQ(ConstantOf(Removed(network), 1, 2), (Floats{8}));
}

TEST(RemoveDeadChannels, AHeadWithoutBiasHasZeros) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{}, {network.Constant({2, 1, 1, 1}, {1, 0})});
  network.Append(Conv2D{}, {network.Constant({1, 1, 1, 2}, {3, 4})}).Output();
  const Graph after = Removed(network, 0);
  EXPECT_EQ(ConstantOf(after, 0, 1), (Floats{1}));
  EXPECT_EQ(ConstantOf(after, 1, 1), (Floats{3}));
}

TEST(RemoveDeadChannels, OutputsOfTheNetworkKeepThem) {
  Network network({1, 2, 2, 2});
  AppendHead(network, 3).Output().AppendRandom(Conv2D{}, {2, 1, 1, 3}, 3).Output();
  EXPECT_EQ(Channels(Removed(network), 0), 3);
}

TEST(RemoveDeadChannels, AResidualKeepsThem) {
  Network network({1, 2, 2, 3});
  AppendHead(network, 3)
      .AppendShaped(Binary{}, {network.last(), network.graph.inputs[0]}, {1, 2, 2, 3});
  network.AppendRandom(Conv2D{}, {2, 1, 1, 3}, 3).Output();
  EXPECT_EQ(Channels(Removed(network), 0), 3);
}

TEST(RemoveDeadChannels, ASecondReaderKeepsThemUnlessItTakesThemToo) {
  const auto staying = [](const Operator& second, const Shape& filter) {
    Network network({1, 2, 2, 2});
    AppendHead(network, 3).AppendRandom(Conv2D{}, {2, 1, 1, 3}, 3).Output().From(0);
    filter.empty() ? network.Append(second) : network.AppendRandom(second, filter, 5);
    return Channels(Removed(network.Output()), 0);
  };
  EXPECT_EQ(staying(Conv2D{}, {4, 1, 1, 3}), 2);
  EXPECT_EQ(staying(FullyConnected{}, {4, 3}), 2);
  EXPECT_EQ(staying(DepthwiseConv2D{}, {1, 1, 1, 3}), 3);
  EXPECT_EQ(staying(Softmax{}, {}), 3);
  EXPECT_EQ(staying(Conv2D{.window = {.padding = {1, 0, 0, 0}}}, {4, 2, 1, 3}), 3);
}

TEST(RemoveDeadChannels, OperatorsThatMixOrSplitChannelsKeepThem) {
  const auto staying = [](auto append) {
    Network network({1, 2, 2, 2});
    append(AppendHead(network, 3));
    return Channels(Removed(network.Output()), 0);
  };
  EXPECT_EQ(staying([](Network& n) { n.AppendRandom(Conv2D{.groups = 3}, {3, 1, 1, 1}); }), 3);
  EXPECT_EQ(staying([](Network& n) {
              n.AppendRandom(DepthwiseConv2D{.multiplier = 2}, {1, 1, 1, 6});
              n.AppendRandom(Conv2D{}, {2, 1, 1, 6});
            }),
            3);
  EXPECT_EQ(
      staying([](Network& n) { n.Reshaped({1, 12}).AppendRandom(FullyConnected{}, {2, 12}); }), 3);
  EXPECT_EQ(
      staying([](Network& n) {
        n.AppendShaped(Mean{{3}}, {n.last()}, {1, 2, 2}).AppendRandom(FullyConnected{}, {1, 2});
      }),
      3);
}

TEST(RemoveDeadChannels, FunctionsOfConstantsAreLeftToTheKernels) {
  Network network({1, 2, 2, 2});
  AppendHead(network, 3).Append(Unary{}).AppendRandom(Conv2D{}, {2, 1, 1, 3}, 3).Output();
  EXPECT_EQ(Channels(Removed(network), 0), 3);
}

TEST(RemoveDeadChannels, OneAlwaysStays) {
  Network network({1, 2, 2, 2});
  network.Append(Conv2D{}, {3, 1, 1, 2}, Floats(6), {1, 2, 3});
  network.Append(Conv2D{}, {2, 1, 1, 3}, {1, 1, 1, 2, 3, 4}, {0, 0}).Output();
  const Graph after = Removed(network);
  EXPECT_EQ(Channels(after, 0), 1);
  EXPECT_EQ(ConstantOf(after, 1, 1), (Floats{1, 2}));
  EXPECT_EQ(ConstantOf(after, 1, 2), (Floats{5, 18}));
}

// ---- Channels that nobody minds.

TEST(RemoveDeadChannels, AChannelReadWithZerosGoesWhateverItIs) {
  Network network({1, 4, 4, 2});
  network.AppendRandom(Conv2D{}, {3, 1, 1, 2}).Append(Unary{});
  network.Append(Conv2D{.window = {.padding = {1, 1, 1, 1}}}, {1, 2, 1, 3}, {1, 0, 2, 3, 0, 4},
                 {5});
  const Graph after = Removed(network.Output(), 0);
  EXPECT_EQ(Channels(after, 0), 2);
  EXPECT_EQ(ConstantOf(after, 2, 1), (Floats{1, 2, 3, 4}));
}

TEST(RemoveDeadChannels, EveryReaderHasToReadItWithZeros) {
  Network network({1, 2, 2, 2});
  network.AppendRandom(Conv2D{}, {2, 1, 1, 2});
  network.Append(Conv2D{}, {1, 1, 1, 2}, {1, 0}, {0}).Output().From(0);
  network.Append(Conv2D{}, {1, 1, 1, 2}, {1, 1}, {0}).Output();
  EXPECT_EQ(Channels(Removed(network), 0), 2);
}

TEST(RemoveDeadChannels, WhatADeadChannelAloneWasMadeOfGoesToo) {
  // The last reads nothing of channel 0 of the second, which alone reads channel 1 of the first.
  Network network({1, 2, 2, 2});
  network.AppendRandom(Conv2D{}, {2, 1, 1, 2});
  network.Append(Conv2D{}, {2, 1, 1, 2}, {1, 2, 3, 0}, {0, 0});
  network.Append(Conv2D{}, {1, 1, 1, 2}, {0, 4}, {0}).Output();
  const Graph after = Removed(network, 0);
  EXPECT_EQ(Channels(after, 1), 1);
  EXPECT_EQ(Channels(after, 0), 1);
}

TEST(RemoveDeadChannels, WhatIsMadeOfDeadChannelsAloneIsConstantToo) {
  Network network({1, 2, 2, 1});
  network.Append(Conv2D{}, {2, 1, 1, 1}, {1, 0}, {0, 2});
  network.Append(Conv2D{}, {2, 1, 1, 2}, {1, 1, 0, 3}, {0, 1});
  network.Append(Conv2D{}, {1, 1, 1, 2}, {1, 5}, {0}).Output();
  const Graph after = Removed(network);
  EXPECT_EQ(Channels(after, 1), 1);
  EXPECT_EQ(ConstantOf(after, 1, 2), (Floats{2}));
  EXPECT_EQ(ConstantOf(after, 2, 2), (Floats{5 * (3 * 2 + 1)}));
}

// ---- Whose they are.

TEST(RemoveDeadChannels, OthersKeepSharedConstants) {
  Network network({1, 2, 2, 2});
  const TensorId filter = network.Constant({2, 1, 1, 2}, {1, 2, 0, 0});
  const TensorId bias = network.Constant({2}, {0, 3});
  network.Append(Conv2D{}, {filter, bias}).Append(Conv2D{}, {filter, bias}).Output();
  network.Append(Conv2D{}, {filter, bias}).Output();
  const Graph after = Removed(network);
  EXPECT_EQ(Channels(after, 0), 1);
  EXPECT_EQ(ConstantOf(after, 1, 1), (Floats{1, 0}));
  EXPECT_EQ(ConstantOf(after, 1, 2), (Floats{6, 3}));
  EXPECT_EQ(ConstantOf(after, 2, 1), (Floats{1, 2, 0, 0}));
  EXPECT_EQ(ConstantOf(after, 2, 2), (Floats{0, 3}));
}

TEST(RemoveDeadChannels, QuantisedNetworksStay) {
  Network network = ThroughDepthwise(0, {});
  network.graph.tensor(network.graph.inputs[0]).quantization = Quantization{{1}, {0}};
  ASSERT_TRUE(RemoveDeadChannels(network.graph).ok());
  EXPECT_EQ(Channels(network.graph, 0), 3);
}

// ---- As the kernels compute it.

std::vector<double> RunNatively(const Graph& graph, std::span<const std::byte> input) {
  const Result<Plan> plan = MakePlan(graph);
  EXPECT_TRUE(plan.ok()) << plan.error().ToString();
  Runner runner(*plan);
  runner.SetInput(0, input);
  runner.Run();
  std::vector<double> outputs;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const auto values = RealValues(graph.tensor(graph.outputs[i]), runner.Output(i));
    outputs.insert(outputs.end(), values.begin(), values.end());
  }
  return outputs;
}

TEST(RemoveDeadChannels, RandomNetworksComputeTheSame) {
  int smaller = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto kind = seed % 2 ? RandomNetwork::Kind::kAny : RandomNetwork::Kind::kWindows;
    RandomNetwork network(seed, DType::kFloat32, kind);
    std::mt19937 random(seed);
    Graph before = network.graph();
    KillChannels(before, random);
    Graph after = before;
    ASSERT_TRUE(RemoveDeadChannels(after).ok());
    ASSERT_TRUE(Validate(after).ok());
    smaller += MacsOf(after) < MacsOf(before);
    const std::vector<std::byte> input = network.RandomInput();
    const std::vector<double> expected = RunNatively(before, input);
    const std::vector<double> actual = RunNatively(after, input);
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      ASSERT_NEAR(actual[i], expected[i], 1e-5 * (1 + std::abs(expected[i]))) << "element " << i;
    }
  }
  EXPECT_GT(smaller, 20) << "networks that had something to remove";
}

TEST(RemoveDeadChannels, InvertedBottlenecksComputeTheSame) {
  // Expanded to 24 channels, filtered, and brought down again, two times; then classified.
  Network network({1, 8, 8, 4});
  const Window same = {.padding = {1, 1, 1, 1}};
  for (const uint32_t seed : {10u, 20u}) {
    network.AppendRandom(Conv2D{.activation = kRelu6}, {24, 1, 1, 4}, seed);
    network.AppendRandom(DepthwiseConv2D{.window = same, .activation = kRelu6}, {1, 3, 3, 24},
                         seed + 2);
    network.AppendRandom(Conv2D{}, {4, 1, 1, 24}, seed + 4);
  }
  network.AppendShaped(Mean{{1, 2}}, {network.last()}, {1, 4});
  network.AppendRandom(FullyConnected{}, {5, 4}, 30).Output();
  std::mt19937 random(1);
  KillChannels(network.graph, random);
  Graph after = network.graph;
  ASSERT_TRUE(RemoveDeadChannels(after).ok());
  ASSERT_TRUE(Validate(after).ok());
  EXPECT_LT(Channels(after, 0), 24);
  EXPECT_LT(Channels(after, 3), 24);
  const Floats input = RandomFloats(5, 8 * 8 * 4);
  const std::vector<double> expected = RunNatively(network.graph, std::as_bytes(std::span(input)));
  const std::vector<double> actual = RunNatively(after, std::as_bytes(std::span(input)));
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(actual[i], expected[i], 1e-5) << "class " << i;
}

}  // namespace
}  // namespace wranglet
