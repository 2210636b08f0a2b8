#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "plugin/compiler/import/onnx_builder.h"
#include "plugin/compiler/import/onnx_import.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

using Sizes = std::vector<int64_t>;

// Quantises `from` to uint8 of `scale` and back.
void AppendQuantization(OnnxBuilder& model, const std::string& from, const std::string& to,
                        float scale, int32_t zero_point = 128) {
  model.Floats(to + ".s", {}, {scale})
      .Stored(to + ".z", {}, onnx::TensorProto::UINT8, {zero_point});
  model.Node("QuantizeLinear", {from, to + ".s", to + ".z"}, to + ".q");
  model.Node("DequantizeLinear", {to + ".q", to + ".s", to + ".z"}, to);
}

OnnxBuilder Model(const Sizes& input = {1, 2, 4, 4}) {
  OnnxBuilder model;
  model.Input("x", input);
  AppendQuantization(model, "x", "a", 0.5f);
  return model;
}

Graph Fused(OnnxBuilder model) {
  AppendQuantization(model, "b", "y", 0.25f);
  model.Output("y");
  const std::string bytes = model.Bytes();
  Result<Graph> graph = ImportOnnx("test.onnx", BytesOf(bytes));
  EXPECT_TRUE(graph.ok()) << graph.error().ToString();
  const Status status = RunPasses(*graph);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().ToString());
  return *std::move(graph);
}

// "Conv2D:int8 ...": the operators and the types they give.
std::string Steps(const Graph& graph) {
  std::string steps;
  for (const Node& node : graph.nodes) {
    steps += (steps.empty() ? "" : " ") + std::string(NameOf(node.op)) + ":" +
             NameOf(graph.tensor(node.outputs[0]).dtype);
  }
  return steps;
}

void AppendFilter(OnnxBuilder& model, const std::vector<int32_t>& zero_points,
                  onnx::TensorProto::DataType type = onnx::TensorProto::INT8,
                  int64_t kernel_w = 1) {
  std::vector<int32_t> stored = {1, 2, 100, 127};
  stored.resize(stored.size() * static_cast<size_t>(kernel_w), 5);
  model.Stored("w.q", {2, 2, 1, kernel_w}, type, stored);
  model.Floats("w.s", {2}, {0.5f, 0.25f}).Stored("w.z", {2}, type, zero_points);
  model.Node("DequantizeLinear", {"w.q", "w.s", "w.z"}, "w").With("axis", int64_t{0});
}

TEST(FuseQuantization, AConvolutionKeepsItsStoredWeights) {
  OnnxBuilder model = Model();
  AppendFilter(model, {0, 0});
  model.Stored("bias.q", {2}, onnx::TensorProto::INT32, {1000, -7})
      .Floats("bias.s", {2}, {0.25f, 0.125f});
  model.Node("DequantizeLinear", {"bias.q", "bias.s"}, "bias").With("axis", int64_t{0});
  model.Node("Conv", {"a", "w", "bias"}, "c").Node("Relu", {"c"}, "b");
  const Graph graph = Fused(std::move(model));
  ASSERT_EQ(Steps(graph), "Quantize:int8 Conv2D:int8 Transpose:int8 Dequantize:float32");
  const Node& node = graph.nodes[1];
  EXPECT_EQ(node.As<Conv2D>()->activation.min, 0);
  const Tensor& filter = graph.tensor(node.inputs[1]);
  const auto stored = filter.ConstantAs<int8_t>();
  EXPECT_EQ(std::vector<int>(stored.begin(), stored.end()), (std::vector<int>{1, 2, 100, 127}));
  EXPECT_EQ(filter.quantization, (Quantization{{0.5f, 0.25f}, {0, 0}, 0}));
  const Tensor& bias = graph.tensor(node.inputs[2]);
  const auto added = bias.ConstantAs<int32_t>();
  EXPECT_EQ(std::vector<int>(added.begin(), added.end()), (std::vector<int>{1000, -7}));
  EXPECT_EQ(graph.tensor(node.inputs[0]).quantization, (Quantization{{0.5f}, {0}}));
}

TEST(FuseQuantization, AnInt8PadOfZerosIsTheConvolutions) {
  OnnxBuilder model = Model();
  AppendFilter(model, {0, 0}, onnx::TensorProto::INT8, 3);
  model.Ints("pads", {0, 0, 0, 1, 0, 0, 0, 1}).Node("Pad", {"a", "pads"}, "c");
  model.Node("Conv", {"c", "w"}, "b");
  const Graph graph = Fused(std::move(model));
  ASSERT_EQ(Steps(graph), "Quantize:int8 Conv2D:int8 Transpose:int8 Dequantize:float32");
  EXPECT_EQ(graph.nodes[1].As<Conv2D>()->window.padding.left, 1);
}

TEST(FuseQuantization, FiltersKeepTheirZeroPoints) {
  OnnxBuilder model = Model();
  AppendFilter(model, {128, 130}, onnx::TensorProto::UINT8);
  model.Node("Conv", {"a", "w"}, "b");
  const Graph graph = Fused(std::move(model));
  ASSERT_EQ(Steps(graph), "Quantize:int8 Conv2D:int8 Transpose:int8 Dequantize:float32");
  const Tensor& filter = graph.tensor(graph.nodes[1].inputs[1]);
  EXPECT_EQ(filter.quantization, (Quantization{{0.5f, 0.25f}, {0, 2}, 0}));
  const auto stored = filter.ConstantAs<int8_t>();
  EXPECT_EQ(std::vector<int>(stored.begin(), stored.end()),
            (std::vector<int>{-127, -126, -28, -1}));
}

// x, quantised to int16; what `append` makes of "a", "b"; quantised to int16 by `scale`.
template <typename F>
std::string Int16Steps(F&& append, float scale = 0.01f) {
  OnnxBuilder model(21);
  model.Input("x", {1, 2});
  const auto quantize = [&](const std::string& from, const std::string& to, float by) {
    model.Floats(to + ".s", {}, {by}).Stored(to + ".z", {}, onnx::TensorProto::INT16, {0});
    model.Node("QuantizeLinear", {from, to + ".s", to + ".z"}, to + ".q");
    model.Node("DequantizeLinear", {to + ".q", to + ".s", to + ".z"}, to);
  };
  quantize("x", "a", 0.01f);
  append(model);
  quantize("b", "y", scale);
  const std::string bytes = model.Output("y").Bytes();
  Result<Graph> graph = ImportOnnx("test.onnx", BytesOf(bytes));
  EXPECT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_TRUE(RunPasses(*graph).ok());
  return Steps(*graph);
}

// Times a filter of int8.
std::string Int16ProductSteps(int32_t filter_zero_point) {
  return Int16Steps([&](OnnxBuilder& model) {
    model.Stored("w.q", {2, 3}, onnx::TensorProto::INT8, {1, 2, 3, 4, 5, 6});
    model.Floats("w.s", {}, {0.5f});
    model.Stored("w.z", {}, onnx::TensorProto::INT8, {filter_zero_point});
    model.Node("DequantizeLinear", {"w.q", "w.s", "w.z"}, "w").Node("MatMul", {"a", "w"}, "b");
  });
}

TEST(FuseQuantization, Int16ActivationsTakeSymmetricFilters) {
  EXPECT_EQ(Int16ProductSteps(0), "Quantize:int16 FullyConnected:int16 Dequantize:float32");
  EXPECT_EQ(Int16ProductSteps(1),
            "Quantize:int16 Dequantize:float32 FullyConnected:float32 Quantize:int16 "
            "Dequantize:float32");
}

// The kernel of int16 knows one scale only.
TEST(FuseQuantization, ASoftmaxOfAnotherScaleRunsInFloat) {
  const auto softmax = [](OnnxBuilder& model) { model.Node("Softmax", {"a"}, "b"); };
  EXPECT_EQ(Int16Steps(softmax, 1.0f / 32768), "Quantize:int16 Softmax:int16 Dequantize:float32");
  EXPECT_EQ(Int16Steps(softmax),
            "Quantize:int16 Dequantize:float32 Softmax:float32 Quantize:int16 Dequantize:float32");
}

// A step of 0.01 squared is 100 of the output's steps, or 10000, which nearly all saturate.
TEST(FuseQuantization, ScalesFarApartRunInFloat) {
  const auto square = [](OnnxBuilder& model) { model.Node("Mul", {"a", "a"}, "b"); };
  EXPECT_EQ(Int16Steps(square, 1e-6f), "Quantize:int16 Mul:int16 Dequantize:float32");
  EXPECT_EQ(Int16Steps(square, 1e-8f),
            "Quantize:int16 Dequantize:float32 Mul:float32 Quantize:int16 Dequantize:float32");
  const auto twice = [](OnnxBuilder& model) { model.Node("Add", {"a", "a"}, "b"); };
  EXPECT_EQ(Int16Steps(twice, 1e-38f),
            "Quantize:int16 Dequantize:float32 Add:float32 Quantize:int16 Dequantize:float32");
}

TEST(FuseQuantization, DepthwiseAndFullyConnectedHaveTheirChannelsElsewhere) {
  OnnxBuilder depthwise = Model();
  depthwise.Stored("w.q", {2, 1, 1, 1}, onnx::TensorProto::INT8, {5, 6});
  depthwise.Floats("w.s", {2}, {0.5f, 0.25f});
  depthwise.Node("DequantizeLinear", {"w.q", "w.s"}, "w").With("axis", int64_t{0});
  depthwise.Node("Conv", {"a", "w"}, "b").With("group", int64_t{2});
  EXPECT_EQ(Steps(Fused(std::move(depthwise))),
            "Quantize:int8 DepthwiseConv2D:int8 Transpose:int8 Dequantize:float32");

  OnnxBuilder product = Model({1, 2});
  product.Stored("w.q", {2, 3}, onnx::TensorProto::INT8, {1, 2, 3, 4, 5, 6});
  product.Floats("w.s", {3}, {0.5f, 0.25f, 1});
  product.Node("DequantizeLinear", {"w.q", "w.s"}, "w").Node("MatMul", {"a", "w"}, "b");
  const Graph graph = Fused(std::move(product));
  ASSERT_EQ(Steps(graph), "Quantize:int8 FullyConnected:int8 Dequantize:float32");
  EXPECT_EQ(graph.tensor(graph.nodes[1].inputs[1]).quantization->axis, 0);
}

TEST(FuseQuantization, ElementsMoveBeforeTheyAreDequantised) {
  OnnxBuilder model = Model();
  model.Node("MaxPool", {"a"}, "p").With("kernel_shape", Sizes{2, 2});
  model.Node("Flatten", {"p"}, "b");
  EXPECT_EQ(Steps(Fused(std::move(model))),
            "Quantize:int8 MaxPool2D:int8 Quantize:int8 Transpose:int8 Reshape:int8 "
            "Dequantize:float32");
}

TEST(FuseQuantization, PartsOfAConcatAreStoredAlike) {
  OnnxBuilder model = Model();
  AppendQuantization(model, "a", "c", 0.25f);
  model.Node("Concat", {"a", "c"}, "b").With("axis", int64_t{1});
  const Graph graph = Fused(std::move(model));
  EXPECT_EQ(Steps(graph),
            "Quantize:int8 Quantize:int8 Quantize:int8 Concat:int8 Dequantize:float32");
}

TEST(FuseQuantization, AnAverageThatIsStoredAnewIsStoredOnceMore) {
  OnnxBuilder model = Model();
  model.Node("AveragePool", {"a"}, "b").With("kernel_shape", Sizes{2, 2});
  const Graph graph = Fused(std::move(model));
  ASSERT_EQ(Steps(graph),
            "Quantize:int8 AveragePool2D:int8 Quantize:int8 Transpose:int8 Dequantize:float32");
  EXPECT_EQ(graph.tensor(graph.nodes[1].outputs[0]).quantization, (Quantization{{0.5f}, {0}}));
}

TEST(FuseQuantization, NodesThatQuantiseAlikeAreOne) {
  OnnxBuilder model = Model();
  model.Node("Relu", {"a"}, "r");
  AppendQuantization(model, "r", "c", 0.5f);
  AppendQuantization(model, "r", "d", 0.5f);
  model.Node("Add", {"c", "d"}, "b");
  EXPECT_EQ(Steps(Fused(std::move(model))), "Quantize:int8 Clamp:int8 Add:int8 Dequantize:float32");
}

TEST(FuseQuantization, WithoutInt8KernelsItRunsInFloat) {
  OnnxBuilder model = Model({1, 4});
  model.Node("Div", {"a", "a"}, "b");
  EXPECT_EQ(Steps(Fused(std::move(model))),
            "Quantize:int8 Dequantize:float32 Div:float32 Quantize:int8 Dequantize:float32");
}

TEST(FuseQuantization, ConstantsThatAreOnNoGridKeepItFloat) {
  OnnxBuilder model = Model({1, 2});
  model.Floats("c", {2}, {1, 2}).Node("Mul", {"a", "c"}, "b");
  EXPECT_EQ(Steps(Fused(std::move(model))),
            "Quantize:int8 Dequantize:float32 Mul:float32 Quantize:int8 Dequantize:float32");
  OnnxBuilder stored = Model({1, 2});
  stored.Stored("c.q", {2}, onnx::TensorProto::UINT8, {1, 200}).Floats("c.s", {}, {0.5f});
  stored.Node("DequantizeLinear", {"c.q", "c.s"}, "c").Node("Mul", {"a", "c"}, "b");
  EXPECT_EQ(Steps(Fused(std::move(stored))), "Quantize:int8 Mul:int8 Dequantize:float32");
}

}  // namespace
}  // namespace wranglet
