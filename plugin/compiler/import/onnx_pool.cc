#include <string>

#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_window.h"

namespace wranglet {
namespace {

Result<TensorId> TranslatePool(OnnxNode& node, Pool2D op) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const size_t rank = node.tensor(0).shape.size();
  WRANGLET_ASSIGN(const ImageSize size, ImageSizeOf(node.tensor(0).shape));
  if (!node.Ints("kernel_shape")) return Error{.message = "lacks attribute kernel_shape"};
  WRANGLET_ASSIGN(const ImageSize kernel, SizeAttribute(node, "kernel_shape", 1, 1));
  op.kernel_h = static_cast<int32_t>(kernel.height);
  op.kernel_w = static_cast<int32_t>(kernel.width);
  WRANGLET_ASSIGN(op.window, ReadWindow(node, size, kernel));
  if (op.counts_padding) {
    // What ceil_mode adds does not count.
    WRANGLET_ASSIGN(const Padding given, PadsAttribute(node));
    const Padding& padding = op.window.padding;
    if (node.Int("ceil_mode", 0) != 0 &&
        (padding.bottom != given.bottom || padding.right != given.right)) {
      return Error{.message = "counts its padding, and in ceil_mode adds more"};
    }
  }
  WRANGLET_ASSIGN(const TensorId x, node.ToChannelsLast(node.input(0)));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(op, {x}));
  return node.ToChannelsFirst(y, rank);
}

}  // namespace

Result<TensorId> TranslateAveragePool(OnnxNode& node) {
  return TranslatePool(node, {.kind = Pool2D::Kind::kAverage,
                              .counts_padding = node.Int("count_include_pad", 0) != 0});
}

Result<TensorId> TranslateMaxPool(OnnxNode& node) {
  if (node.HasOutput(1)) {
    return Error{.message = "puts out indices, which is not supported"};
  }
  return TranslatePool(node, {.kind = Pool2D::Kind::kMax});
}

Result<TensorId> TranslateGlobalAveragePool(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const size_t rank = node.tensor(0).shape.size();
  WRANGLET_ASSIGN(const TensorId x, node.ToChannelsLast(node.input(0)));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(Mean{.axes = {1, 2}}, {x}));
  return node.ToChannelsFirst(y, rank);
}

Result<TensorId> TranslateGlobalMaxPool(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const size_t rank = node.tensor(0).shape.size();
  WRANGLET_ASSIGN(const TensorId x, node.ToChannelsLast(node.input(0)));
  const Shape& shape = node.graph().tensor(x).shape;
  WRANGLET_ASSIGN(const TensorId y, node.Emit(Pool2D{.kind = Pool2D::Kind::kMax,
                                                     .kernel_h = static_cast<int32_t>(shape[1]),
                                                     .kernel_w = static_cast<int32_t>(shape[2])},
                                              {x}));
  return node.ToChannelsFirst(y, rank);
}

}  // namespace wranglet
