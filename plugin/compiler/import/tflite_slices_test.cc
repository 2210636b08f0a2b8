// Parts of tensors, and tensors of parts.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugin/compiler/import/tflite_builder.h"
#include "plugin/compiler/import/tflite_import.h"
#include "plugin/compiler/import/tflite_seeds.h"

namespace wranglet {
namespace {

using Fbb = flatbuffers::FlatBufferBuilder;
using Numbers = std::vector<int32_t>;

Result<Graph> Import(const TfliteRow& row) {
  return ImportTflite("m.tflite", TfliteFileOf(row, TflitePrecision::kInt8));
}

std::string ErrorOf(const TfliteRow& row) {
  const Result<Graph> graph = Import(row);
  return graph.ok() ? "no error" : graph.error().message;
}

// The first node of a network of one operator, which is a Slice.
Slice FirstSlice(const TfliteRow& row) {
  Result<Graph> graph = Import(row);
  EXPECT_TRUE(graph.ok()) << graph.error().ToString();
  return graph.ok() ? *graph->nodes[0].As<Slice>() : Slice{};
}

TEST(TfliteSlices, SplitGivesEveryOutputItsPart) {
  Result<Graph> graph = Import({tflite::BuiltinOperator_SPLIT_V,
                                {Image({2, 6}), Indices({1, -1, 2}), Indices({-1})},
                                {{2, 1}, {2, 3}, {2, 2}}});
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 3u);
  EXPECT_EQ(graph->nodes[2].As<Slice>()->begin, (Numbers{0, 4}));
  EXPECT_EQ(graph->nodes[2].As<Slice>()->size, (Numbers{2, 2}));
  EXPECT_EQ(graph->nodes[2].outputs[0], graph->outputs[2]);
  EXPECT_EQ(graph->nodes[2].name, "SPLIT_V 0#3");
}

TEST(TfliteSlices, SplitsPartsMakeUpTheWhole) {
  EXPECT_EQ(
      ErrorOf({tflite::BuiltinOperator_SPLIT, {Indices({1}), Image({2, 5})}, {{2, 2}, {2, 2}}}),
      "its parts do not make up 2x5");
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_SPLIT_V,
                     {Image({2, 5}), Indices({2, 4}), Indices({1})},
                     {{2, 2}, {2, 4}}}),
            "its parts do not fit 2x5");
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_SPLIT_V,
                     {Image({2, 5}), Indices({2, 2, 1}), Indices({1})},
                     {{2, 2}, {2, 3}}}),
            "'t1' has 3 numbers, not 2");
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_SPLIT, {Indices({2}), Image({2, 5})}, {{2, 5}}}),
            "axis 2 of a tensor of 2 dimensions");
}

TEST(TfliteSlices, SliceReachesToTheEndByMinusOne) {
  EXPECT_EQ(FirstSlice({tflite::BuiltinOperator_SLICE,
                        {Image({4, 6}), Indices({1, 2}), Indices({2, -1})},
                        {{2, 4}}})
                .size,
            (Numbers{2, 4}));
  EXPECT_NE(ErrorOf({tflite::BuiltinOperator_SLICE,
                     {Image({4, 6}), Indices({1, 2}), Indices({2, 5})},
                     {{2, 5}}}),
            "no error");
}

TEST(TfliteSlices, StridedSliceGoesBackwards) {
  const Slice slice = FirstSlice({tflite::BuiltinOperator_STRIDED_SLICE,
                                  {Image({7}), Indices({-1}), Indices({-8}), Indices({-3})},
                                  {{3}}});
  EXPECT_EQ(slice.begin, Numbers{6});
  EXPECT_EQ(slice.size, Numbers{3});
  EXPECT_EQ(slice.stride, Numbers{-3});
}

TEST(TfliteSlices, StridedSliceCutsWhatIsOutOfRange) {
  const Slice slice =
      FirstSlice({tflite::BuiltinOperator_STRIDED_SLICE,
                  {Image({5, 6}), Indices({-9, 1}), Indices({99, 6}), Indices({2, 2})},
                  {{3, 3}}});
  EXPECT_EQ(slice.begin, (Numbers{0, 1}));
  EXPECT_EQ(slice.size, (Numbers{3, 3}));
}

TEST(TfliteSlices, StridedSliceWithEllipsisShrunkAndNewAxes) {
  // x[1, ..., newaxis, :2]
  Result<Graph> graph = Import(
      {tflite::BuiltinOperator_STRIDED_SLICE,
       {Image({4, 5, 6, 3}), Indices({1, 0, 0, 0}), Indices({0, 0, 0, 2}), Indices({1, 1, 1, 1})},
       {{5, 6, 1, 2}},
       [](Fbb& b) {
         return Any(tflite::CreateStridedSliceOptions(b, /*begin_mask=*/8, 0,
                                                      /*ellipsis_mask=*/2,
                                                      /*new_axis_mask=*/4,
                                                      /*shrink_axis_mask=*/1, false));
       }});
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 2u);
  EXPECT_EQ(graph->nodes[0].As<Slice>()->begin, (Numbers{1, 0, 0, 0}));
  EXPECT_EQ(graph->nodes[0].As<Slice>()->size, (Numbers{1, 5, 6, 2}));
  EXPECT_NE(graph->nodes[1].As<Reshape>(), nullptr);
}

TEST(TfliteSlices, StridedSliceOfNothingIsRefused) {
  EXPECT_NE(ErrorOf({tflite::BuiltinOperator_STRIDED_SLICE,
                     {Image({5}), Indices({3}), Indices({3}), Indices({1})},
                     {{1}}})
                .find("takes 0 elements"),
            std::string::npos);
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_STRIDED_SLICE,
                     {Image({5}), Indices({3}), Indices({4}), Indices({0})},
                     {{1}}}),
            "its ranges do not fit 5");
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_STRIDED_SLICE,
                     {Image({5}), Indices({3, 0}), Indices({4, 1}), Indices({1, 1})},
                     {{1}}}),
            "its ranges do not fit 5");
}

TEST(TfliteSlices, ConcatenationWithAnActivationIsClampedBehind) {
  Result<Graph> graph = Import(
      {tflite::BuiltinOperator_CONCATENATION, {Image({1, 2}), Image({1, 3})}, {{1, 5}}, [](Fbb& b) {
         return Any(tflite::CreateConcatenationOptions(b, -1, tflite::FusedActivation_RELU));
       }});
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 2u);
  EXPECT_EQ(graph->nodes[0].As<Concat>()->axis, 1);
  EXPECT_EQ(graph->nodes[1].As<Clamp>()->activation.min, 0.0f);
}

TEST(TfliteSlices, ConcatenationTakesInputsOfOtherScales) {
  TfliteBuilder file;
  const int32_t a = file.Activation(tflite::TensorType_UINT8, {1, 2}, {{0.5f}, {3}});
  const int32_t b = file.Activation(tflite::TensorType_UINT8, {1, 2}, {{0.25f}, {3}});
  const int32_t y = file.Activation(tflite::TensorType_UINT8, {1, 4}, {{0.5f}, {3}});
  file.Operator(tflite::BuiltinOperator_CONCATENATION, {a, b}, {y},
                tflite::CreateConcatenationOptions(file.fbb, 1));
  Result<Graph> graph = ImportTflite("m.tflite", file.Finish({a, b}, {y}));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 1u);
  EXPECT_EQ(graph->nodes[0].inputs, graph->inputs);
}

TEST(TfliteSlices, PackPutsANewDimension) {
  Result<Graph> graph = Import(
      {tflite::BuiltinOperator_PACK, {Image({2, 3}), Image({2, 3})}, {{2, 3, 2}}, [](Fbb& b) {
         return Any(tflite::CreatePackOptions(b, 2, -1));
       }});
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 3u);
  EXPECT_EQ(graph->nodes[2].As<Concat>()->axis, 2);
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_PACK, {Image({2, 3}), Image({3, 2})}, {{2, 2, 3}}}),
            "packs 2x3 with 3x2");
}

TEST(TfliteSlices, UnpackTakesTheDimensionAway) {
  Result<Graph> graph =
      Import({tflite::BuiltinOperator_UNPACK, {Image({2, 3})}, {{2}, {2}, {2}}, [](Fbb& b) {
                return Any(tflite::CreateUnpackOptions(b, 3, 1));
              }});
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 6u);
  EXPECT_EQ(graph->nodes[4].As<Slice>()->begin, (Numbers{0, 2}));
  EXPECT_EQ(ErrorOf({tflite::BuiltinOperator_UNPACK, {Image({2, 3})}, {{3}}}),
            "unpacks 2x3 to 1 outputs");
}

}  // namespace
}  // namespace wranglet
