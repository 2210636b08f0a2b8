#include "plugin/compiler/graph/graph.h"

#include <gtest/gtest.h>

#include <cmath>
namespace wranglet {
namespace {

Tensor Activation4D(std::string name, Shape shape) {
  return {.name = std::move(name), .shape = std::move(shape)};
}

Tensor Constant(std::string name, Shape shape) {
  Tensor tensor{.name = std::move(name), .shape = std::move(shape)};
  tensor.constant.emplace(static_cast<size_t>(*ElementCount(tensor.shape)) * 4);
  return tensor;
}

// A 3x3 convolution of stride 2 with padding 1, over 1x9x9x3, to 8 channels.
Graph ConvolutionGraph() {
  Graph graph{.file = "a.onnx"};
  const TensorId x = graph.Add(Activation4D("x", {1, 9, 9, 3}));
  const TensorId filter = graph.Add(Constant("filter", {8, 3, 3, 3}));
  const TensorId y = graph.Add(Activation4D("y", {1, 5, 5, 8}));
  graph.nodes.push_back(
      {.name = "conv",
       .op = Conv2D{.window = {.stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}}},
       .inputs = {x, filter, kNoTensor},
       .outputs = {y}});
  graph.inputs = {x};
  graph.outputs = {y};
  return graph;
}

std::string ErrorOf(const Graph& graph) {
  const Status status = Validate(graph);
  return status.ok() ? "" : status.error().ToString();
}

TEST(Validate, AcceptsAGraphThatIsRight) { EXPECT_EQ(ErrorOf(ConvolutionGraph()), ""); }

TEST(Validate, NamesFileNodeAndOperator) {
  Graph graph = ConvolutionGraph();
  graph.tensor(2).shape = {1, 4, 5, 8};
  EXPECT_EQ(ErrorOf(graph),
            "a.onnx: node 'conv' (Conv2D): its output is 1x4x5x8, but its inputs give 1x5x5x8");
}

TEST(Validate, RefusesWhatNoStageCouldTrust) {
  const auto broken = [](auto&& change) {
    Graph graph = ConvolutionGraph();
    change(graph);
    return ErrorOf(graph);
  };
  EXPECT_NE(broken([](Graph& g) { g.nodes[0].inputs[0] = 99; }), "");
  EXPECT_NE(broken([](Graph& g) { g.nodes[0].inputs[1] = kNoTensor; }), "");
  EXPECT_NE(broken([](Graph& g) { g.nodes[0].outputs = {-7}; }), "");
  EXPECT_NE(broken([](Graph& g) { g.nodes[0].inputs.clear(); }), "");
  EXPECT_NE(broken([](Graph& g) { g.nodes.push_back(g.nodes[0]); }), "");
  EXPECT_NE(broken([](Graph& g) { g.inputs = {}; }), "");
  EXPECT_NE(broken([](Graph& g) { g.outputs = {}; }), "");
  EXPECT_NE(broken([](Graph& g) { g.outputs = {500}; }), "");
  EXPECT_NE(broken([](Graph& g) { g.tensor(1).constant->pop_back(); }), "");
  EXPECT_NE(broken([](Graph& g) { g.tensor(0).shape[1] = -1; }), "");
  EXPECT_NE(broken([](Graph& g) { g.tensor(0).shape = Shape(5, int64_t{1} << 40); }), "");
  EXPECT_NE(broken([](Graph& g) { g.tensor(0).quantization = Quantization{{1, 2}, {0}, 0}; }), "");
  EXPECT_NE(broken([](Graph& g) { g.nodes[0].As<Conv2D>()->window.stride_h = 0; }), "");
  EXPECT_NE(broken([](Graph& g) { g.nodes[0].As<Conv2D>()->groups = 2; }), "");
}

TEST(Validate, OnlyConstantsMayHaveAScaleOfZero) {
  const auto error = [](TensorId id, float scale) {
    Graph graph = ConvolutionGraph();
    graph.tensor(id).quantization = Quantization{{scale}, {0}};
    return ErrorOf(graph);
  };
  EXPECT_EQ(error(0, 0.5f), "");
  EXPECT_EQ(error(0, 0.0f), "a.onnx: tensor 'x' has a scale of 0.000000");
  EXPECT_EQ(error(1, 0.0f), "");
  for (const float scale : {-1.0f, INFINITY, NAN}) {
    EXPECT_NE(error(0, scale), "");
    EXPECT_NE(error(1, scale), "");
  }
}

TEST(Validate, ABiasHasOneNumberAChannelOrIsAbsent) {
  for (const Shape& shape : std::vector<Shape>{{}, {1}, {7}, {1, 8}}) {
    Graph graph = ConvolutionGraph();
    graph.nodes[0].inputs[2] = graph.Add(Constant("bias", shape));
    EXPECT_EQ(ErrorOf(graph),
              "a.onnx: node 'conv' (Conv2D): a bias of " + ToString(shape) + " for 8 channels");
  }
  Graph graph = ConvolutionGraph();
  graph.nodes[0].inputs[2] = graph.Add(Constant("bias", {8}));
  EXPECT_EQ(ErrorOf(graph), "");
  graph.nodes[0].inputs.pop_back();
  graph.nodes[0].inputs.pop_back();
  EXPECT_NE(ErrorOf(graph), "") << "the filter is not optional";
}

TEST(Validate, AMeanKeepsItsAxesOrDropsThem) {
  const auto error = [](const Shape& output) {
    Graph graph{.file = "a.onnx"};
    const TensorId x = graph.Add(Activation4D("x", {1, 2, 3, 4}));
    const TensorId y = graph.Add(Activation4D("y", output));
    graph.nodes.push_back(
        {.name = "mean", .op = Mean{.axes = {1, 2}}, .inputs = {x}, .outputs = {y}});
    graph.inputs = {x};
    graph.outputs = {y};
    return ErrorOf(graph);
  };
  EXPECT_EQ(error({1, 1, 1, 4}), "");
  EXPECT_EQ(error({1, 4}), "");
  EXPECT_NE(error({4, 1}), "");
  EXPECT_NE(error({1, 4, 1, 1}), "");
}

TEST(Validate, TheSameConstantMayNotBeReadWithoutEnd) {
  Graph graph{.file = "a.onnx"};
  const TensorId x = graph.Add(Activation4D("x", {1 << 20}));
  const TensorId large = graph.Add(Constant("large", {1 << 20}));
  TensorId last = x;
  for (size_t i = 0; i <= kMaxConstantBytes >> 22; ++i) {
    const TensorId next = graph.Add(Activation4D("", {1 << 20}));
    graph.nodes.push_back(
        {.name = std::to_string(i), .op = Binary{}, .inputs = {last, large}, .outputs = {next}});
    last = next;
  }
  graph.inputs = {x};
  graph.outputs = {last};
  EXPECT_NE(ErrorOf(graph).find("more than 1 GiB"), std::string::npos);
}

TEST(Validate, NamesOfNodesAreUnique) {
  Graph graph{.file = "a.onnx"};
  TensorId last = graph.Add(Activation4D("x", {3}));
  graph.inputs = {last};
  for (const char* name : {"a", "a@2", "a", "a"}) {
    const TensorId next = graph.Add(Activation4D("", {3}));
    graph.nodes.push_back({.name = name, .op = Clamp{}, .inputs = {last}, .outputs = {next}});
    last = next;
  }
  graph.outputs = {last};
  EXPECT_EQ(ErrorOf(graph), "a.onnx: node 'a' (Clamp): is not the first of its name");
  graph.MakeNamesUnique();
  EXPECT_EQ(ErrorOf(graph), "");
  EXPECT_EQ(graph.nodes[0].name, "a");
  EXPECT_EQ(graph.nodes[1].name, "a@2");
  EXPECT_EQ(graph.nodes[2].name, "a@3");
  EXPECT_EQ(graph.nodes[3].name, "a@4");
}

TEST(ElementCount, RefusesToOverflow) {
  EXPECT_EQ(*ElementCount({2, 3, 4}), 24);
  EXPECT_EQ(*ElementCount({}), 1);
  EXPECT_FALSE(ElementCount({int64_t{1} << 40, int64_t{1} << 40}).ok());
  EXPECT_FALSE(ElementCount({3, 0}).ok());
  EXPECT_TRUE(ElementCount(Shape(kMaxRank, 1)).ok());
  EXPECT_FALSE(ElementCount(Shape(kMaxRank + 1, 1)).ok());
}

TEST(Graph, RemovesUnusedTensors) {
  Graph graph = ConvolutionGraph();
  graph.Add(Constant("unused", {1000}));
  graph.RemoveUnusedTensors();
  EXPECT_EQ(graph.tensors.size(), 3u);
  EXPECT_EQ(ErrorOf(graph), "");
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).name, "filter");
}

}  // namespace
}  // namespace wranglet
