// Products of matrices, and what works along an axis.

#include <string>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {
namespace {

// The image counts as a matrix with the filter's number of columns, unless its last dimension has
// them and the output keeps its dimensions.
Status TranslateFullyConnected(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 3));
  WRANGLET_RETURN_IF_ERROR(node.ExpectRank(1, 2));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::FullyConnectedOptions>());
  if (options->weights_format() != 0) return Error{.message = "shuffled weights are not supported"};
  FullyConnected fully_connected;
  WRANGLET_ASSIGN(fully_connected.activation,
                  ReadTfliteActivation(options->fused_activation_function()));
  std::vector<TensorId> inputs = node.inputs();
  const int64_t columns = node.in(1).shape[1];
  const Shape& input = node.in(0).shape;
  const bool keeps_dimensions = !input.empty() && input.size() == node.out().shape.size();
  if (!keeps_dimensions || input.back() != columns) {
    const int64_t count = CountOf(node.in(0));
    if (count % columns != 0) {
      return Error{.message = "input and filter are " + ToString(input) + " and " +
                              ToString(node.in(1).shape)};
    }
    WRANGLET_ASSIGN(inputs[0],
                    node.EmitLike(inputs[0], {count / columns, columns}, Reshape{}, {inputs[0]}));
  }
  WRANGLET_ASSIGN(inputs[1], node.FloatFilter(1));
  return node.Emit(fully_connected, std::move(inputs));
}

Status TranslateBatchMatMul(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::BatchMatMulOptions>());
  WRANGLET_ASSIGN(const TensorId right, node.FloatFilter(1));
  return node.Emit(BatchMatMul{.adj_a = options->adj_x(), .adj_b = options->adj_y()},
                   {node.input(0), right});
}

Status TranslateMean(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  Mean mean;
  WRANGLET_ASSIGN(const std::vector<int64_t> axes, node.Integers(1));
  WRANGLET_ASSIGN(mean.axes, NormalizedAxes(axes, node.in(0).shape.size()));
  return node.Emit(std::move(mean), {node.input(0)});
}

template <bool is_min>
Status TranslateArgMax(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  const DType to = node.out().dtype;
  if (to != DType::kInt32 && to != DType::kInt64) {
    return Error{.message = "its output is " + std::string(NameOf(to)) + ", not int32 or int64"};
  }
  ArgMax arg_max{.is_min = is_min};
  WRANGLET_ASSIGN(arg_max.axis, node.Axis(1, node.in(0).shape.size()));
  return node.Emit(arg_max, {node.input(0)});
}

Status TranslateSoftmax(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::SoftmaxOptions>());
  return node.Emit(Softmax{.beta = options->beta()}, node.inputs());
}

Status TranslateL2Normalization(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::BinaryOptions>());
  if (options->fused_activation_function() != tflite::FusedActivation_NONE) {
    return Error{.message = "a fused activation is not supported"};
  }
  const bool is_unsigned = node.in(0).dtype == DType::kUint8;
  return node.Emit(
      L2Normalization{is_unsigned ? Arithmetic::kTfliteUint8 : Arithmetic::kTfliteInt8},
      node.inputs());
}

}  // namespace

std::span<const TfliteTranslationOf> TfliteLinear() {
  static constexpr TfliteTranslationOf kTranslations[] = {
      {tflite::BuiltinOperator_ARG_MAX, TranslateArgMax<false>},
      {tflite::BuiltinOperator_ARG_MIN, TranslateArgMax<true>},
      {tflite::BuiltinOperator_BATCH_MATMUL, TranslateBatchMatMul},
      {tflite::BuiltinOperator_FULLY_CONNECTED, TranslateFullyConnected},
      {tflite::BuiltinOperator_L2_NORMALIZATION, TranslateL2Normalization},
      {tflite::BuiltinOperator_MEAN, TranslateMean},
      {tflite::BuiltinOperator_SOFTMAX, TranslateSoftmax},
  };
  return kTranslations;
}

}  // namespace wranglet
