#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/import/onnx_filter.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_window.h"

namespace wranglet {

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

Result<int64_t> ReadGroups(const OnnxNode& node, int64_t channels, int64_t filters) {
  const int64_t groups = node.Int("group", 1);
  if (groups >= 1 && groups <= channels && channels % groups == 0 && filters % groups == 0) {
    return groups;
  }
  return Error{.message = "attribute group is " + std::to_string(groups) + " for " +
                          std::to_string(channels) + " channels"};
}

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

}  // namespace wranglet
