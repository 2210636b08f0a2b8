// Whose arithmetic operators get: XNNPACK's where its delegate takes them, else TensorFlow Lite's.

#include <gtest/gtest.h>

#include <vector>

#include "plugin/compiler/import/tflite_builder.h"
#include "plugin/compiler/import/tflite_import.h"
#include "plugin/compiler/import/tflite_seeds.h"

namespace wranglet {
namespace {

using Fbb = flatbuffers::FlatBufferBuilder;

// That of the one node of a network of one operator, which is a T.
template <typename T>
Arithmetic ArithmeticOf(const TfliteRow& row, TflitePrecision precision) {
  Result<Graph> graph = ImportTflite("m.tflite", TfliteFileOf(row, precision));
  EXPECT_TRUE(graph.ok()) << graph.error().ToString();
  return graph.ok() ? graph->nodes.at(0).As<T>()->arithmetic : Arithmetic::kXnnpack;
}

TEST(TfliteArithmetic, DepthwiseIsXnnpacksInInt8WithABias) {
  const auto of = [](bool has_bias, TflitePrecision precision) {
    TfliteRow row = {tflite::BuiltinOperator_DEPTHWISE_CONV_2D,
                     {Image({1, 4, 6, 4}), Depthwise({1, 3, 2, 4})},
                     {{1, 2, 5, 4}},
                     [](Fbb& b) {
                       return Any(tflite::CreateDepthwiseConv2DOptions(
                           b, tflite::Padding_VALID, 1, 1, 1, tflite::FusedActivation_NONE, 1, 1));
                     }};
    if (has_bias) row.inputs.push_back(Bias(4));
    return ArithmeticOf<DepthwiseConv2D>(row, precision);
  };
  EXPECT_EQ(of(true, TflitePrecision::kInt8), Arithmetic::kXnnpack);
  EXPECT_EQ(of(false, TflitePrecision::kInt8), Arithmetic::kTfliteInt8);
  EXPECT_EQ(of(true, TflitePrecision::kUint8), Arithmetic::kTfliteUint8);
  EXPECT_EQ(of(false, TflitePrecision::kFloat32), Arithmetic::kXnnpack);
}

TEST(TfliteArithmetic, TransposeConvIsXnnpacksUnlessItsKernelLeavesGaps) {
  const auto of = [](int32_t kernel, TflitePrecision precision) {
    return ArithmeticOf<TransposeConv>(
        {tflite::BuiltinOperator_TRANSPOSE_CONV,
         {Indices({1, 8, 12, 2}), Filter({2, 2, kernel, 4}), Image({1, 4, 6, 4}), Bias(2)},
         {{1, 8, 12, 2}},
         [](Fbb& b) {
           return Any(tflite::CreateTransposeConvOptions(b, tflite::Padding_SAME, 2, 2,
                                                         tflite::FusedActivation_NONE));
         }},
        precision);
  };
  EXPECT_EQ(of(2, TflitePrecision::kInt8), Arithmetic::kXnnpack);
  EXPECT_EQ(of(1, TflitePrecision::kInt8), Arithmetic::kTfliteInt8);
  EXPECT_EQ(of(1, TflitePrecision::kUint8), Arithmetic::kTfliteUint8);
}

TEST(TfliteArithmetic, L2NormalizationIsTensorFlowLites) {
  const TfliteRow row = {
      tflite::BuiltinOperator_L2_NORMALIZATION, {Image({1, 2, 3, 4})}, {{1, 2, 3, 4}}};
  EXPECT_EQ(ArithmeticOf<L2Normalization>(row, TflitePrecision::kInt8), Arithmetic::kTfliteInt8);
  EXPECT_EQ(ArithmeticOf<L2Normalization>(row, TflitePrecision::kUint8), Arithmetic::kTfliteUint8);
}

}  // namespace
}  // namespace wranglet
