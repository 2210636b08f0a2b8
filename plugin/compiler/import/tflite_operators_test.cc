// What operators of TensorFlow Lite become, by family; tflite_slices_test and tflite_weights_test
// are of the same program.

#include "plugin/compiler/import/tflite_operators.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "plugin/compiler/import/tflite_builder.h"
#include "plugin/compiler/import/tflite_import.h"
#include "plugin/compiler/import/tflite_seeds.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

using tflite::BuiltinOperator;
using Fbb = flatbuffers::FlatBufferBuilder;

Result<Graph> Import(const TfliteRow& row, TflitePrecision precision = TflitePrecision::kInt8) {
  return ImportTflite("m.tflite", TfliteFileOf(row, precision));
}

std::string ErrorOf(const TfliteRow& row) {
  const Result<Graph> graph = Import(row);
  return graph.ok() ? "no error" : graph.error().ToString();
}

// The one node of a network of one operator, as T.
template <typename T>
T OnlyNode(const TfliteRow& row) {
  Result<Graph> graph = Import(row);
  EXPECT_TRUE(graph.ok()) << graph.error().ToString();
  if (!graph.ok() || graph->nodes.size() != 1 || graph->nodes[0].As<T>() == nullptr) {
    ADD_FAILURE() << "is not one " << T::kName;
    return {};
  }
  return *graph->nodes[0].As<T>();
}

TEST(TfliteOperators, EverySeedImportsAndPasses) {
  for (const TfliteSeed& seed : TfliteSeeds()) {
    SCOPED_TRACE(seed.name);
    Result<Graph> graph = ImportTflite("m.tflite", seed.file);
    ASSERT_TRUE(graph.ok()) << graph.error().ToString();
    const Status passed = RunPasses(*graph);
    EXPECT_TRUE(passed.ok()) << passed.error().ToString();
  }
}

TEST(TfliteOperators, EveryOneHasASeed) {
  std::set<std::string> seeds;
  for (const TfliteSeed& seed : TfliteSeeds()) {
    seeds.insert(seed.name.substr(0, seed.name.find(' ')));
  }
  for (const char* in_other_seeds : {"CAST", "DEQUANTIZE", "SHAPE"}) seeds.insert(in_other_seeds);
  for (const std::string& name : TfliteOperators()) EXPECT_TRUE(seeds.contains(name)) << name;
}

// Only the interface may be left of uint8.
TEST(TfliteOperators, Uint8NetworksBecomeInt8) {
  for (const TfliteRow& row : TfliteRows()) {
    SCOPED_TRACE(tflite::EnumNameBuiltinOperator(row.op));
    Result<Graph> graph = Import(row, TflitePrecision::kUint8);
    ASSERT_TRUE(graph.ok()) << graph.error().ToString();
    ASSERT_TRUE(UnsignedToSigned(*graph).ok());
    ASSERT_TRUE(Validate(*graph).ok());
    std::set<TensorId> interface(graph->inputs.begin(), graph->inputs.end());
    interface.insert(graph->outputs.begin(), graph->outputs.end());
    for (size_t i = 0; i < graph->tensors.size(); ++i) {
      EXPECT_EQ(graph->tensors[i].dtype == DType::kUint8,
                interface.contains(static_cast<TensorId>(i)));
    }
  }
}

TEST(TfliteConvolution, Uint8FiltersKeepTheirZeroPoint) {
  Result<Graph> graph = Import(
      {tflite::BuiltinOperator_FULLY_CONNECTED, {Image({1, 4}), Filter({2, 4}), Bias(2)}, {{1, 2}}},
      TflitePrecision::kUint8);
  ASSERT_TRUE(graph.ok() && RunPasses(*graph).ok());
  ASSERT_EQ(graph->nodes.size(), 3u);  // between two that store the interface anew
  const Tensor& filter = graph->tensor(graph->nodes[1].inputs[1]);
  EXPECT_EQ(filter.dtype, DType::kInt8);
  EXPECT_EQ(filter.quantization->zero_point[0], 120 - 128);
  EXPECT_EQ(filter.ConstantAs<int8_t>()[1], 7 - 128);
}

TEST(TfliteConvolution, TransposeConvPadsAsTheConvolutionBack) {
  const auto conv = OnlyNode<TransposeConv>(
      {tflite::BuiltinOperator_TRANSPOSE_CONV,
       {Indices({1, 8, 9, 2}), Filter({2, 3, 3, 4}), Image({1, 4, 5, 4})},
       {{1, 8, 9, 2}},
       [](Fbb& b) {
         return Any(tflite::CreateTransposeConvOptions(b, tflite::Padding_SAME, 2, 2));
       }});
  EXPECT_EQ(conv.window.padding.top, 0);
  EXPECT_EQ(conv.window.padding.bottom, 1);
  EXPECT_EQ(conv.window.padding.left, 1);
  EXPECT_EQ(conv.window.padding.right, 1);
}

TEST(TfliteConvolution, TransposeConvsShapeHasToBeTheOutputs) {
  EXPECT_EQ(
      ErrorOf({tflite::BuiltinOperator_TRANSPOSE_CONV,
               {Indices({1, 8, 8, 2}), Filter({2, 3, 3, 4}), Image({1, 4, 4, 4})},
               {{1, 8, 9, 2}},
               [](Fbb& b) {
                 return Any(tflite::CreateTransposeConvOptions(b, tflite::Padding_SAME, 2, 2));
               }}),
      "m.tflite: node 'TRANSPOSE_CONV 0' (TRANSPOSE_CONV): its first input says that the "
      "output is 1x8x8x2, but it is 1x8x9x2");
}

TEST(TfliteConvolution, AnUnknownPaddingIsRefused) {
  EXPECT_NE(ErrorOf({tflite::BuiltinOperator_MAX_POOL_2D,
                     {Image({1, 4, 4, 2})},
                     {{1, 2, 2, 2}},
                     [](Fbb& b) {
                       return Any(tflite::CreatePool2DOptions(b, tflite::Padding(7), 2, 2, 2, 2));
                     }})
                .find("padding 7 is not supported"),
            std::string::npos);
}

TEST(TfliteLinear, FullyConnectedFlattensUnlessItKeepsDimensions) {
  const auto nodes = [](std::vector<int32_t> input, std::vector<int32_t> output) {
    Result<Graph> graph = Import({tflite::BuiltinOperator_FULLY_CONNECTED,
                                  {Image(std::move(input)), Filter({3, 4})},
                                  {std::move(output)}});
    return graph.ok() ? graph->nodes.size() : 0;
  };
  EXPECT_EQ(nodes({2, 4}, {2, 3}), 1u);
  EXPECT_EQ(nodes({2, 5, 4}, {2, 5, 3}), 1u);
  EXPECT_EQ(nodes({2, 5, 4}, {10, 3}), 2u);
  EXPECT_EQ(nodes({1, 2, 2, 1}, {1, 3}), 2u);
  EXPECT_EQ(nodes({1, 5}, {1, 3}), 0u);
  EXPECT_EQ(nodes({}, {}), 0u);  // found by fuzzing
}

TEST(TfliteLinear, ArgMaxCountsItsAxisFromBehindToo) {
  Result<Graph> graph = ImportTflite("m.tflite", [] {
    TfliteBuilder file;
    const int32_t x = file.Activation(tflite::TensorType_FLOAT32, {2, 3, 4});
    const int32_t y = file.Activation(tflite::TensorType_INT64, {2, 4});
    file.Operator(tflite::BuiltinOperator_ARG_MIN, {x, file.Indices({-2})}, {y});
    return file.Finish({x}, {y});
  }());
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const auto* arg_max = graph->nodes[0].As<ArgMax>();
  ASSERT_NE(arg_max, nullptr);
  EXPECT_EQ(arg_max->axis, 1);
  EXPECT_TRUE(arg_max->is_min);
}

TEST(TfliteElementwise, ParametersComeFromOptions) {
  EXPECT_EQ(OnlyNode<Unary>({tflite::BuiltinOperator_LEAKY_RELU,
                             {Image({1, 4})},
                             {{1, 4}},
                             [](Fbb& b) { return Any(tflite::CreateLeakyReluOptions(b, 0.25f)); }})
                .alpha,
            0.25f);
  EXPECT_EQ(OnlyNode<Unary>({tflite::BuiltinOperator_GELU,
                             {Image({1, 4})},
                             {{1, 4}},
                             [](Fbb& b) { return Any(tflite::CreateGeluOptions(b, true)); }})
                .kind,
            Unary::Kind::kGeluTanh);
  EXPECT_EQ(OnlyNode<Unary>({tflite::BuiltinOperator_GELU, {Image({1, 4})}, {{1, 4}}}).kind,
            Unary::Kind::kGelu);
  const auto clamp = OnlyNode<Clamp>({tflite::BuiltinOperator_RELU_0_TO_1, {Image({4})}, {{4}}});
  EXPECT_EQ(clamp.activation.min, 0.0f);
  EXPECT_EQ(clamp.activation.max, 1.0f);
}

TEST(TfliteElementwise, QuotientsOfQuantisedTensorsAreComputedInFloat) {
  for (const TfliteRow& row : TfliteRows()) {
    if (row.op != tflite::BuiltinOperator_DIV) continue;
    const Result<Graph> graph = Import(row);
    ASSERT_TRUE(graph.ok()) << graph.error().ToString();
    std::string names;
    for (const Node& node : graph->nodes) names += std::string(NameOf(node.op)) + " ";
    EXPECT_EQ(names, "Dequantize Dequantize Div Quantize ");
    return;
  }
  ADD_FAILURE() << "no row of DIV";
}

TEST(TfliteElementwise, ErrorsNameTheTensor) {
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_PRELU, {Image({1, 4}), Image({4})}, {{1, 4}}}),
            "m.tflite: node 'PRELU 0' (PRELU): its slopes 't1' are not constant");
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_CAST, {Image({1, 4})}, {{1, 4}}}),
            "m.tflite: node 'CAST 0' (CAST): casts the quantised tensor 't0'; quantise or "
            "dequantise it instead");
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_TANH, {Image({1, 4}), Image({1, 4})}, {{1, 4}}}),
            "m.tflite: node 'TANH 0' (TANH): has 2 inputs and 1 outputs");
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_RELU, {Indices({1, 4})}, {{2}}}),
            "m.tflite: node 'RELU 0' (RELU): makes 't1' of int8 from 't0' of int32");
}

TEST(TfliteImages, PadReadsBothSidesAndTheValue) {
  const auto pad = OnlyNode<Pad>({tflite::BuiltinOperator_PADV2,
                                  {Image({1, 4}), Indices({0, 1, 2, 3}), Value({1})},
                                  {{2, 9}}});
  EXPECT_EQ(pad.before, (std::vector<int32_t>{0, 2}));
  EXPECT_EQ(pad.after, (std::vector<int32_t>{1, 3}));
  EXPECT_FLOAT_EQ(pad.value, 0.05f * (0 - 3));
}

TEST(TfliteImages, AValueOfPadHasOneScale) {
  TfliteBuilder file;
  const int32_t x =
      file.Activation(tflite::TensorType_INT8, {1, 1, 1, 2}, {{0.5f, 2.0f}, {0, 0}, /*axis=*/3});
  const int32_t sides =
      file.Constant<int32_t>(tflite::TensorType_INT32, {4, 2}, std::vector<int32_t>(8, 0));
  const int32_t value = file.Constant<int8_t>(tflite::TensorType_INT8, {1}, {1});
  const int32_t y = file.Activation(tflite::TensorType_INT8, {1, 1, 1, 2}, {{0.5f}, {0}});
  file.Operator(tflite::BuiltinOperator_PADV2, {x, sides, value}, {y});
  const Result<Graph> graph = ImportTflite("m.tflite", file.Finish({x}, {y}));
  ASSERT_FALSE(graph.ok());
  EXPECT_NE(graph.error().message.find("has no one scale"), std::string::npos);
}

TEST(TfliteImages, MirrorPadHasTwoModes) {
  const auto pad = [](auto options) {
    return OnlyNode<Pad>({tflite::BuiltinOperator_MIRROR_PAD,
                          {Image({1, 4}), Indices({0, 0, 2, 3})},
                          {{1, 9}},
                          options});
  };
  EXPECT_EQ(pad([](Fbb& b) {
              return Any(tflite::CreateMirrorPadOptions(b, tflite::MirrorPadMode_REFLECT));
            }).mode,
            Pad::Mode::kReflect);
  EXPECT_EQ(pad([](Fbb& b) {
              return Any(tflite::CreateMirrorPadOptions(b, tflite::MirrorPadMode_SYMMETRIC));
            }).mode,
            Pad::Mode::kSymmetric);
}

TEST(TfliteImages, ResizeReadsWhereItsPixelsLie) {
  const auto resize = [](TfliteOptions (*options)(Fbb&)) {
    return OnlyNode<Resize>({tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
                             {Image({1, 4, 4, 1}), Indices({7, 9})},
                             {{1, 7, 9, 1}},
                             options});
  };
  const Resize plain = resize(nullptr);
  EXPECT_EQ(plain.height, 7);
  EXPECT_EQ(plain.width, 9);
  EXPECT_EQ(plain.coordinates, Resize::Coordinates::kAsymmetric);
  EXPECT_EQ(plain.rounding, Resize::Rounding::kFloor);
  const Resize aligned = resize(
      [](Fbb& b) { return Any(tflite::CreateResizeNearestNeighborOptions(b, true, false)); });
  EXPECT_EQ(aligned.coordinates, Resize::Coordinates::kAlignCorners);
  EXPECT_EQ(aligned.rounding, Resize::Rounding::kHalfUp);
  EXPECT_NE(
      ErrorOf({tflite::BuiltinOperator_RESIZE_BILINEAR,
               {Image({1, 4, 4, 1}), Indices({7, 9})},
               {{1, 7, 9, 1}},
               [](Fbb& b) { return Any(tflite::CreateResizeBilinearOptions(b, true, true)); }})
          .find("exclude each other"),
      std::string::npos);
}

TEST(TfliteLayouts, BlocksAreTwoReshapesAroundATranspose) {
  Result<Graph> graph = Import(
      {tflite::BuiltinOperator_DEPTH_TO_SPACE, {Image({1, 2, 3, 8})}, {{1, 4, 6, 2}}, [](Fbb& b) {
         return Any(tflite::CreateBlockOptions(b, 2));
       }});
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 3u);
  EXPECT_EQ(graph->nodes[0].name, "DEPTH_TO_SPACE 0");
  EXPECT_EQ(graph->tensor(graph->nodes[0].outputs[0]).shape, (Shape{1, 2, 3, 2, 2, 2}));
  EXPECT_EQ(graph->tensor(graph->nodes[1].outputs[0]).shape, (Shape{1, 2, 2, 3, 2, 2}));
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_SPACE_TO_DEPTH,
                     {Image({1, 5, 4, 1})},
                     {{1, 2, 2, 4}},
                     [](Fbb& b) { return Any(tflite::CreateBlockOptions(b, 2)); }}),
            "m.tflite: node 'SPACE_TO_DEPTH 0' (SPACE_TO_DEPTH): a block size of 2 does not fit "
            "1x5x4x1");
}

}  // namespace
}  // namespace wranglet
