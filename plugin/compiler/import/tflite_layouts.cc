// The same elements, in another shape or order.

#include <string>
#include <vector>

#include "plugin/compiler/import/constant_folding.h"
#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {
namespace {

// RESHAPE, SQUEEZE and EXPAND_DIMS: what they do, the output tensor's shape tells.
Status TranslateReshape(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 2));
  return node.Emit(Reshape{}, {node.input(0)});
}

Status TranslateTranspose(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  const size_t rank = node.in(0).shape.size();
  Transpose transpose;
  WRANGLET_ASSIGN(transpose.permutation, node.SmallIntegers(1, rank));
  for (int32_t& axis : transpose.permutation) {
    if (axis < 0 && axis >= -static_cast<int32_t>(rank)) axis += static_cast<int32_t>(rank);
  }
  return node.Emit(std::move(transpose), {node.input(0)});
}

// SPACE_TO_DEPTH takes blocks of block x block pixels to the channels of one, DEPTH_TO_SPACE the
// other way: in both, rows and columns of the block change places with the columns of the image.
template <bool to_depth>
Status TranslateBlocks(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  WRANGLET_RETURN_IF_ERROR(node.ExpectRank(0, 4));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::BlockOptions>());
  const int64_t block = options->block_size();
  const Shape& x = node.in(0).shape;
  const bool fits = block >= 1 && (to_depth ? x[1] % block == 0 && x[2] % block == 0
                                            : x[3] % block == 0 && x[3] / block % block == 0);
  if (!fits) {
    return Error{.message =
                     "a block size of " + std::to_string(block) + " does not fit " + ToString(x)};
  }
  const Shape split = to_depth ? Shape{x[0], x[1] / block, block, x[2] / block, block, x[3]}
                               : Shape{x[0], x[1], x[2], block, block, x[3] / block / block};
  const std::vector<int32_t> permutation = {0, 1, 3, 2, 4, 5};
  Shape moved;
  for (const int32_t axis : permutation) moved.push_back(split[static_cast<size_t>(axis)]);
  const Shape joined = to_depth ? Shape{x[0], x[1] / block, x[2] / block, block * block * x[3]}
                                : Shape{x[0], x[1] * block, x[2] * block, x[3] / block / block};
  const TensorId input = node.input(0);
  WRANGLET_ASSIGN(const TensorId pieces, node.EmitLike(input, split, Reshape{}, {input}));
  WRANGLET_ASSIGN(const TensorId blocks,
                  node.EmitLike(input, moved, Transpose{permutation}, {pieces}));
  return node.EmitReshape(blocks, joined);
}

// The shape of its input, which is known.
Status TranslateShape(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  const Shape& shape = node.in(0).shape;
  if (node.out().shape != Shape{static_cast<int64_t>(shape.size())}) {
    return Error{.message = "its output is " + ToString(node.out().shape) + " for the shape " +
                            ToString(shape)};
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(shape.data());
  const Tensor dimensions = {
      .dtype = DType::kInt64,
      .shape = node.out().shape,
      .constant = std::vector(bytes, bytes + shape.size() * sizeof(int64_t))};
  const Tensor* const inputs[] = {&dimensions};
  auto elements = FoldConstants(Cast{}, inputs, node.out());
  if (!elements)
    return Error{.message = std::string("gives a shape as ") + NameOf(node.out().dtype)};
  return node.SetOutput(*std::move(elements));
}

}  // namespace

std::span<const TfliteTranslationOf> TfliteLayouts() {
  static constexpr TfliteTranslationOf kTranslations[] = {
      {tflite::BuiltinOperator_DEPTH_TO_SPACE, TranslateBlocks<false>},
      {tflite::BuiltinOperator_EXPAND_DIMS, TranslateReshape},
      {tflite::BuiltinOperator_RESHAPE, TranslateReshape},
      {tflite::BuiltinOperator_SHAPE, TranslateShape},
      {tflite::BuiltinOperator_SPACE_TO_DEPTH, TranslateBlocks<true>},
      {tflite::BuiltinOperator_SQUEEZE, TranslateReshape},
      {tflite::BuiltinOperator_TRANSPOSE, TranslateTranspose},
  };
  return kTranslations;
}

}  // namespace wranglet
