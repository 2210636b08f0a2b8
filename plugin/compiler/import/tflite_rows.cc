#include "plugin/compiler/import/tflite_rows.h"

#include <utility>

namespace wranglet {
namespace {

using Numbers = std::vector<int32_t>;
using Fbb = flatbuffers::FlatBufferBuilder;

}  // namespace

std::vector<TfliteRow> TfliteRows() {
  using namespace tflite;  // NOLINT: the schema's names are long enough
  constexpr auto kNone = FusedActivation_NONE;
  const Numbers image = {1, 4, 6, 4};
  std::vector<TfliteRow> rows = {
      {BuiltinOperator_CONV_2D,
       {Image(image), Filter({2, 3, 3, 4}), Bias(2)},
       {{1, 2, 3, 2}},
       [](Fbb& b) {
         return Any(CreateConv2DOptions(b, Padding_SAME, 2, 2, FusedActivation_RELU6, 1, 1));
       }},
      {BuiltinOperator_DEPTHWISE_CONV_2D,
       {Image(image), Depthwise({1, 3, 2, 8}), Bias(8)},
       {{1, 2, 5, 8}},
       [](Fbb& b) {
         return Any(CreateDepthwiseConv2DOptions(b, Padding_VALID, 1, 1, 2, kNone, 1, 1));
       }},
      {BuiltinOperator_TRANSPOSE_CONV,
       {Indices({1, 8, 12, 2}), Filter({2, 3, 3, 4}), Image(image), Bias(2)},
       {{1, 8, 12, 2}},
       [](Fbb& b) { return Any(CreateTransposeConvOptions(b, Padding_SAME, 2, 2, kNone)); }},
      {BuiltinOperator_FULLY_CONNECTED,
       {Image(image), Filter({3, 96}), Bias(3)},
       {{1, 3}},
       [](Fbb& b) { return Any(CreateFullyConnectedOptions(b, FusedActivation_RELU, 0, false)); }},
      {BuiltinOperator_BATCH_MATMUL,
       {Image({2, 3, 4}), Image({2, 5, 4})},
       {{2, 3, 5}},
       [](Fbb& b) { return Any(CreateBatchMatMulOptions(b, false, true)); }},
      {BuiltinOperator_PRELU, {Image(image), Value({1, 1, 4})}, {image}},
      {BuiltinOperator_LEAKY_RELU,
       {Image(image)},
       {image},
       [](Fbb& b) { return Any(CreateLeakyReluOptions(b, 0.1f)); }},
      {BuiltinOperator_GELU,
       {Image(image)},
       {image},
       [](Fbb& b) { return Any(CreateGeluOptions(b, true)); }},
      {BuiltinOperator_SOFTMAX,
       {Image({1, 10})},
       {{1, 10}},
       [](Fbb& b) { return Any(CreateSoftmaxOptions(b, 1.0f)); }},
      {BuiltinOperator_MEAN,
       {Image(image), Indices({1, 2})},
       {{1, 4}},
       [](Fbb& b) { return Any(CreateReducerOptions(b, false)); }},
      {BuiltinOperator_L2_NORMALIZATION,
       {Image({1, 10})},
       {{1, 10}},
       [](Fbb& b) { return Any(CreateBinaryOptions(b, kNone)); }},
      {BuiltinOperator_RESHAPE,
       {Image(image), Indices({1, 24, 4})},
       {{1, 24, 4}},
       [](Fbb& b) { return Any(CreateReshapeOptions(b)); }},
      {BuiltinOperator_SQUEEZE, {Image({1, 4, 1, 5})}, {{4, 5}}},
      {BuiltinOperator_EXPAND_DIMS, {Image({4, 5}), Indices({1})}, {{4, 1, 5}}},
      {BuiltinOperator_TRANSPOSE, {Image(image), Indices({0, 3, 1, 2})}, {{1, 4, 4, 6}}},
      {BuiltinOperator_SPACE_TO_DEPTH,
       {Image(image)},
       {{1, 2, 3, 16}},
       [](Fbb& b) { return Any(CreateBlockOptions(b, 2)); }},
      {BuiltinOperator_DEPTH_TO_SPACE,
       {Image(image)},
       {{1, 8, 12, 1}},
       [](Fbb& b) { return Any(CreateBlockOptions(b, 2)); }},
      {BuiltinOperator_PAD, {Image(image), Indices({0, 0, 1, 2, 0, 1, 0, 0})}, {{1, 7, 7, 4}}},
      {BuiltinOperator_PADV2,
       {Image(image), Indices({0, 0, 1, 2, 0, 1, 0, 0}), Value({1})},
       {{1, 7, 7, 4}}},
      {BuiltinOperator_MIRROR_PAD,
       {Image(image), Indices({0, 0, 1, 2, 0, 1, 0, 0})},
       {{1, 7, 7, 4}},
       [](Fbb& b) { return Any(CreateMirrorPadOptions(b, MirrorPadMode_SYMMETRIC)); }},
      {BuiltinOperator_RESIZE_BILINEAR,
       {Image(image), Indices({7, 9})},
       {{1, 7, 9, 4}},
       [](Fbb& b) { return Any(CreateResizeBilinearOptions(b, false, true)); }},
      {BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
       {Image(image), Indices({8, 3})},
       {{1, 8, 3, 4}},
       [](Fbb& b) { return Any(CreateResizeNearestNeighborOptions(b, true, false)); }},
      {BuiltinOperator_CONCATENATION,
       {Image(image), Image({1, 4, 6, 3})},
       {{1, 4, 6, 7}},
       [](Fbb& b) { return Any(CreateConcatenationOptions(b, -1, kNone)); }},
      {BuiltinOperator_PACK,
       {Image({2, 3}), Image({2, 3})},
       {{2, 2, 3}},
       [](Fbb& b) { return Any(CreatePackOptions(b, 2, 1)); }},
      {BuiltinOperator_UNPACK,
       {Image({2, 2, 3})},
       {{2, 3}, {2, 3}},
       [](Fbb& b) { return Any(CreateUnpackOptions(b, 2, 1)); }},
      {BuiltinOperator_SPLIT,
       {Indices({3}), Image(image)},
       {{1, 4, 6, 2}, {1, 4, 6, 2}},
       [](Fbb& b) { return Any(CreateSplitOptions(b, 2)); }},
      {BuiltinOperator_SPLIT_V,
       {Image(image), Indices({1, -1}), Indices({2})},
       {{1, 4, 1, 4}, {1, 4, 5, 4}},
       [](Fbb& b) { return Any(CreateSplitOptions(b, 2)); }},
      {BuiltinOperator_SLICE,
       {Image(image), Indices({0, 1, 0, 2}), Indices({1, 2, -1, 1})},
       {{1, 2, 6, 1}}},
      {BuiltinOperator_STRIDED_SLICE,
       {Image(image), Indices({0, 1, -1}), Indices({1, 0, -7}), Indices({1, 1, -2})},
       {{1, 3, 4}},
       [](Fbb& b) { return Any(CreateStridedSliceOptions(b, 0, 1, 0, 0, 2, false)); }},
  };
  for (const auto op : {BuiltinOperator_AVERAGE_POOL_2D, BuiltinOperator_MAX_POOL_2D}) {
    rows.push_back({op, {Image(image)}, {{1, 2, 3, 4}}, [](Fbb& b) {
                      return Any(CreatePool2DOptions(b, Padding_SAME, 2, 2, 3, 3, kNone));
                    }});
  }
  for (const auto op : {BuiltinOperator_ADD, BuiltinOperator_SUB, BuiltinOperator_MUL,
                        BuiltinOperator_DIV, BuiltinOperator_MAXIMUM, BuiltinOperator_MINIMUM}) {
    const bool has_options = op != BuiltinOperator_MAXIMUM && op != BuiltinOperator_MINIMUM;
    const auto options = [](Fbb& b) { return Any(CreateBinaryOptions(b, FusedActivation_RELU)); };
    rows.push_back({op, {Image(image), Image({6, 1})}, {image}, has_options ? +options : nullptr});
  }
  for (const auto op :
       {BuiltinOperator_ABS, BuiltinOperator_ELU, BuiltinOperator_EXP, BuiltinOperator_HARD_SWISH,
        BuiltinOperator_LOG, BuiltinOperator_LOGISTIC, BuiltinOperator_NEG, BuiltinOperator_RELU,
        BuiltinOperator_RELU6, BuiltinOperator_RELU_0_TO_1, BuiltinOperator_RELU_N1_TO_1,
        BuiltinOperator_RSQRT, BuiltinOperator_SQRT, BuiltinOperator_SQUARE,
        BuiltinOperator_TANH}) {
    rows.push_back({op, {Image(image)}, {image}});
  }
  return rows;
}

}  // namespace wranglet
