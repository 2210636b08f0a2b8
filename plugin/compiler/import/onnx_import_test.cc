#include "plugin/compiler/import/onnx_import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "plugin/compiler/import/onnx_builder.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_seeds.h"

namespace wranglet {
namespace {

Result<Graph> Import(const OnnxBuilder& model) {
  const std::string bytes = model.Bytes();
  return ImportOnnx("m.onnx", BytesOf(bytes));
}

std::string ErrorOf(const OnnxBuilder& model) {
  const Result<Graph> graph = Import(model);
  return graph.ok() ? "no error" : graph.error().ToString();
}

// The one node of type T.
template <typename T>
const Node& Find(const Graph& graph) {
  const auto found = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                  [](const Node& node) { return node.As<T>() != nullptr; });
  EXPECT_NE(found, graph.nodes.end());
  return *found;
}

// The shape of the network's output; an error is printed.
Shape OutputShape(const OnnxBuilder& model) {
  const Result<Graph> graph = Import(model);
  if (!graph.ok()) {
    ADD_FAILURE() << graph.error().ToString();
    return {};
  }
  return graph->tensor(graph->outputs[0]).shape;
}

OnnxBuilder ConvModel(const std::vector<int64_t>& filter, int64_t groups = 1) {
  OnnxBuilder model;
  int64_t count = 1;
  for (const int64_t size : filter) count *= size;
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(i));
  model.Input("x", {1, 4, 9, 8}).Floats("w", filter, values);
  model.Node("Conv", {"x", "w"}, "y").With("group", groups).Output("y");
  return model;
}

TEST(OnnxConv, FilterBecomesChannelsLast) {
  const Result<Graph> graph = Import(ConvModel({2, 4, 3, 1}));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const Tensor& filter = graph->tensor(Find<Conv2D>(*graph).inputs[1]);
  EXPECT_EQ(filter.shape, (Shape{2, 3, 1, 4}));
  // OIHW (1, 2, 0, 0) is 1*12 + 2*3 = 18; it stands at OHWI (1, 0, 0, 2).
  EXPECT_EQ(filter.ConstantAs<float>()[12 + 2], 18.0f);
  EXPECT_EQ(graph->tensor(graph->outputs[0]).shape, (Shape{1, 2, 7, 8}));
}

TEST(OnnxConv, AsManyGroupsAsChannelsIsDepthwise) {
  const Result<Graph> graph = Import(ConvModel({8, 1, 3, 3}, 4));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const Node& node = Find<DepthwiseConv2D>(*graph);
  EXPECT_EQ(node.As<DepthwiseConv2D>()->multiplier, 2);
  EXPECT_EQ(graph->tensor(node.inputs[1]).shape, (Shape{1, 3, 3, 8}));
  EXPECT_EQ(Find<Conv2D>(*Import(ConvModel({6, 2, 1, 1}, 2))).As<Conv2D>()->groups, 2);
}

TEST(OnnxConv, PadsInEveryWay) {
  const auto shape = [](auto&& change) {
    OnnxBuilder model = ConvModel({1, 4, 3, 3});
    change(model);
    return OutputShape(model);
  };
  EXPECT_EQ(shape([](OnnxBuilder& m) { m.With("pads", std::vector<int64_t>{1, 0, 2, 3}); }),
            (Shape{1, 1, 10, 9}));
  EXPECT_EQ(shape([](OnnxBuilder& m) {
              m.With("auto_pad", "SAME_UPPER").With("strides", std::vector<int64_t>{2, 2});
            }),
            (Shape{1, 1, 5, 4}));
  EXPECT_EQ(shape([](OnnxBuilder& m) { m.With("auto_pad", "VALID"); }), (Shape{1, 1, 7, 6}));
  EXPECT_EQ(shape([](OnnxBuilder& m) { m.With("dilations", std::vector<int64_t>{3, 2}); }),
            (Shape{1, 1, 3, 4}));
  OnnxBuilder lower = ConvModel({1, 4, 2, 2});
  lower.With("auto_pad", "SAME_LOWER");
  EXPECT_EQ(Find<Conv2D>(*Import(lower)).As<Conv2D>()->window.padding.top, 1);
}

TEST(OnnxConv, RefusesWhatIsNoWindowOfAnImage) {
  OnnxBuilder volume;
  volume.Input("x", {1, 4, 9, 2, 2}).Floats("w", {1, 4, 1, 1, 1}, {1, 2, 3, 4});
  volume.Node("Conv", {"x", "w"}, "y").Output("y");
  EXPECT_EQ(ErrorOf(volume),
            "m.onnx: node 'y_node' (Conv): convolves 1x4x9x2x2 with 1x4x1x1x1; "
            "only one- and two-dimensional convolutions are supported");
  for (const std::vector<int64_t>& strides : {std::vector<int64_t>{0, 1}, {1}, {1 << 20, 1}}) {
    OnnxBuilder model = ConvModel({1, 4, 3, 3});
    model.With("strides", strides);
    EXPECT_NE(ErrorOf(model).find("attribute strides"), std::string::npos);
  }
  EXPECT_NE(ErrorOf(ConvModel({1, 4, 20, 20})).find("larger than its padded input"),
            std::string::npos);
  EXPECT_NE(ErrorOf(ConvModel({3, 2, 1, 1}, 3)).find("attribute group"), std::string::npos);
}

TEST(OnnxClip, TakesBoundsFromAttributesThenFromInputs) {
  OnnxBuilder old(10);
  old.Input("x", {1, 4}).Node("Clip", {"x"}, "y").With("min", 0.0f).With("max", 6.0f).Output("y");
  EXPECT_EQ(Find<Clamp>(*Import(old)).As<Clamp>()->activation.max, 6.0f);
  OnnxBuilder recent(13);
  recent.Input("x", {1, 4}).Floats("low", {}, {-1.0f});
  recent.Node("Clip", {"x", "low", ""}, "y").Output("y");
  const Activation activation = Find<Clamp>(*Import(recent)).As<Clamp>()->activation;
  EXPECT_EQ(activation.min, -1.0f);
  EXPECT_GT(activation.max, 1e30f);
}

TEST(OnnxGemm, FilterIsOutputByInputAndScaled) {
  OnnxBuilder model;
  model.Input("x", {1, 2}).Floats("w", {2, 3}, {1, 2, 3, 4, 5, 6}).Floats("c", {3}, {1, 1, 1});
  model.Node("Gemm", {"x", "w", "c"}, "y").With("alpha", 2.0f).With("beta", 3.0f).Output("y");
  const Result<Graph> graph = Import(model);
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const Node& node = Find<FullyConnected>(*graph);
  const auto filter = graph->tensor(node.inputs[1]).ConstantAs<float>();
  EXPECT_EQ(std::vector<float>(filter.begin(), filter.end()),
            (std::vector<float>{2, 8, 4, 10, 6, 12}));
  EXPECT_EQ(graph->tensor(node.inputs[2]).ConstantAs<float>()[0], 3.0f);
}

TEST(OnnxReshape, FollowsTheShapesThatExportersCompute) {
  OnnxBuilder model;
  model.Input("x", {0, 4, 2, 2}).Ints("zero", {0}).Ints("minus_one", {-1});
  model.Node("Shape", {"x"}, "shape").Node("Gather", {"shape", "zero"}, "batch");
  model.Node("Concat", {"batch", "minus_one"}, "target").With("axis", int64_t{0});
  model.Node("Reshape", {"x", "target"}, "y").Output("y");
  EXPECT_EQ(OutputShape(model), (Shape{1, 16}));
}

TEST(OnnxReshape, RefusesAShapeOfOtherSize) {
  OnnxBuilder model;
  model.Input("x", {1, 10}).Ints("target", {3, -1}).Node("Reshape", {"x", "target"}, "y");
  model.Output("y");
  EXPECT_NE(ErrorOf(model).find("reshapes 1x10 to 3x3"), std::string::npos);
}

TEST(OnnxLayout, FlattenSqueezeAndUnsqueeze) {
  OnnxBuilder model;
  model.Input("x", {2, 3, 1, 5}).Node("Flatten", {"x"}, "a").With("axis", int64_t{2});
  model.Ints("front", {0}).Node("Unsqueeze", {"a", "front"}, "y").Output("y");
  EXPECT_EQ(OutputShape(model), (Shape{1, 6, 5}));
  OnnxBuilder squeeze;
  squeeze.Input("x", {1, 3, 1, 5}).Node("Squeeze", {"x"}, "y").Output("y");
  EXPECT_EQ(OutputShape(squeeze), (Shape{3, 5}));
}

TEST(OnnxReduceMean, KeepsOrDropsDimensions) {
  OnnxBuilder model;
  model.Input("x", {1, 8, 4, 4}).Node("ReduceMean", {"x"}, "y");
  model.With("axes", std::vector<int64_t>{-1, 2}).With("keepdims", int64_t{0}).Output("y");
  EXPECT_EQ(OutputShape(model), (Shape{1, 8}));
}

TEST(OnnxReduceMean, AnEmptyConstantIsAnAbsentInput) {
  OnnxBuilder model(18);
  model.Input("x", {1, 8, 4}).Ints("axes", {}).Node("ReduceMean", {"x", "axes"}, "y").Output("y");
  EXPECT_EQ(OutputShape(model), (Shape{1, 1, 1}));
  model.graph().mutable_output(0)->set_name("axes");
  EXPECT_NE(ErrorOf(model).find("output 'axes' is never computed"), std::string::npos);
}

TEST(OnnxDropout, IsRefusedInTrainingMode) {
  const auto dropout = [](int32_t training) {
    OnnxBuilder model;
    model.Input("x", {1, 2}).Node("Dropout", {"x", "", "training"}, "a").Node("Relu", {"a"}, "y");
    model.AddConstant("training", {}, onnx::TensorProto::BOOL)->add_int32_data(training);
    return model.Output("y");
  };
  EXPECT_EQ(OutputShape(dropout(0)), (Shape{1, 2}));
  EXPECT_NE(ErrorOf(dropout(1)).find("is in training mode"), std::string::npos);
}

TEST(OnnxSoftmax, BeforeOpset13AxesFromOneOnAreOne) {
  OnnxBuilder model(11);
  model.Input("x", {2, 3, 4}).Node("Softmax", {"x"}, "y").Output("y");
  const Result<Graph> graph = Import(model);
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(graph->tensor(Find<Softmax>(*graph).inputs[0]).shape, (Shape{2, 12}));
}

TEST(OnnxConstants, AreReadFromEveryField) {
  OnnxBuilder model;
  model.Input("x", {1, 2});
  auto* half = model.AddConstant("half", {2}, onnx::TensorProto::FLOAT16);
  half->set_raw_data(std::string("\x00\x3c\x00\xc2", 4));  // 1 and -3
  auto* wide = model.AddConstant("wide", {2}, onnx::TensorProto::DOUBLE);
  wide->add_double_data(0.5), wide->add_double_data(0.25);
  model.Node("Add", {"x", "half"}, "a").Node("Mul", {"a", "wide"}, "y").Output("y");
  const Result<Graph> graph = Import(model);
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const auto values = graph->tensor(graph->nodes[0].inputs[1]).ConstantAs<float>();
  EXPECT_EQ(values[0], 1.0f);
  EXPECT_EQ(values[1], -3.0f);
  EXPECT_EQ(graph->tensor(graph->nodes[1].inputs[1]).ConstantAs<float>()[1], 0.25f);
}

TEST(OnnxAttributes, AValueThatIsLeftOutIsZero) {
  // As proto3 writes it: the type is there, the 0 is not.
  OnnxBuilder model;
  model.Input("x", {1, 8, 4, 4}).Node("ReduceMean", {"x"}, "y");
  model.With("axes", std::vector<int64_t>{2, 3}).Output("y");
  auto* keepdims = model.graph().mutable_node(0)->add_attribute();
  keepdims->set_name("keepdims");
  keepdims->set_type(onnx::AttributeProto::INT);
  EXPECT_EQ(OutputShape(model), (Shape{1, 8}));
}

TEST(OnnxTranspose, OfAConstantIsDoneAtOnce) {
  OnnxBuilder model;
  model.Input("x", {1, 3}).Floats("w", {2, 3}, {1, 2, 3, 4, 5, 6});
  model.Node("Transpose", {"w"}, "t").Node("MatMul", {"x", "t"}, "y").Output("y");
  const Result<Graph> graph = Import(model);
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 1u);
  const auto filter = graph->tensor(graph->nodes[0].inputs[1]).ConstantAs<float>();
  EXPECT_EQ(std::vector<float>(filter.begin(), filter.end()),
            (std::vector<float>{1, 2, 3, 4, 5, 6}));
  model.With("perm", std::vector<int64_t>{0});
  model.graph().mutable_node(0)->mutable_attribute()->Swap(
      model.graph().mutable_node(1)->mutable_attribute());
  EXPECT_NE(ErrorOf(model).find("its permutation does not fit 2x3"), std::string::npos);
}

TEST(OnnxShape, MayBeTakenInPart) {
  const auto reshaped = [](int64_t start, int64_t end) {
    OnnxBuilder model(15);
    model.Input("x", {2, 3, 4}).Ints("rest", {-1}).Node("Shape", {"x"}, "part");
    model.With("start", start).With("end", end);
    model.Node("Concat", {"part", "rest"}, "target").With("axis", int64_t{0});
    return model.Node("Reshape", {"x", "target"}, "y").Output("y");
  };
  EXPECT_EQ(OutputShape(reshaped(1, 2)), (Shape{3, 8}));
  EXPECT_EQ(OutputShape(reshaped(-1, 99)), (Shape{4, 6}));
  EXPECT_EQ(OutputShape(reshaped(2, 1)), (Shape{24})) << "none of it, and the rest";
}

TEST(OnnxOutputs, KeepTheNameOfAnInputThatIsPutOut) {
  OnnxBuilder model;
  model.Input("x", {1, 2}).Node("Identity", {"x"}, "y").Node("Relu", {"x"}, "z");
  model.Output("y").Output("z");
  const Result<Graph> graph = Import(model);
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_EQ(graph->outputs[0], graph->inputs[0]);
  EXPECT_EQ(graph->tensor(graph->inputs[0]).name, "x");
  EXPECT_EQ(graph->tensor(graph->outputs[1]).name, "z");
}

TEST(OnnxSeeds, AllImport) {
  std::set<std::string> used;
  for (const onnx::ModelProto& model : SeedModels()) {
    const std::string bytes = model.SerializeAsString();
    const Result<Graph> graph = ImportOnnx("seed.onnx", BytesOf(bytes));
    EXPECT_TRUE(graph.ok()) << graph.error().ToString();
    for (const auto& node : model.graph().node()) used.insert(node.op_type());
  }
  for (const std::string& name : OnnxOperators()) EXPECT_TRUE(used.contains(name)) << name;
}

TEST(OnnxErrors, NameFileNodeAndWhatToDo) {
  OnnxBuilder unknown;
  unknown.Input("x", {1, 2}).Node("LSTM", {"x"}, "y").Output("y");
  EXPECT_EQ(ErrorOf(unknown),
            "m.onnx: node 'y_node' (LSTM): this operator is not supported; "
            "docs/operators.md lists those that are");
  OnnxBuilder dynamic;
  dynamic.Input("x", {1, 3, 0, 96}).Node("Relu", {"x"}, "y").Output("y");
  EXPECT_EQ(ErrorOf(dynamic),
            "m.onnx: input 'x' has the dynamic dimension 2 ('N'); "
            "export the model with a static shape");
  OnnxBuilder unsorted;
  unsorted.Input("x", {1, 2}).Node("Relu", {"later"}, "y").Node("Relu", {"x"}, "later");
  unsorted.Output("y");
  EXPECT_NE(ErrorOf(unsorted).find("reads 'later', which nothing before it computes"),
            std::string::npos);
  OnnxBuilder old(6);
  old.Input("x", {1, 2}).Node("Relu", {"x"}, "y").Output("y");
  EXPECT_NE(ErrorOf(old).find("operator set 6"), std::string::npos);
}

TEST(OnnxErrors, HostileFilesAreRefused) {
  const auto error = [](auto&& change) {
    OnnxBuilder model;
    model.Input("x", {1, 2});
    change(model);
    model.Node("Add", {"x", "c"}, "y").Output("y");
    return ErrorOf(model);
  };
  const auto constant = [](OnnxBuilder& model, std::vector<int64_t> shape) {
    return model.AddConstant("c", shape, onnx::TensorProto::FLOAT);
  };
  EXPECT_NE(error([&](OnnxBuilder& m) {
              constant(m, {int64_t{1} << 40, int64_t{1} << 40});
            }).find("too large"),
            std::string::npos);
  EXPECT_NE(error([&](OnnxBuilder& m) { constant(m, {-1}); }).find("not all of it positive"),
            std::string::npos);
  EXPECT_NE(error([&](OnnxBuilder& m) {
              constant(m, {2})->set_raw_data("short");
            }).find("where its shape 2 needs 2"),
            std::string::npos);
  EXPECT_NE(error([&](OnnxBuilder& m) {
              constant(m, {2})->set_data_location(onnx::TensorProto::EXTERNAL);
            }).find("another file"),
            std::string::npos);
  EXPECT_NE(error([&](OnnxBuilder& m) {
              m.Floats("c", {1}, {1}).Floats("c", {1}, {1});
            }).find("defined twice"),
            std::string::npos);
}

TEST(OnnxErrors, WhatFitsInNumberButNotInMeaningIsRefused) {
  OnnxBuilder scalar_bias = ConvModel({2, 4, 3, 3});
  scalar_bias.Floats("b", {}, {1});
  scalar_bias.graph().mutable_node(0)->add_input("b");
  EXPECT_NE(ErrorOf(scalar_bias).find("a bias of scalar for 2 channels"), std::string::npos);

  OnnxBuilder kernel = ConvModel({2, 4, 3, 3});
  kernel.With("kernel_shape", std::vector<int64_t>{5, 5});
  EXPECT_NE(ErrorOf(kernel).find("attribute kernel_shape does not fit the filter of 2x4x3x3"),
            std::string::npos);

  OnnxBuilder column;
  column.Input("x", {1, 2}).Floats("w", {2, 3}, {1, 2, 3, 4, 5, 6}).Floats("c", {3, 1}, {1, 2, 3});
  column.Node("Gemm", {"x", "w", "c"}, "y").Output("y");
  EXPECT_NE(ErrorOf(column).find("adds 3x1 to 1x3"), std::string::npos);

  OnnxBuilder integers;
  integers.Input("x", {1, 2}).Ints("c", {1, 2}).Node("Add", {"x", "c"}, "y").Output("y");
  EXPECT_NE(ErrorOf(integers).find("reads 'c' of int64; export the model in float32"),
            std::string::npos);
}

TEST(OnnxErrors, SmallFilesDoNotMakeLargeGraphs) {
  OnnxBuilder many;
  many.Input("x", {1, 2}).Node("Max", std::vector<std::string>(kMaxNodes + 2, "x"), "y");
  many.Output("y");
  EXPECT_NE(ErrorOf(many).find("beyond the 16384 nodes"), std::string::npos);

  OnnxBuilder wide;
  wide.Input("a", {1 << 20, 1, 1}).Input("b", {1, 1 << 20, 1}).Input("c", {1, 1, 1 << 30});
  wide.Node("Add", {"a", "b"}, "d").Node("Add", {"d", "c"}, "e").Node("Flatten", {"e"}, "y");
  wide.Output("y");
  EXPECT_NE(ErrorOf(wide).find("too large"), std::string::npos);

  OnnxBuilder deep;
  deep.Input("x", std::vector<int64_t>(kMaxRank + 1, 1)).Node("Relu", {"x"}, "y").Output("y");
  EXPECT_NE(ErrorOf(deep).find("input 'x' has a shape of 9 dimensions"), std::string::npos);
}

TEST(OnnxErrors, EveryTruncationIsRefusedOrRead) {
  const std::string whole = ConvModel({2, 4, 3, 3}).Bytes();
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string part = whole.substr(0, length);
    const Result<Graph> graph = ImportOnnx("m.onnx", BytesOf(part));
    if (!graph.ok()) {
      EXPECT_EQ(graph.error().file, "m.onnx");
    }
  }
}

}  // namespace
}  // namespace wranglet
