#include "plugin/compiler/quantize/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace wranglet {
namespace {

std::vector<std::byte> Floats(const std::vector<float>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

// x [1,1,1,2] -> FullyConnected (a filter of three channels, a bias) -> y [1,3] -> what a test
// appends.
class Network {
 public:
  Network(const std::vector<float>& filter, const std::vector<float>& bias,
          Activation activation = {}) {
    graph.file = "net.onnx";
    x = Add("x", {1, 2}, {-1, 1});
    graph.inputs = {x};
    const TensorId w = graph.Add({.name = "w", .shape = {3, 2}, .constant = Floats(filter)});
    const TensorId b = graph.Add({.name = "b", .shape = {3}, .constant = Floats(bias)});
    y = Append(FullyConnected{activation}, {x, w, b}, "y", {1, 3}, {-4, 12});
  }

  TensorId Add(const std::string& name, const Shape& shape, Range range) {
    const TensorId id = graph.Add({.name = name, .shape = shape});
    ranges.resize(graph.tensors.size());
    ranges.back() = range;
    return id;
  }

  // Becomes the network's output.
  TensorId Append(Operator op, std::vector<TensorId> inputs, const std::string& name,
                  const Shape& shape, Range range) {
    const TensorId id = Add(name, shape, range);
    graph.nodes.push_back({name + "_node", op, std::move(inputs), {id}});
    graph.outputs = {id};
    return id;
  }

  Result<Graph> Quantized() const {
    EXPECT_TRUE(Validate(graph).ok());
    return QuantizeGraph(graph, ranges);
  }

  Graph graph;
  Ranges ranges;
  TensorId x, y;
};

const Tensor& Named(const Graph& graph, const char* name) {
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.name == name) return tensor;
  }
  ADD_FAILURE() << "no tensor " << name;
  return graph.tensors[0];
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(QuantizeGraph, EachChannelOfAFilterHasItsScale) {
  const Result<Graph> graph = Network({1, -0.5f, 100, -50, 0, 0}, {0, 0, 0}).Quantized();
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const Tensor& w = Named(*graph, "w");
  EXPECT_EQ(w.dtype, DType::kInt8);
  const auto stored = w.ConstantAs<int8_t>();
  EXPECT_EQ(std::vector(stored.begin(), stored.end()),
            (std::vector<int8_t>{127, -64, 127, -64, 0, 0}));
  EXPECT_EQ(w.quantization->scale, (std::vector<float>{1.0f / 127, 100.0f / 127, 1.0f}));
  EXPECT_EQ(w.quantization->zero_point, (std::vector<int32_t>{0, 0, 0}));
}

TEST(QuantizeGraph, DepthwiseFiltersHaveTheirChannelsLast) {
  Network network({1, 1, 1, 1, 1, 1}, {0, 0, 0});
  const TensorId image = network.Append(Reshape{}, {network.y}, "image", {1, 1, 1, 3}, {-1, 1});
  const TensorId d = network.graph.Add(
      {.name = "d", .shape = {1, 2, 1, 3}, .constant = Floats({1, 20, 300, 0.5f, -40, 0})});
  network.ranges.resize(network.graph.tensors.size());
  DepthwiseConv2D op;
  op.window.padding.bottom = 1;
  network.Append(op, {image, d}, "z", {1, 1, 1, 3}, {-1, 1});
  const Result<Graph> graph = network.Quantized();
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const Tensor& filter = Named(*graph, "d");
  EXPECT_EQ(filter.quantization->axis, 3);
  EXPECT_EQ(filter.quantization->scale,
            (std::vector<float>{1.0f / 127, 40.0f / 127, 300.0f / 127}));
  const auto stored = filter.ConstantAs<int8_t>();
  EXPECT_EQ(std::vector(stored.begin(), stored.end()),
            (std::vector<int8_t>{127, 64, 127, 64, -127, 0}));
}

TEST(QuantizeGraph, BiasesCountInScalesOfInputTimesFilter) {
  const Result<Graph> graph = Network({1, 0, 2, 0, 4, 0}, {1, 1, -1}).Quantized();
  ASSERT_TRUE(graph.ok());
  const Tensor &x = Named(*graph, "x"), &w = Named(*graph, "w"), &b = Named(*graph, "b");
  ASSERT_EQ(b.dtype, DType::kInt32);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_FLOAT_EQ(b.quantization->scale[c], x.quantization->scale[0] * w.quantization->scale[c]);
  }
  EXPECT_NEAR(b.ConstantAs<int32_t>()[0] * b.quantization->scale[0], 1.0, 1e-4);
  EXPECT_NEAR(b.ConstantAs<int32_t>()[2] * b.quantization->scale[2], -1.0, 1e-4);
}

TEST(QuantizeGraph, ADeadChannelKeepsItsBiasAndLeavesTheOthersTheirScale) {
  const Result<Graph> graph = Network({1, 0, 1e-25f, 1e-25f, 0, 0}, {0, 0.5f, -2}).Quantized();
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const Tensor &w = Named(*graph, "w"), &b = Named(*graph, "b");
  EXPECT_EQ(w.quantization->scale[0], 1.0f / 127);
  for (const size_t c : {1, 2}) {
    EXPECT_NEAR(b.ConstantAs<int32_t>()[c] * double{b.quantization->scale[c]}, c == 1 ? 0.5 : -2.0,
                1e-6);
    EXPECT_EQ(w.ConstantAs<int8_t>()[2 * c], 0);
  }
}

TEST(QuantizeGraph, Int16HasBiasesOf64Bits) {
  Network network({1, 0, 2, 0, 4, 0}, {1, 1, -1});
  const Result<Graph> graph =
      QuantizeGraph(network.graph, network.ranges, Uniform(network.graph, DType::kInt16));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const Tensor &x = Named(*graph, "x"), &w = Named(*graph, "w"), &b = Named(*graph, "b");
  EXPECT_EQ(x.dtype, DType::kInt16);
  EXPECT_EQ(Named(*graph, "y").dtype, DType::kInt16);
  EXPECT_EQ(w.dtype, DType::kInt8);
  ASSERT_EQ(b.dtype, DType::kInt64);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_FLOAT_EQ(b.quantization->scale[c], x.quantization->scale[0] * w.quantization->scale[c]);
    EXPECT_NEAR(static_cast<double>(b.ConstantAs<int64_t>()[c]) * b.quantization->scale[c],
                c == 2 ? -1 : 1, 1e-6);
  }
}

TEST(QuantizeGraph, ABiasTooLargeForAnyScaleIsAnError) {
  Network network({1, 1, 1, 1, 1, 1}, {0, 3e38f, 0});
  network.ranges[static_cast<size_t>(network.x)] = Range{0, 1e-30f};
  const Result<Graph> graph = network.Quantized();
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(
      graph.error().ToString(),
      "net.onnx: node 'y_node' (FullyConnected): tensor 'w' or its bias holds values that are "
      "too large for int8");
}

TEST(QuantizeGraph, AFusedActivationNarrowsTheRange) {
  const Result<Graph> graph =
      Network({1, 1, 1, 1, 1, 1}, {0, 0, 0}, Activation{0, 6}).Quantized();  // measured: -4 to 12
  ASSERT_TRUE(graph.ok());
  const Quantization& y = *Named(*graph, "y").quantization;
  EXPECT_FLOAT_EQ(y.scale[0], 6.0f / 255);
  EXPECT_EQ(y.zero_point[0], -128);
}

TEST(QuantizeGraph, AClampNarrowsTheRange) {
  Network network({1, 1, 1, 1, 1, 1}, {0, 0, 0});
  network.Append(Clamp{Activation{-1, kInfinity}}, {network.y}, "z", {1, 3}, {-4, 12});
  const Result<Graph> graph = network.Quantized();
  ASSERT_TRUE(graph.ok());
  EXPECT_FLOAT_EQ(Named(*graph, "z").quantization->scale[0], 13.0f / 255);
}

TEST(QuantizeGraph, WhatOnlyMovesValuesSharesTheirScale) {
  Network network({1, 1, 1, 1, 1, 1}, {0, 0, 0});
  const TensorId reshaped = network.Append(Reshape{}, {network.y}, "reshaped", {1, 1, 3}, {0, 1});
  network.Append(Transpose{{2, 0, 1}}, {reshaped}, "transposed", {3, 1, 1}, {-100, 100});
  const Result<Graph> graph = network.Quantized();
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const Quantization& y = *Named(*graph, "y").quantization;
  for (const char* name : {"reshaped", "transposed"}) {
    EXPECT_EQ(Named(*graph, name).quantization->scale, y.scale) << name;
    EXPECT_EQ(Named(*graph, name).quantization->zero_point, y.zero_point) << name;
  }
}

TEST(QuantizeGraph, ProbabilitiesHaveTheScaleOfLiteRt) {
  Network network({1, 1, 1, 1, 1, 1}, {0, 0, 0});
  network.Append(Softmax{}, {network.y}, "p", {1, 3}, {0.2f, 0.4f});
  const Result<Graph> graph = network.Quantized();
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(Named(*graph, "p").quantization->scale[0], 1.0f / 256);
  EXPECT_EQ(Named(*graph, "p").quantization->zero_point[0], -128);
}

TEST(QuantizeGraph, AConstantOperandBecomesInt8) {
  Network network({1, 1, 1, 1, 1, 1}, {0, 0, 0});
  const TensorId c =
      network.graph.Add({.name = "c", .shape = {1, 3}, .constant = Floats({0, 1, 2.55f})});
  network.ranges.resize(network.graph.tensors.size());
  network.Append(Binary{}, {network.y, c}, "sum", {1, 3}, {-4, 12});
  const Result<Graph> graph = network.Quantized();
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const auto stored = Named(*graph, "c").ConstantAs<int8_t>();
  EXPECT_EQ(std::vector(stored.begin(), stored.end()), (std::vector<int8_t>{-128, -28, 127}));
}

TEST(QuantizeGraph, NodesThatShareABiasGetItInTheirOwnScales) {
  Network network({1, 1, 1, 1, 1, 1}, {1, 1, 1});
  const TensorId w2 = network.graph.Add(
      {.name = "w2", .shape = {3, 3}, .constant = Floats({8, 0, 0, 0, 8, 0, 0, 0, 8})});
  network.ranges.resize(network.graph.tensors.size());
  const TensorId b = network.graph.nodes[0].inputs[2];
  network.Append(FullyConnected{}, {network.y, w2, b}, "z", {1, 3}, {-9, 9});
  const Result<Graph> graph = network.Quantized();
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  for (const Node& node : graph->nodes) {
    const Tensor& bias = graph->tensor(node.inputs[2]);
    EXPECT_NEAR(bias.ConstantAs<int32_t>()[0] * bias.quantization->scale[0], 1.0, 0.1);
  }
}

TEST(QuantizeGraph, WeightsThatAreNotFiniteAreAnError) {
  const Result<Graph> graph = Network({1, NAN, 1, 1, 1, 1}, {0, 0, 0}).Quantized();
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().node, "y_node");
  EXPECT_EQ(graph.error().message, "tensor 'w' holds values that are not finite");
}

TEST(QuantizeGraph, AnOutputThatIsSilentKeepsAFiniteRatioToItsInputs) {
  Network network({100, 100, 100, 100, 100, 100}, {0, 0, 0});
  network.ranges[static_cast<size_t>(network.x)] = Range{-1e3f, 1e3f};
  network.ranges[static_cast<size_t>(network.y)] = Range{0, 1e-45f};
  const Result<Graph> graph = network.Quantized();
  ASSERT_TRUE(graph.ok());
  const auto scale = [&](const char* name) { return Named(*graph, name).quantization->scale[0]; };
  EXPECT_TRUE(std::isfinite(scale("x") * scale("w") / scale("y")));
}

TEST(QuantizeGraph, AnInputNobodyMeasuredIsAnErrorOfTheFile) {
  Network network({1, 1, 1, 1, 1, 1}, {0, 0, 0});
  network.ranges[static_cast<size_t>(network.x)].reset();
  const Result<Graph> graph = network.Quantized();
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().ToString(),
            "net.onnx: tensor 'x' has no range; give calibration samples");
}

TEST(QuantizeGraph, ATensorNobodyMeasuredIsAnError) {
  Network network({1, 1, 1, 1, 1, 1}, {0, 0, 0});
  network.ranges.pop_back();
  const Result<Graph> graph = network.Quantized();
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().message, "tensor 'y' has no range");
}

}  // namespace
}  // namespace wranglet
