// DepthToSpace and SpaceToDepth, on images NHWC: a Transpose between two Reshapes.

#include <string>

#include "plugin/compiler/import/onnx_operators.h"

namespace wranglet {
namespace {

// Input 0 as NHWC, and its blocks' size.
struct Blocks {
  TensorId image;
  Shape shape;
  int64_t size;
};

Result<Blocks> ReadBlocks(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const int64_t size = node.Int("blocksize", 0);
  if (size < 1 || size > (1 << 15)) {
    return Error{.message = "attribute blocksize is " + std::to_string(size)};
  }
  if (node.tensor(0).shape.size() != 4) {
    return Error{.message = "takes an image, not " + ToString(node.tensor(0).shape)};
  }
  WRANGLET_ASSIGN(const TensorId image, node.ToChannelsLast(node.input(0)));
  return Blocks{image, node.graph().tensor(image).shape, size};
}

Error NotWhole(const Blocks& blocks) {
  return {.message =
              "blocks of " + std::to_string(blocks.size) + " do not fit " + ToString(blocks.shape)};
}

Result<TensorId> EmitMoved(OnnxNode& node, TensorId x, Shape parts, Transpose transpose,
                           Shape output) {
  WRANGLET_ASSIGN(const TensorId split, node.Emit(Reshape{}, {x}, std::move(parts)));
  WRANGLET_ASSIGN(const TensorId moved, node.Emit(std::move(transpose), {split}));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(Reshape{}, {moved}, std::move(output)));
  return node.ToChannelsFirst(y);
}

}  // namespace

// The channels hold the blocks' pixels: outermost in mode DCR, innermost in CRD.
Result<TensorId> TranslateDepthToSpace(OnnxNode& node) {
  WRANGLET_ASSIGN(const Blocks blocks, ReadBlocks(node));
  const int64_t n = blocks.shape[0], h = blocks.shape[1], w = blocks.shape[2], b = blocks.size;
  const int64_t c = blocks.shape[3] / (b * b);
  if (blocks.shape[3] % (b * b) != 0) return NotWhole(blocks);
  const std::string mode = node.String("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") return Error{.message = "attribute mode is '" + mode + "'"};
  const bool outermost = mode == "DCR";
  return EmitMoved(node, blocks.image,
                   outermost ? Shape{n, h, w, b, b, c} : Shape{n, h, w, c, b, b},
                   outermost ? Transpose{{0, 1, 3, 2, 4, 5}} : Transpose{{0, 1, 4, 2, 5, 3}},
                   {n, h * b, w * b, c});
}

Result<TensorId> TranslateSpaceToDepth(OnnxNode& node) {
  WRANGLET_ASSIGN(const Blocks blocks, ReadBlocks(node));
  const int64_t n = blocks.shape[0], b = blocks.size, c = blocks.shape[3];
  const int64_t h = blocks.shape[1] / b, w = blocks.shape[2] / b;
  if (blocks.shape[1] % b != 0 || blocks.shape[2] % b != 0) return NotWhole(blocks);
  return EmitMoved(node, blocks.image, {n, h, b, w, b, c}, Transpose{{0, 1, 3, 2, 4, 5}},
                   {n, h, w, b * b * c});
}

}  // namespace wranglet
