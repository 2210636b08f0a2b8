#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "plugin/compiler/import/onnx_builder.h"
#include "plugin/compiler/import/onnx_import.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/run/reference_evaluation.h"

namespace wranglet {
namespace {

// What BatchNormalization means: nothing the planner knows has it, so ReferenceOutput does not either.
std::vector<double> Normalized(const BatchNormalization& op,
                               const std::vector<std::vector<double>>& inputs) {
  std::vector<double> values = inputs[0];
  const size_t channels = inputs[1].size();
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t c = i % channels;
    values[i] = (values[i] - inputs[3][c]) / std::sqrt(inputs[4][c] + op.epsilon) * inputs[1][c] +
                inputs[2][c];
  }
  return values;
}

// Runs the graph by the definition of its operators, in real numbers.
std::vector<double> Evaluate(const Graph& graph, const std::vector<double>& input) {
  std::vector<std::vector<double>> values(graph.tensors.size());
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (graph.tensors[i].constant) {
      values[i] = RealValues(graph.tensors[i], *graph.tensors[i].constant);
    }
  }
  values[static_cast<size_t>(graph.inputs[0])] = input;
  for (const Node& node : graph.nodes) {
    std::vector<std::vector<double>> inputs;
    for (const TensorId id : node.inputs) {
      inputs.push_back(id == kNoTensor ? std::vector<double>() : values[static_cast<size_t>(id)]);
    }
    const auto* normalization = node.As<BatchNormalization>();
    values[static_cast<size_t>(node.outputs[0])] =
        normalization != nullptr ? Normalized(*normalization, inputs)
                                 : ReferenceOutput(graph, node, inputs);
  }
  return values[static_cast<size_t>(graph.outputs[0])];
}

std::vector<double> RandomValues(uint32_t seed, size_t count) {
  std::mt19937 random(seed);
  std::vector<double> values(count);
  for (double& value : values) value = static_cast<double>(random() % 2000) / 1000 - 1;
  return values;
}

std::vector<float> RandomFloats(uint32_t seed, size_t count) {
  const std::vector<double> values = RandomValues(seed, count);
  return {values.begin(), values.end()};
}

// NCHW values as NHWC.
std::vector<double> ChannelsLast(const std::vector<double>& values, size_t channels) {
  std::vector<double> last(values.size());
  const size_t pixels = values.size() / channels;
  for (size_t c = 0; c < channels; ++c) {
    for (size_t p = 0; p < pixels; ++p) last[p * channels + c] = values[c * pixels + p];
  }
  return last;
}

Graph Import(const OnnxBuilder& model) {
  const std::string bytes = model.Bytes();
  Result<Graph> graph = ImportOnnx("test.onnx", BytesOf(bytes));
  EXPECT_TRUE(graph.ok()) << graph.error().ToString();
  return *std::move(graph);
}

template <typename T>
size_t Count(const Graph& graph) {
  return static_cast<size_t>(
      std::count_if(graph.nodes.begin(), graph.nodes.end(),
                    [](const Node& node) { return node.As<T>() != nullptr; }));
}

// Runs all passes and expects the network's function to be what it was. A 4D input of 4 channels may
// have become channels-last.
Graph ExpectSameFunction(const OnnxBuilder& model, uint32_t seed) {
  const Graph before = Import(model);
  Graph after = before;
  const Status status = RunPasses(after);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().ToString());
  const Shape& shape = before.tensor(before.inputs[0]).shape;
  const std::vector<double> input = RandomValues(seed, static_cast<size_t>(*ElementCount(shape)));
  const bool relaid = after.tensor(after.inputs[0]).shape != shape;
  const std::vector<double> expected = Evaluate(before, input);
  const std::vector<double> actual =
      Evaluate(after, relaid ? ChannelsLast(input, static_cast<size_t>(shape[1])) : input);
  EXPECT_EQ(expected.size(), actual.size());
  for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    EXPECT_NEAR(actual[i], expected[i], 1e-4 * (1 + std::fabs(expected[i]))) << "element " << i;
    if (testing::Test::HasFailure()) break;
  }
  return after;
}

// Appends a 1x1 convolution of 4 channels to 4, with BatchNormalization behind it.
void AppendConvolution(OnnxBuilder& model, const std::string& from, const std::string& to,
                       uint32_t seed) {
  model.Floats(to + ".w", {4, 4, 1, 1}, RandomFloats(seed, 16));
  model.Node("Conv", {from, to + ".w"}, to + ".conv");
  model.Floats(to + ".s", {4}, RandomFloats(seed + 1, 4));
  model.Floats(to + ".b", {4}, RandomFloats(seed + 2, 4));
  model.Floats(to + ".m", {4}, RandomFloats(seed + 3, 4));
  model.Floats(to + ".v", {4}, {0.5f, 1.0f, 0.0f, 2.0f});
  model.Node("BatchNormalization",
             {to + ".conv", to + ".s", to + ".b", to + ".m", to + ".v"}, to);
}

TEST(Passes, AResidualNetworkKeepsNothingButKernels) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 5, 6});
  AppendConvolution(model, "x", "a", 1);
  model.Node("Relu", {"a"}, "b");
  AppendConvolution(model, "b", "c", 2);
  model.Node("Add", {"b", "c"}, "d").Node("Relu", {"d"}, "e");
  model.Node("GlobalAveragePool", {"e"}, "f").Node("Flatten", {"f"}, "g");
  model.Floats("w", {4, 3}, RandomFloats(9, 12)).Floats("bias", {3}, {1, 2, 3});
  model.Node("MatMul", {"g", "w"}, "h").Node("Add", {"h", "bias"}, "i");
  model.Node("Softmax", {"i"}, "y").Output("y");
  const Graph graph = ExpectSameFunction(model, 5);
  EXPECT_EQ(Count<Transpose>(graph), 0u);
  EXPECT_EQ(Count<BatchNormalization>(graph), 0u);
  EXPECT_EQ(Count<Clamp>(graph), 0u);
  EXPECT_EQ(Count<Conv2D>(graph), 2u);
  EXPECT_EQ(Count<Binary>(graph), 1u) << "the residual; the bias is in the matrix product";
  EXPECT_EQ(graph.tensor(graph.inputs[0]).shape, (Shape{1, 5, 6, 4}));
  EXPECT_EQ(graph.tensor(graph.inputs[0]).name, "x");
  EXPECT_EQ(graph.tensor(graph.outputs[0]).name, "y");
}

TEST(Passes, AFlattenOfAnImageKeepsItsOrder) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 3, 2});
  AppendConvolution(model, "x", "a", 1);
  model.Node("Flatten", {"a"}, "y").Output("y");
  EXPECT_EQ(Count<Transpose>(ExpectSameFunction(model, 3)), 1u);
}

TEST(Passes, AnImageOutputStaysChannelsFirst) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 3, 2});
  AppendConvolution(model, "x", "y", 1);
  model.Output("y");
  const Graph graph = ExpectSameFunction(model, 3);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (Shape{1, 4, 3, 2}));
}

TEST(Passes, ConstantsOfElementwiseOperatorsFollowTheirImage) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 3, 2});
  AppendConvolution(model, "x", "a", 1);
  model.Floats("offset", {4, 1, 1}, {1, 2, 3, 4}).Node("Sub", {"a", "offset"}, "b");
  model.Floats("image", {1, 4, 3, 2}, RandomFloats(4, 24)).Node("Mul", {"b", "image"}, "c");
  AppendConvolution(model, "c", "y", 2);
  model.Output("y");
  EXPECT_EQ(Count<Transpose>(ExpectSameFunction(model, 3)), 1u) << "that of the output";
}

TEST(Passes, MeansFollowTheirAxes) {
  for (const int64_t keepdims : {0, 1}) {
    for (const std::vector<int64_t>& axes : std::vector<std::vector<int64_t>>{{2, 3}, {3}, {1}}) {
      OnnxBuilder model;
      model.Input("x", {1, 4, 3, 2});
      AppendConvolution(model, "x", "a", 1);
      model.Node("ReduceMean", {"a"}, "y").With("axes", axes).With("keepdims", keepdims);
      model.Output("y");
      ExpectSameFunction(model, 3);
    }
  }
}

TEST(Passes, ATensorThatOthersReadIsNotMergedAway) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 3, 2});
  AppendConvolution(model, "x", "a", 1);
  model.Node("Relu", {"a"}, "b").Node("Add", {"a", "b"}, "y").Output("y");
  EXPECT_EQ(Count<Clamp>(ExpectSameFunction(model, 3)), 1u);
}

TEST(Passes, NormalizationWithoutAConvolutionBecomesOne) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 3, 2});
  model.Floats("s", {4}, {1, 2, 3, 4}).Floats("b", {4}, {1, 0, -1, 2});
  model.Floats("m", {4}, {0.5f, 0, 1, 0}).Floats("v", {4}, {1, 2, 3, 4});
  model.Node("BatchNormalization", {"x", "s", "b", "m", "v"}, "y").Output("y");
  EXPECT_EQ(Count<DepthwiseConv2D>(ExpectSameFunction(model, 3)), 1u);
}

TEST(Passes, ClampsOfClampsIntersect) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 3, 2});
  AppendConvolution(model, "x", "a", 1);
  model.Floats("low", {}, {-0.25f}).Floats("high", {}, {0.5f});
  model.Node("Relu", {"a"}, "b").Node("Clip", {"b", "low", "high"}, "y").Output("y");
  const Graph graph = ExpectSameFunction(model, 3);
  EXPECT_EQ(Count<Clamp>(graph), 0u);
}

TEST(Passes, DeadNodesGo) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 3, 2});
  model.Node("Relu", {"x"}, "y").Node("Relu", {"y"}, "nobody").Output("y");
  EXPECT_EQ(ExpectSameFunction(model, 3).nodes.size(), 1u);
}

// Chains of random operators with random residuals.
TEST(Passes, RandomNetworksKeepTheirFunction) {
  for (uint32_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    OnnxBuilder model;
    model.Input("x", {1, 4, 3, 2});
    std::vector<std::string> made = {"x"};
    for (int i = 0; i < 8; ++i) {
      const std::string from = made[random() % made.size()], to = "t" + std::to_string(i);
      switch (random() % 5) {
        case 0:
          AppendConvolution(model, from, to, seed + static_cast<uint32_t>(i));
          break;
        case 1:
          model.Node("Relu", {from}, to);
          break;
        case 2:
          model.Node("Add", {from, made[random() % made.size()]}, to);
          break;
        case 3:
          model.Floats(to + ".c", {4, 1, 1}, RandomFloats(seed, 4));
          model.Node(random() % 2 ? "Mul" : "Add", {from, to + ".c"}, to);
          break;
        default:
          model.Node("Max", {from, made[random() % made.size()]}, to);
      }
      made.push_back(to);
    }
    model.Output(made.back());
    ExpectSameFunction(model, seed);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace wranglet
