#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "plugin/compiler/import/onnx_builder.h"
#include "plugin/compiler/import/onnx_import.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/run/reference_evaluation.h"

namespace wranglet {
namespace {

// What BatchNormalization means: nothing the planner knows has it, so ReferenceOutput does not
// either.
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

// Runs the graph by the definition of its operators, in real numbers: all its outputs, one behind
// the other.
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
    values[static_cast<size_t>(node.outputs[0])] = normalization != nullptr
                                                       ? Normalized(*normalization, inputs)
                                                       : ReferenceOutput(graph, node, inputs);
  }
  std::vector<double> outputs;
  for (const TensorId id : graph.outputs) {
    const std::vector<double>& output = values[static_cast<size_t>(id)];
    outputs.insert(outputs.end(), output.begin(), output.end());
  }
  return outputs;
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

// Runs all passes and expects the network's function to be what it was. A 4D input of 4 channels
// may have become channels-last.
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
  model.Node("BatchNormalization", {to + ".conv", to + ".s", to + ".b", to + ".m", to + ".v"}, to);
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

TEST(Passes, AnInputBecomesChannelsLastOnlyWhereTheFileHasItFirst) {
  OnnxBuilder model;
  model.Input("x", {1, 3, 5, 6}).Node("Transpose", {"x"}, "y");
  model.With("perm", std::vector<int64_t>{0, 2, 3, 1}).Output("y");
  for (const bool channels_first : {true, false}) {
    Graph graph = Import(model);
    graph.channels_first = channels_first;
    ASSERT_TRUE(RunPasses(graph).ok());
    EXPECT_EQ(graph.tensor(graph.inputs[0]).shape,
              channels_first ? Shape({1, 5, 6, 3}) : Shape({1, 3, 5, 6}));
    EXPECT_EQ(Count<Transpose>(graph), channels_first ? 0u : 1u);
  }
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

// A Pad of `pads`, [begins, ends], and a convolution of 3x3 with strides of 2 behind it.
OnnxBuilder PaddedConvolution(const std::vector<int64_t>& pads, float value = 0) {
  OnnxBuilder model;
  model.Input("x", {1, 4, 5, 6}).Ints("pads", pads).Floats("value", {}, {value});
  model.Node("Pad", {"x", "pads", "value"}, "padded")
      .Floats("w", {3, 4, 3, 3}, RandomFloats(1, 108));
  model.Node("Conv", {"padded", "w"}, "y").With("strides", std::vector<int64_t>{2, 2});
  model.With("pads", std::vector<int64_t>{0, 1, 0, 0}).Output("y");
  return model;
}

TEST(Passes, ZerosAroundAnImageBecomeTheConvolutions) {
  const Graph graph = ExpectSameFunction(PaddedConvolution({0, 0, 0, 1, 0, 0, 1, 2}), 3);
  EXPECT_EQ(Count<Pad>(graph), 0u);
  ASSERT_NE(graph.nodes[0].As<Conv2D>(), nullptr);
  const Padding& padding = graph.nodes[0].As<Conv2D>()->window.padding;
  EXPECT_EQ((std::vector<int32_t>{padding.top, padding.left, padding.bottom, padding.right}),
            (std::vector<int32_t>{0, 2, 1, 2}));
}

TEST(Passes, WhatIsNotZerosWithinReachStaysAPad) {
  EXPECT_EQ(Count<Pad>(ExpectSameFunction(PaddedConvolution({0, 0, 1, 1, 0, 0, 1, 1}, 1), 3)), 1u);
  EXPECT_EQ(Count<Pad>(ExpectSameFunction(PaddedConvolution({0, 0, 3, 0, 0, 0, 0, 0}), 3)), 1u);
  EXPECT_EQ(Count<Pad>(ExpectSameFunction(PaddedConvolution({0, 0, 0, 2, 0, 0, 0, 0}), 3)), 1u)
      << "with the convolution's own";
  OnnxBuilder channels = PaddedConvolution({0, 0, 0, 0, 0, 0, 0, 0});
  channels.Ints("more", {0, 1, 0, 0, 0, 0, 0, 0}).Node("Pad", {"x", "more"}, "z");
  channels.Floats("v", {2, 5, 1, 1}, RandomFloats(2, 10)).Node("Conv", {"z", "v"}, "u").Output("u");
  EXPECT_EQ(Count<Pad>(ExpectSameFunction(channels, 3)), 1u);
}

TEST(Passes, OthersStillReadAFoldedPad) {
  OnnxBuilder model = PaddedConvolution({0, 0, 1, 1, 0, 0, 1, 1});
  AppendConvolution(model, "padded", "z", 4);  // of 1x1, which has no use for padding
  const Graph graph = ExpectSameFunction(model.Output("z"), 3);
  ASSERT_EQ(Count<Pad>(graph), 1u);
  ASSERT_EQ(Count<Conv2D>(graph), 2u);
  for (const Node& node : graph.nodes) {
    if (node.As<Conv2D>() == nullptr) continue;
    const bool has_window = graph.tensor(node.inputs[1]).shape[1] == 3;
    EXPECT_EQ(node.inputs[0] == graph.inputs[0], has_window);
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

TEST(Passes, NormalizationNeedsNoImage) {
  OnnxBuilder model;
  model.Input("x", {2, 4});
  model.Floats("s", {4}, {1, 2, 3, 4}).Floats("b", {4}, {1, 0, -1, 2});
  model.Floats("m", {4}, {0.5f, 0, 1, 0}).Floats("v", {4}, {1, 2, 3, 4});
  model.Node("Relu", {"x"}, "a").Node("BatchNormalization", {"a", "s", "b", "m", "v"}, "y");
  model.Output("y");
  const Graph graph = ExpectSameFunction(model, 3);
  EXPECT_EQ(Count<DepthwiseConv2D>(graph), 1u);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (Shape{2, 4}));
}

// A Clamp behind an int8 Add, whose output has `scale`.
Graph ClampBehindAdd(float scale) {
  Graph graph;
  const auto add = [&](float of) {
    return graph.Add({.name = "t",
                      .dtype = DType::kInt8,
                      .shape = {1, 4},
                      .quantization = Quantization{{of}, {0}, 0}});
  };
  const TensorId x = add(0.5f), sum = add(0.5f), y = add(scale);
  graph.nodes.push_back({.name = "add", .op = Binary{}, .inputs = {x, x}, .outputs = {sum}});
  graph.nodes.push_back({.name = "clamp", .op = Clamp{{0, 6}}, .inputs = {sum}, .outputs = {y}});
  graph.inputs = {x};
  graph.outputs = {y};
  return graph;
}

TEST(Passes, AClampThatStoresAnewIsARoundingOfItsOwn) {
  Graph alike = ClampBehindAdd(0.5f), anew = ClampBehindAdd(0.25f);
  ASSERT_TRUE(RunPasses(alike).ok());
  ASSERT_TRUE(RunPasses(anew).ok());
  EXPECT_EQ(Count<Clamp>(alike), 0u);
  EXPECT_EQ(Count<Clamp>(anew), 1u);
}

TEST(Passes, ATransposeThatStoresAnewStays) {
  Graph graph = ClampBehindAdd(0.25f);
  graph.nodes[1].op = Transpose{{0, 1}};
  ASSERT_TRUE(RunPasses(graph).ok());
  EXPECT_EQ(Count<Transpose>(graph), 1u);
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

// Appends random operators that move, reduce and mix dimensions.
class RandomLayouts {
 public:
  explicit RandomLayouts(uint32_t seed) : random_(seed) {
    model_.Input("x", {1, 4, 3, 2});
    made_ = {{"x", {1, 4, 3, 2}}};
  }

  OnnxBuilder Model() && {
    for (int i = 0; i < 9; ++i) Append("t" + std::to_string(i));
    model_.Output(made_.back().name);
    if (Below(2) == 0) model_.Output(made_[1 + Below(made_.size() - 2)].name);
    return std::move(model_);
  }

 private:
  struct Made {
    std::string name;
    Shape shape;
  };
  size_t Below(size_t count) { return random_() % count; }

  void Append(const std::string& to) {
    const Made from = made_[Below(4) == 0 ? Below(made_.size()) : made_.size() - 1];
    const Shape& shape = from.shape;
    switch (Below(7)) {
      case 0:
        return AppendTranspose(from, to);
      case 1:
        return AppendMean(from, to);
      case 2:
        return AppendReshape(from, to);
      case 3:
        model_.Node("Softmax", {from.name}, to);
        model_.With("axis", static_cast<int64_t>(Below(shape.size())));
        break;
      case 4:
        return AppendBinary(from, to);
      case 5:
        if (shape.size() != 4 || shape[1] != 4) return Append(to);
        AppendConvolution(model_, from.name, to, static_cast<uint32_t>(random_()));
        break;
      default:
        model_.Node("Relu", {from.name}, to);
    }
    made_.push_back({to, shape});
  }

  void AppendTranspose(const Made& from, const std::string& to) {
    std::vector<int64_t> order(from.shape.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random_);
    Shape shape;
    for (const int64_t axis : order) shape.push_back(from.shape[static_cast<size_t>(axis)]);
    model_.Node("Transpose", {from.name}, to).With("perm", order);
    made_.push_back({to, shape});
  }

  void AppendMean(const Made& from, const std::string& to) {
    const bool keep = from.shape.size() < 3 || Below(2) == 0;
    const size_t axis = Below(from.shape.size());
    Shape shape = from.shape;
    shape[axis] = 1;
    if (!keep) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    model_.Node("ReduceMean", {from.name}, to).With("keepdims", int64_t{keep});
    model_.With("axes", std::vector<int64_t>{static_cast<int64_t>(axis)});
    made_.push_back({to, shape});
  }

  // To one of several shapes when it has as many elements as the image, else with a dimension of 1
  // more.
  void AppendReshape(const Made& from, const std::string& to) {
    Shape shape = from.shape;
    if (*ElementCount(shape) == 24) {
      static const std::vector<Shape> kShapes = {{1, 4, 3, 2}, {1, 4, 3, 2}, {1, 2, 2, 3, 2},
                                                 {1, 4, 6},    {12, 2},      {1, 2, 2, 6},
                                                 {24},         {4, 1, 6},    {1, 8, 3}};
      shape = kShapes[Below(kShapes.size())];
    } else if (shape.size() < 4) {
      shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(Below(shape.size() + 1)), 1);
    }
    model_.Ints(to + ".shape", shape).Node("Reshape", {from.name, to + ".shape"}, to);
    made_.push_back({to, shape});
  }

  // With any tensor that broadcasts to this one, or a constant for its last dimensions.
  void AppendBinary(const Made& from, const std::string& to) {
    const Made other = made_[Below(made_.size())];
    bool fits = other.shape.size() <= from.shape.size();
    for (size_t i = 1; fits && i <= other.shape.size(); ++i) {
      const int64_t size = other.shape[other.shape.size() - i];
      fits = size == 1 || size == from.shape[from.shape.size() - i];
    }
    std::string with = other.name;
    if (!fits || Below(3) == 0) {
      const auto part =
          from.shape.end() - static_cast<std::ptrdiff_t>(1 + Below(from.shape.size()));
      const Shape shape(part, from.shape.end());
      with = to + ".c";
      model_.Floats(with, shape,
                    RandomFloats(static_cast<uint32_t>(random_()),
                                 static_cast<size_t>(*ElementCount(shape))));
    }
    static constexpr const char* kOperators[] = {"Add", "Sub", "Mul", "Max"};
    const bool first = Below(2) == 0;
    model_.Node(kOperators[Below(4)], {first ? with : from.name, first ? from.name : with}, to);
    made_.push_back({to, from.shape});
  }

  std::mt19937 random_;
  OnnxBuilder model_;
  std::vector<Made> made_;
};

TEST(Passes, RandomLayoutsKeepTheirFunction) {
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ExpectSameFunction(RandomLayouts(seed).Model(), seed);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace wranglet
