// What the families of ONNX's operators become: shapes, and what attributes and inputs say.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/onnx_builder.h"
#include "plugin/compiler/import/onnx_import.h"

namespace wranglet {
namespace {

using Sizes = std::vector<int64_t>;

Result<Graph> Import(const OnnxBuilder& model) {
  const std::string bytes = model.Bytes();
  return ImportOnnx("m.onnx", BytesOf(bytes));
}

std::string ErrorOf(const OnnxBuilder& model) {
  const Result<Graph> graph = Import(model);
  return graph.ok() ? "no error" : graph.error().message;
}

OnnxBuilder Image(int64_t opset = 13, const Sizes& shape = {1, 4, 6, 5}) {
  OnnxBuilder model(opset);
  model.Input("x", shape);
  return model;
}

// "1x4x6x5" of each output, or the error.
std::string Shapes(OnnxBuilder model, const std::vector<std::string>& outputs = {"y"}) {
  for (const std::string& output : outputs) model.Output(output);
  const Result<Graph> graph = Import(model);
  if (!graph.ok()) return graph.error().message;
  std::string shapes;
  for (const TensorId id : graph->outputs) {
    shapes += (shapes.empty() ? "" : " ") + ToString(graph->tensor(id).shape);
  }
  return shapes;
}

// The only operator of type T.
template <typename T>
T OperatorOf(OnnxBuilder model) {
  const Result<Graph> graph = Import(model.Output("y"));
  if (!graph.ok()) {
    ADD_FAILURE() << graph.error().ToString();
    return {};
  }
  for (const Node& node : graph->nodes) {
    if (const T* op = node.As<T>()) return *op;
  }
  ADD_FAILURE() << "no such operator";
  return {};
}

// The constant that the output is.
Tensor ConstantOf(OnnxBuilder model) {
  // A network needs a node.
  const Result<Graph> graph = Import(model.Node("Relu", {"x"}, "r").Output("r").Output("y"));
  if (!graph.ok()) {
    ADD_FAILURE() << graph.error().ToString();
    return {};
  }
  return graph->tensor(graph->outputs[1]);
}

TEST(OnnxConvTranspose, SizesComeFromPadsAndFromTheOutputsShape) {
  const auto model = [] {
    OnnxBuilder model = Image();
    model.Floats("w", {4, 3, 3, 3}, std::vector<float>(108, 1))
        .Node("ConvTranspose", {"x", "w"}, "y");
    return model.With("strides", Sizes{2, 2});
  };
  EXPECT_EQ(Shapes(model()), "1x3x13x11");
  EXPECT_EQ(Shapes(model().With("pads", Sizes{1, 1, 1, 1})), "1x3x11x9");
  EXPECT_EQ(Shapes(model().With("pads", Sizes{1, 1, 1, 1}).With("output_padding", Sizes{1, 1})),
            "1x3x12x10");
  EXPECT_EQ(Shapes(model().With("auto_pad", "SAME_UPPER")), "1x3x12x10");
  const auto shaped = OperatorOf<TransposeConv>(model().With("output_shape", Sizes{12, 10}));
  EXPECT_EQ(shaped.window.padding.top, 1);
  EXPECT_EQ(shaped.window.padding.bottom, 0);
  EXPECT_NE(Shapes(model().With("output_shape", Sizes{40, 10})), "1x3x40x10") << "too large";
}

TEST(OnnxConvTranspose, GroupsAndDilationBecomeOrdinary) {
  OnnxBuilder model = Image();
  model.Floats("w", {4, 3, 3, 3}, std::vector<float>(108, 1)).Floats("b", {6}, {1, 2, 3, 4, 5, 6});
  model.Node("ConvTranspose", {"x", "w", "b"}, "y")
      .With("group", int64_t{2})
      .With("dilations", Sizes{2, 3});
  EXPECT_EQ(Shapes(model), "1x6x10x11");
  OnnxBuilder other = Image();
  other.Floats("w", {8, 3, 3, 3}, std::vector<float>(216, 1));
  other.Node("ConvTranspose", {"x", "w"}, "y");
  EXPECT_NE(Shapes(other), "1x3x8x7") << "a filter of more channels than the image has";
}

TEST(OnnxPool, CeilModeAddsAWindowThatBeginsInTheImage) {
  const auto model = [](const char* op) {
    OnnxBuilder model = Image();
    return model.Node(op, {"x"}, "y")
        .With("kernel_shape", Sizes{3, 2})
        .With("strides", Sizes{2, 3});
  };
  EXPECT_EQ(Shapes(model("MaxPool")), "1x4x2x2");
  EXPECT_EQ(Shapes(model("AveragePool").With("ceil_mode", int64_t{1})), "1x4x3x2");
  EXPECT_NE(
      Shapes(
          model("AveragePool").With("ceil_mode", int64_t{1}).With("count_include_pad", int64_t{1})),
      "1x4x3x2");
  EXPECT_EQ(Shapes(Image().Node("GlobalMaxPool", {"x"}, "y")), "1x4x1x1");
}

TEST(OnnxRows, AreImagesOfHeightOne) {
  OnnxBuilder model = Image(13, {1, 4, 10});
  model.Node("MaxPool", {"x"}, "p").With("kernel_shape", Sizes{2}).With("strides", Sizes{2});
  model.Floats("w", {3, 4, 3}, std::vector<float>(36, 1)).Node("Conv", {"p", "w"}, "y");
  EXPECT_EQ(Shapes(model.With("pads", Sizes{1, 0})), "1x3x4");
}

TEST(OnnxPad, TakesAttributesThenInputsAndNegativeOnesTakeAway) {
  OnnxBuilder old = Image(10);
  old.Node("Pad", {"x"}, "y").With("pads", Sizes{0, 0, 1, 2, 0, 0, 3, 4}).With("value", 2.5f);
  EXPECT_EQ(Shapes(old), "1x4x10x11");
  EXPECT_EQ(OperatorOf<Pad>(old).value, 2.5f);
  OnnxBuilder with_axes = Image(18);
  with_axes.Ints("pads", {-1, 2}).Ints("axes", {-1}).Floats("v", {}, {3});
  with_axes.Node("Pad", {"x", "pads", "v", "axes"}, "y").With("mode", "edge");
  EXPECT_EQ(Shapes(with_axes), "1x4x6x6");
  OnnxBuilder wrapped = Image(19);
  wrapped.Ints("pads", {1, 1}).Ints("axes", {3}).Node("Pad", {"x", "pads", "", "axes"}, "y");
  EXPECT_EQ(ErrorOf(wrapped.With("mode", "wrap")), "pads in mode 'wrap'");
}

TEST(OnnxSlice, CountsFromBehindAndBackwards) {
  OnnxBuilder model = Image();
  model.Ints("from", {-1, 1}).Ints("to", {-100, 100}).Ints("axes", {3, 1}).Ints("steps", {-2, 2});
  model.Node("Slice", {"x", "from", "to", "axes", "steps"}, "y");
  EXPECT_EQ(Shapes(model), "1x2x6x3");
  const auto slice = OperatorOf<Slice>(model);
  EXPECT_EQ(slice.begin, (std::vector<int32_t>{0, 1, 0, 4}));
  EXPECT_EQ(slice.stride, (std::vector<int32_t>{1, 2, 1, -2}));
  OnnxBuilder old = Image(9);
  old.Node("Slice", {"x"}, "y").With("starts", Sizes{1}).With("ends", Sizes{3});
  EXPECT_EQ(Shapes(old.With("axes", Sizes{2})), "1x4x2x5");
  EXPECT_EQ(
      Shapes(Image(9).Node("Slice", {"x"}, "y").With("starts", Sizes{9}).With("ends", Sizes{9})),
      "takes nothing of 1x4x6x5");
}

TEST(OnnxSplit, GivesEveryOutput) {
  const auto split = [](OnnxBuilder model) {
    model.graph().mutable_node(0)->add_output("z");
    return Shapes(std::move(model), {"y", "z"});
  };
  EXPECT_EQ(split(Image().Node("Split", {"x"}, "y").With("axis", int64_t{2})), "1x4x3x5 1x4x3x5");
  EXPECT_EQ(split(Image(18)
                      .Node("Split", {"x"}, "y")
                      .With("axis", int64_t{3})
                      .With("num_outputs", int64_t{2})),
            "1x4x6x3 1x4x6x2");
  EXPECT_EQ(
      split(Image().Ints("s", {1, 3}).Node("Split", {"x", "s"}, "y").With("axis", int64_t{1})),
      "1x1x6x5 1x3x6x5");
  EXPECT_EQ(
      split(Image().Ints("s", {1, 9}).Node("Split", {"x", "s"}, "y").With("axis", int64_t{1})),
      "splits 1x4x6x5 beyond its end");
}

TEST(OnnxResize, KnowsItsModesAndRefusesOthers) {
  const auto resized = [](const char* mode, const char* coordinates) {
    OnnxBuilder model = Image();
    model.Floats("none", {0}, {}).Ints("sizes", {1, 4, 12, 10});
    model.Node("Resize", {"x", "none", "none", "sizes"}, "y").With("mode", mode);
    return model.With("coordinate_transformation_mode", coordinates);
  };
  const auto bilinear = OperatorOf<Resize>(resized("linear", "align_corners"));
  EXPECT_EQ(bilinear.kind, Resize::Kind::kBilinear);
  EXPECT_EQ(bilinear.coordinates, Resize::Coordinates::kAlignCorners);
  EXPECT_EQ(bilinear.width, 10);
  const auto by_tf =
      OperatorOf<Resize>(resized("nearest", "tf_half_pixel_for_nn").With("nearest_mode", "floor"));
  EXPECT_EQ(by_tf.rounding, Resize::Rounding::kHalfUp);
  EXPECT_NE(ErrorOf(resized("cubic", "half_pixel").Output("y")).find("mode 'cubic'"),
            std::string::npos);
  OnnxBuilder uneven = Image();
  uneven.Floats("none", {0}, {}).Floats("scales", {4}, {1, 1, 0.7f, 1});
  EXPECT_NE(ErrorOf(uneven.Node("Resize", {"x", "none", "scales"}, "y")).find("no whole number"),
            std::string::npos);
}

TEST(OnnxUpsample, TakesScalesFromAnAttributeToo) {
  OnnxBuilder model = Image(7);
  model.Node("Upsample", {"x"}, "y");
  auto* scales = model.graph().mutable_node(0)->add_attribute();
  scales->set_name("scales");
  for (const float scale : {1.0f, 1.0f, 2.0f, 3.0f}) scales->add_floats(scale);
  EXPECT_EQ(Shapes(model), "1x4x12x15");
}

TEST(OnnxSpace, BlocksMoveBetweenDepthAndSpace) {
  EXPECT_EQ(Shapes(Image().Node("DepthToSpace", {"x"}, "y").With("blocksize", int64_t{2})),
            "1x1x12x10");
  EXPECT_EQ(
      Shapes(
          Image(13, {1, 4, 6, 4}).Node("SpaceToDepth", {"x"}, "y").With("blocksize", int64_t{2})),
      "1x16x3x2");
  EXPECT_EQ(Shapes(Image().Node("SpaceToDepth", {"x"}, "y").With("blocksize", int64_t{2})),
            "blocks of 2 do not fit 1x6x5x4");
}

TEST(OnnxMatMul, OfActivationsAndVectors) {
  OnnxBuilder model = Image(13, {2, 3, 4});
  model.Node("Transpose", {"x"}, "t").With("perm", Sizes{0, 2, 1}).Node("MatMul", {"x", "t"}, "y");
  EXPECT_EQ(Shapes(model), "2x3x3");
  EXPECT_EQ(
      Shapes(Image(13, {2, 3, 4}).Floats("v", {4}, {1, 2, 3, 4}).Node("MatMul", {"x", "v"}, "y")),
      "2x3");
  EXPECT_EQ(
      Shapes(
          Image(13, {3}).Floats("m", {3, 2}, {1, 2, 3, 4, 5, 6}).Node("MatMul", {"x", "m"}, "y")),
      "2");
}

TEST(OnnxArgMax, PutsOutIntegers) {
  OnnxBuilder model = Image();
  model.Node("ArgMin", {"x"}, "y")
      .With("axis", int64_t{1})
      .With("keepdims", int64_t{0})
      .Output("y");
  const Result<Graph> graph = Import(model);
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_EQ(graph->tensor(graph->outputs[0]).dtype, DType::kInt64);
  EXPECT_EQ(graph->tensor(graph->outputs[0]).shape, (Shape{1, 6, 5}));
}

TEST(OnnxFolding, ComputesWhatExportersCompute) {
  OnnxBuilder model = Image();
  model.Ints("two", {2})
      .Ints("at", {2, 3})
      .Node("Shape", {"x"}, "s")
      .Node("Gather", {"s", "at"}, "g");
  model.Node("Cast", {"g"}, "f").With("to", int64_t{onnx::TensorProto::FLOAT});
  model.Floats("scale", {}, {1.5f}).Node("Mul", {"f", "scale"}, "m").Node("Cast", {"m"}, "i");
  model.With("to", int64_t{onnx::TensorProto::INT64}).Node("Div", {"i", "two"}, "d");
  model.Node("Concat", {"d", "two"}, "y").With("axis", int64_t{0});
  EXPECT_EQ(ConstantIntegers(ConstantOf(model)), (Sizes{4, 3, 2}));
}

TEST(OnnxFolding, RefusesWhatOverflows) {
  OnnxBuilder model = Image();
  model.Ints("most", {INT64_MAX}).Ints("zero", {0}).Node("Add", {"most", "most"}, "y").Output("y");
  EXPECT_EQ(ErrorOf(model), "overflows, or divides by zero");
  model.graph().mutable_node(0)->set_op_type("Div");
  model.graph().mutable_node(0)->set_input(1, "zero");
  EXPECT_EQ(ErrorOf(model), "overflows, or divides by zero");
}

TEST(OnnxQuantizeLinear, OfConstantsIsDoneAtOnceAndKeepsTheGrid) {
  OnnxBuilder model = Image();
  model.Floats("c", {2, 2}, {0.4f, -0.6f, 100, -100}).Floats("s", {2}, {0.5f, 1});
  model.Stored("z", {2}, onnx::TensorProto::INT8, {0, 10});
  model.Node("QuantizeLinear", {"c", "s", "z"}, "q").With("axis", int64_t{0});
  model.Node("DequantizeLinear", {"q", "s", "z"}, "y").With("axis", int64_t{0});
  const Tensor tensor = ConstantOf(model);
  const auto values = tensor.ConstantAs<float>();
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()),
            (std::vector<float>{0.5f, -0.5f, 100, -100}));
  EXPECT_EQ(tensor.quantization, (Quantization{{0.5f, 1}, {0, 10}, 0}));
}

TEST(OnnxQuantizeLinear, ScalesOnBothSidesAreEqual) {
  OnnxBuilder model = Image();
  model.Floats("s", {}, {0.5f}).Floats("t", {}, {0.25f}).Node("QuantizeLinear", {"x", "s"}, "q");
  model.Node("DequantizeLinear", {"q", "t"}, "y").Output("y");
  EXPECT_NE(ErrorOf(model).find("by another scale"), std::string::npos);
  OnnxBuilder negative = Image();
  negative.Floats("s", {}, {-1}).Node("QuantizeLinear", {"x", "s"}, "y").Output("y");
  EXPECT_EQ(ErrorOf(negative), "has a scale that is not positive");
}

}  // namespace
}  // namespace wranglet
