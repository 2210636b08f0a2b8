// Tensors of parts, and parts of tensors: what is side by side along an axis.

#include <algorithm>
#include <string>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {
namespace {

// All of a tensor of `shape`.
Slice WholeOf(const Shape& shape) {
  return {.begin = std::vector<int32_t>(shape.size(), 0),
          .size = std::vector<int32_t>(shape.begin(), shape.end()),
          .stride = std::vector<int32_t>(shape.size(), 1)};
}

// Concat as the operator's output. Inputs may have other scales than its own, in uint8 files: the
// planner stores them anew as TensorFlow Lite does here, which is not QUANTIZE's way.
Status EmitConcat(TfliteNode& node, int32_t axis, std::vector<TensorId> inputs,
                  const Activation& activation) {
  const TensorId output = node.output();
  if (activation.IsIdentity()) return node.Emit(Concat{axis}, std::move(inputs));
  WRANGLET_ASSIGN(const TensorId joined,
                  node.EmitLike(output, Shape(node.out().shape), Concat{axis}, std::move(inputs)));
  return node.Emit(Clamp{activation}, {joined});
}

Status TranslateConcatenation(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectAllInputs());
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::ConcatenationOptions>());
  WRANGLET_ASSIGN(const Activation activation,
                  ReadTfliteActivation(options->fused_activation_function()));
  WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(options->axis(), node.in(0).shape.size()));
  return EmitConcat(node, axis, node.inputs(), activation);
}

// Each input gets the new dimension first.
Status TranslatePack(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectAllInputs());
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::PackOptions>());
  WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(options->axis(), node.in(0).shape.size() + 1));
  std::vector<TensorId> slices;
  for (const TensorId input : node.inputs()) {
    Shape shape = node.tensor(input).shape;
    if (shape != node.in(0).shape) {
      return Error{.message = "packs " + ToString(node.in(0).shape) + " with " + ToString(shape)};
    }
    shape.insert(shape.begin() + axis, 1);
    WRANGLET_ASSIGN(const TensorId slice, node.EmitLike(input, shape, Reshape{}, {input}));
    slices.push_back(slice);
  }
  return EmitConcat(node, axis, std::move(slices), {});
}

Status TranslateUnpack(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1, std::max<size_t>(node.output_count(), 1)));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::UnpackOptions>());
  const Shape x = node.in(0).shape;
  WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(options->axis(), x.size()));
  const auto at = static_cast<size_t>(axis);
  if (x[at] != static_cast<int64_t>(node.output_count())) {
    return Error{.message = "unpacks " + ToString(x) + " to " +
                            std::to_string(node.output_count()) + " outputs"};
  }
  Shape piece = x, rest = x;
  piece[at] = 1;
  rest.erase(rest.begin() + axis);
  for (size_t i = 0; i < node.output_count(); ++i) {
    Slice slice = WholeOf(piece);
    slice.begin[at] = static_cast<int32_t>(i);
    WRANGLET_ASSIGN(const TensorId sliced,
                    node.EmitLike(node.input(0), piece, slice, {node.input(0)}));
    WRANGLET_RETURN_IF_ERROR(node.EmitReshape(sliced, rest, i));
  }
  return Done{};
}

// The operator's outputs are parts of `x`, side by side along `axis`.
Status EmitSplit(TfliteNode& node, TensorId x, int32_t axis, const std::vector<int64_t>& sizes) {
  const auto at = static_cast<size_t>(axis);
  int64_t begin = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const int64_t dimension = node.tensor(x).shape[at];
    if (sizes[i] < 1 || sizes[i] > dimension - begin) {
      return Error{.message = "its parts do not fit " + ToString(node.tensor(x).shape)};
    }
    Slice slice = WholeOf(node.tensor(x).shape);
    slice.begin[at] = static_cast<int32_t>(begin);
    slice.size[at] = static_cast<int32_t>(sizes[i]);
    WRANGLET_RETURN_IF_ERROR(node.Emit(std::move(slice), {x}, i));
    begin += sizes[i];
  }
  if (begin == node.tensor(x).shape[at]) return Done{};
  return Error{.message = "its parts do not make up " + ToString(node.tensor(x).shape)};
}

// Into equal parts, as many as there are outputs.
Status TranslateSplit(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2, std::max<size_t>(node.output_count(), 1)));
  const Shape& x = node.in(1).shape;
  WRANGLET_ASSIGN(const int32_t axis, node.Axis(0, x.size()));
  const auto parts = static_cast<int64_t>(node.output_count());
  return EmitSplit(node, node.input(1), axis,
                   std::vector(node.output_count(), x[static_cast<size_t>(axis)] / parts));
}

// One of the sizes may be -1: what the others leave.
Status TranslateSplitV(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(3, 3, std::max<size_t>(node.output_count(), 1)));
  const Shape& x = node.in(0).shape;
  WRANGLET_ASSIGN(const std::vector<int32_t> given, node.SmallIntegers(1, node.output_count()));
  WRANGLET_ASSIGN(const int32_t axis, node.Axis(2, x.size()));
  std::vector<int64_t> sizes(given.begin(), given.end());
  int64_t left = x[static_cast<size_t>(axis)];
  for (const int64_t size : sizes) left -= std::max<int64_t>(size, 0);
  if (const auto open = std::ranges::find(sizes, -1); open != sizes.end()) *open = left;
  return EmitSplit(node, node.input(0), axis, sizes);
}

}  // namespace

std::span<const TfliteTranslationOf> TfliteParts() {
  static constexpr TfliteTranslationOf kTranslations[] = {
      {tflite::BuiltinOperator_CONCATENATION, TranslateConcatenation},
      {tflite::BuiltinOperator_PACK, TranslatePack},
      {tflite::BuiltinOperator_SPLIT, TranslateSplit},
      {tflite::BuiltinOperator_SPLIT_V, TranslateSplitV},
      {tflite::BuiltinOperator_UNPACK, TranslateUnpack},
  };
  return kTranslations;
}

}  // namespace wranglet
