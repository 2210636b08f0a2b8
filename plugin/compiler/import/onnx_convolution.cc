#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

// Beyond this a stride, dilation or padding is no network's.
constexpr int64_t kMost = 1 << 15;

// `count` values of an attribute between `least` and kMost, or as many of `otherwise`.
Result<std::vector<int64_t>> WindowInts(const OnnxNode& node, const char* attribute, size_t count,
                                        int64_t least, int64_t otherwise) {
  const auto given = node.Ints(attribute);
  if (!given) return std::vector<int64_t>(count, otherwise);
  const bool sane = given->size() == count &&
                    std::all_of(given->begin(), given->end(),
                                [&](int64_t value) { return value >= least && value <= kMost; });
  if (sane) return *given;
  return Error{.message = std::string("attribute ") + attribute + " does not fit a 2D window"};
}

// The window of a node over `image` (NCHW).
Result<Window> ReadWindow(const OnnxNode& node, const Shape& image, int64_t kernel_h,
                          int64_t kernel_w) {
  WRANGLET_ASSIGN(const auto strides, WindowInts(node, "strides", 2, 1, 1));
  WRANGLET_ASSIGN(const auto dilations, WindowInts(node, "dilations", 2, 1, 1));
  Window window{.stride_h = static_cast<int32_t>(strides[0]),
                .stride_w = static_cast<int32_t>(strides[1]),
                .dilation_h = static_cast<int32_t>(dilations[0]),
                .dilation_w = static_cast<int32_t>(dilations[1])};
  Padding& padding = window.padding;
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    std::tie(padding.top, padding.bottom) =
        SamePadding(image[2], kernel_h, window.stride_h, window.dilation_h);
    std::tie(padding.left, padding.right) =
        SamePadding(image[3], kernel_w, window.stride_w, window.dilation_w);
    if (auto_pad == "SAME_LOWER") {  // an odd element goes before
      std::swap(padding.top, padding.bottom);
      std::swap(padding.left, padding.right);
    }
  } else if (auto_pad == "NOTSET" || auto_pad.empty()) {
    WRANGLET_ASSIGN(const auto pads, WindowInts(node, "pads", 4, 0, 0));
    padding = {.top = static_cast<int32_t>(pads[0]),
               .left = static_cast<int32_t>(pads[1]),
               .bottom = static_cast<int32_t>(pads[2]),
               .right = static_cast<int32_t>(pads[3])};
  } else if (auto_pad != "VALID") {
    return Error{.message = "attribute auto_pad is '" + auto_pad + "'",
                 .hint = "ONNX knows NOTSET, SAME_UPPER, SAME_LOWER and VALID"};
  }
  return window;
}

}  // namespace

// Filters are OIHW; a convolution with as many groups as input channels is depthwise.
Result<TensorId> TranslateConv(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  const Shape image = node.tensor(0).shape;
  if (image.size() != 4 || node.tensor(1).shape.size() != 4) {
    return Error{
        .message = "convolves " + ToString(image) + " with " + ToString(node.tensor(1).shape),
        .hint = "only two-dimensional convolutions are supported"};
  }
  if (!node.IsConstant(1) || (node.HasInput(2) && !node.IsConstant(2))) {
    return Error{.message = "has a filter or bias that is not constant"};
  }
  const Tensor filter = node.tensor(1);
  const auto kernel = node.Ints("kernel_shape");
  if (kernel && *kernel != std::vector<int64_t>{filter.shape[2], filter.shape[3]}) {
    return Error{.message =
                     "attribute kernel_shape does not fit the filter of " + ToString(filter.shape)};
  }
  WRANGLET_ASSIGN(const Window window, ReadWindow(node, image, filter.shape[2], filter.shape[3]));
  const int64_t groups = node.Int("group", 1);
  if (groups < 1 || groups > image[1] || image[1] % groups != 0 || filter.shape[0] % groups != 0) {
    return Error{.message = "attribute group is " + std::to_string(groups) + " for " +
                            std::to_string(image[1]) + " channels"};
  }
  const TensorId bias = node.HasInput(2) ? node.input(2) : kNoTensor;
  WRANGLET_ASSIGN(const TensorId x, node.ToChannelsLast(node.input(0)));

  // A filter of a depthwise convolution, [C*multiplier][1][KH][KW], becomes
  // [1][KH][KW][C*multiplier].
  const bool depthwise = groups > 1 && groups == image[1] && filter.shape[1] == 1;
  const Permutation order = depthwise ? Permutation{1, 2, 3, 0} : Permutation{0, 2, 3, 1};
  WRANGLET_ASSIGN(const TensorId weights, node.AddConstant(TransposedConstant(filter, order)));
  Operator op = Conv2D{.window = window, .groups = static_cast<int32_t>(groups)};
  if (depthwise) {
    op = DepthwiseConv2D{.window = window,
                         .multiplier = static_cast<int32_t>(filter.shape[0] / groups)};
  }
  WRANGLET_ASSIGN(const TensorId y, node.Emit(std::move(op), {x, weights, bias}));
  return node.ToChannelsFirst(y);
}

Result<TensorId> TranslateBatchNormalization(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(5));
  if (node.Int("training_mode", 0) != 0) {
    return Error{.message = "is in training mode", .hint = "export the model for inference"};
  }
  const BatchNormalization op{.epsilon = node.Float("epsilon", 1e-5f)};
  std::vector<TensorId> inputs = {node.input(0), node.input(1), node.input(2), node.input(3),
                                  node.input(4)};
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (!node.IsConstant(i)) return Error{.message = "has parameters that are not constant"};
  }
  const size_t rank = node.tensor(0).shape.size();
  if (rank == 2) return node.Emit(op, std::move(inputs));
  WRANGLET_ASSIGN(inputs[0], node.ToChannelsLast(node.input(0)));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(op, std::move(inputs)));
  return node.ToChannelsFirst(y);
}

Result<TensorId> TranslateGlobalAveragePool(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  WRANGLET_ASSIGN(const TensorId x, node.ToChannelsLast(node.input(0)));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(Mean{.axes = {1, 2}}, {x}));
  return node.ToChannelsFirst(y);
}

}  // namespace wranglet
