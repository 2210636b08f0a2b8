#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_window.h"

namespace wranglet {
namespace {

// Checks what a convolution of either kind needs, and gives its filter, of 4 dimensions.
Result<Tensor> ReadFilter(const OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  const Shape& image = node.tensor(0).shape;
  Tensor filter = node.tensor(1);
  if ((image.size() != 3 && image.size() != 4) || filter.shape.size() != image.size()) {
    return Error{.message = "convolves " + ToString(image) + " with " + ToString(filter.shape),
                 .hint = "only one- and two-dimensional convolutions are supported"};
  }
  if (!node.IsConstant(1) || (node.HasInput(2) && !node.IsConstant(2))) {
    return Error{.message = "has a filter or bias that is not constant"};
  }
  const auto kernel = node.Ints("kernel_shape");
  if (kernel &&
      !std::equal(kernel->begin(), kernel->end(), filter.shape.begin() + 2, filter.shape.end())) {
    return Error{.message =
                     "attribute kernel_shape does not fit the filter of " + ToString(filter.shape)};
  }
  if (filter.shape.size() == 3) {
    filter.shape.insert(filter.shape.begin() + 2, 1);
    const auto& q = filter.quantization;
    if (q && q->scale.size() > 1 && q->axis >= 2) filter.quantization.reset();
  }
  return filter;
}

// How the channels of `image` fall into groups.
Result<int64_t> ReadGroups(const OnnxNode& node, int64_t channels, int64_t filters) {
  const int64_t groups = node.Int("group", 1);
  if (groups >= 1 && groups <= channels && channels % groups == 0 && filters % groups == 0) {
    return groups;
  }
  return Error{.message = "attribute group is " + std::to_string(groups) + " for " +
                          std::to_string(channels) + " channels"};
}

// The padding of a ConvTranspose whose output is `out` long, when the attributes give that instead.
std::pair<int32_t, int32_t> CutOff(int64_t total, bool odd_behind) {
  total = std::max<int64_t>(total, 0);
  const auto less = static_cast<int32_t>(total / 2), more = static_cast<int32_t>(total) - less;
  return odd_behind ? std::pair(less, more) : std::pair(more, less);
}

}  // namespace

// Filters are OIHW; a convolution with as many groups as input channels is depthwise.
Result<TensorId> TranslateConv(OnnxNode& node) {
  WRANGLET_ASSIGN(const Tensor filter, ReadFilter(node));
  const Shape image = node.tensor(0).shape;
  WRANGLET_ASSIGN(const ImageSize size, ImageSizeOf(image));
  WRANGLET_ASSIGN(const Window window, ReadWindow(node, size, {filter.shape[2], filter.shape[3]}));
  WRANGLET_ASSIGN(const int64_t groups, ReadGroups(node, image[1], filter.shape[0]));
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
  return node.ToChannelsFirst(y, image.size());
}

// Filters are IOHW. What the padding cuts off the output, an output padding leaves on it.
Result<TensorId> TranslateConvTranspose(OnnxNode& node) {
  WRANGLET_ASSIGN(const Tensor filter, ReadFilter(node));
  const Shape image = node.tensor(0).shape;
  if (node.Int("group", 1) != 1) return Error{.message = "has groups, which is not supported"};
  WRANGLET_ASSIGN(const ImageSize size, ImageSizeOf(image));
  WRANGLET_ASSIGN(const ImageSize strides, SizeAttribute(node, "strides", 1, 1));
  WRANGLET_ASSIGN(const ImageSize dilations, SizeAttribute(node, "dilations", 1, 1));
  WRANGLET_ASSIGN(const ImageSize added, SizeAttribute(node, "output_padding", 0, 0));
  WRANGLET_ASSIGN(Padding cut, PadsAttribute(node));
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  const auto full = [](int64_t in, int64_t kernel, int64_t stride, int64_t dilation) {
    return (in - 1) * stride + (kernel - 1) * dilation + 1;
  };
  const int64_t full_h = full(size.height, filter.shape[2], strides.height, dilations.height);
  const int64_t full_w = full(size.width, filter.shape[3], strides.width, dilations.width);
  ImageSize out = {full_h - cut.top - cut.bottom + added.height,
                   full_w - cut.left - cut.right + added.width};
  const bool same = auto_pad.starts_with("SAME");
  if (same || node.Ints("output_shape")) {
    out = {size.height * strides.height, size.width * strides.width};
    if (node.Ints("output_shape")) {
      WRANGLET_ASSIGN(out, SizeAttribute(node, "output_shape", 1, 1));
    }
    const bool odd_behind = auto_pad == "SAME_UPPER";
    std::tie(cut.top, cut.bottom) = CutOff(full_h + added.height - out.height, odd_behind);
    std::tie(cut.left, cut.right) = CutOff(full_w + added.width - out.width, odd_behind);
  }
  const TransposeConv op{.window = {.stride_h = static_cast<int32_t>(strides.height),
                                    .stride_w = static_cast<int32_t>(strides.width),
                                    .dilation_h = static_cast<int32_t>(dilations.height),
                                    .dilation_w = static_cast<int32_t>(dilations.width),
                                    .padding = cut}};
  const TensorId bias = node.HasInput(2) ? node.input(2) : kNoTensor;
  WRANGLET_ASSIGN(const TensorId x, node.ToChannelsLast(node.input(0)));
  WRANGLET_ASSIGN(const TensorId weights,
                  node.AddConstant(TransposedConstant(filter, {1, 2, 3, 0})));
  WRANGLET_ASSIGN(
      const TensorId y,
      node.Emit(op, {x, weights, bias}, Shape{image[0], out.height, out.width, filter.shape[1]}));
  return node.ToChannelsFirst(y, image.size());
}

}  // namespace wranglet
