#include <algorithm>
#include <cstring>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/import/onnx_filter.h"
#include "plugin/compiler/import/onnx_fold.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_window.h"

namespace wranglet {
namespace {

// Each is two nodes.
constexpr int64_t kMostGroups = kMaxNodes / 4;

// The padding of a ConvTranspose whose output is `out` long, when the attributes give that instead.
std::pair<int32_t, int32_t> CutOff(int64_t total, bool odd_behind) {
  total = std::max<int64_t>(total, 0);
  const auto less = static_cast<int32_t>(total / 2), more = static_cast<int32_t>(total) - less;
  return odd_behind ? std::pair(less, more) : std::pair(more, less);
}

// A filter [I,O,KH,KW] whose taps lie side by side, and zeros between what dilation has put apart.
Result<Tensor> Undilated(const Tensor& filter, const ImageSize& dilations) {
  if (dilations.height == 1 && dilations.width == 1) return filter;
  const int64_t height = filter.shape[2], width = filter.shape[3];
  Tensor spread = filter;
  spread.shape[2] = (height - 1) * dilations.height + 1;
  spread.shape[3] = (width - 1) * dilations.width + 1;
  const Result<int64_t> count = ElementCount(spread.shape);
  if (!count.ok() || *count > kMostFolded) {
    return Error{.message = "has a dilated filter of " + ToString(spread.shape)};
  }
  const size_t element = SizeOf(filter.dtype);
  spread.constant->assign(static_cast<size_t>(*count) * element, std::byte{0});
  for (int64_t i = 0; i < CountOf(filter); ++i) {
    const int64_t x = i % width, y = i / width % height, plane = i / (width * height);
    const int64_t at =
        (plane * spread.shape[2] + y * dilations.height) * spread.shape[3] + x * dilations.width;
    std::memcpy(spread.constant->data() + static_cast<size_t>(at) * element,
                filter.constant->data() + static_cast<size_t>(i) * element, element);
  }
  return spread;
}

// `size` of the tensor's elements along `axis`, from the group's on.
Slice PartOf(const Shape& shape, size_t axis, int64_t group, int64_t size) {
  Slice slice;
  for (size_t i = 0; i < shape.size(); ++i) {
    slice.begin.push_back(i == axis ? static_cast<int32_t>(group * size) : 0);
    slice.size.push_back(static_cast<int32_t>(i == axis ? size : shape[i]));
    slice.stride.push_back(1);
  }
  return slice;
}

// A constant's part along its first axis.
Result<Tensor> ConstantPart(const Tensor& whole, int64_t group, int64_t size) {
  WRANGLET_ASSIGN(Tensor part, FoldedSlice(PartOf(whole.shape, 0, group, size), whole));
  const auto& q = whole.quantization;
  if (q && (q->scale.size() == 1 || q->axis != 0)) part.quantization = q;
  return part;
}

// What each group makes of its channels of the images `x`, NHWC, side by side. The filter is
// [I,O/groups,KH,KW].
Result<TensorId> EmitGroups(OnnxNode& node, const TransposeConv& op, TensorId x,
                            const Tensor& filter, int64_t groups, const Shape& output) {
  const Shape image = node.graph().tensor(x).shape;
  const int64_t channels = image[3] / groups, filters = filter.shape[1];
  std::vector<TensorId> parts;
  for (int64_t group = 0; group < groups; ++group) {
    WRANGLET_ASSIGN(const Tensor weights, ConstantPart(filter, group, channels));
    std::vector<TensorId> inputs = {x, kNoTensor, kNoTensor};
    if (groups > 1) {
      WRANGLET_ASSIGN(inputs[0], node.Emit(PartOf(image, 3, group, channels), {x}));
    }
    WRANGLET_ASSIGN(inputs[1], node.AddConstant(TransposedConstant(weights, {1, 2, 3, 0})));
    if (node.HasInput(2)) {
      const Tensor bias = node.tensor(2);
      if (bias.shape != Shape{filters * groups}) {
        return Error{.message = "has a bias of " + ToString(bias.shape)};
      }
      WRANGLET_ASSIGN(Tensor part, ConstantPart(bias, group, filters));
      WRANGLET_ASSIGN(inputs[2], node.AddConstant(std::move(part)));
    }
    WRANGLET_ASSIGN(parts.emplace_back(), node.Emit(op, std::move(inputs), output));
  }
  return groups == 1 ? parts[0] : node.Emit(Concat{.axis = 3}, std::move(parts));
}

}  // namespace

// Filters are IOHW. What the padding cuts off the output, an output padding leaves on it.
Result<TensorId> TranslateConvTranspose(OnnxNode& node) {
  WRANGLET_ASSIGN(Tensor filter, ReadFilter(node));
  const Shape image = node.tensor(0).shape;
  WRANGLET_ASSIGN(const int64_t groups, ReadGroups(node, image[1], filter.shape[0]));
  if (filter.shape[0] != image[1] || groups > kMostGroups) {
    return Error{.message = "convolves " + ToString(image) + " in " + std::to_string(groups) +
                            " groups with " + ToString(filter.shape)};
  }
  WRANGLET_ASSIGN(const ImageSize size, ImageSizeOf(image));
  WRANGLET_ASSIGN(const ImageSize strides, SizeAttribute(node, "strides", 1, 1));
  WRANGLET_ASSIGN(const ImageSize dilations, SizeAttribute(node, "dilations", 1, 1));
  WRANGLET_ASSIGN(const ImageSize added, SizeAttribute(node, "output_padding", 0, 0));
  WRANGLET_ASSIGN(filter, Undilated(filter, dilations));
  WRANGLET_ASSIGN(Padding cut, PadsAttribute(node));
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  const int64_t full_h = (size.height - 1) * strides.height + filter.shape[2];
  const int64_t full_w = (size.width - 1) * strides.width + filter.shape[3];
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
                                    .padding = cut}};
  WRANGLET_ASSIGN(const TensorId x, node.ToChannelsLast(node.input(0)));
  WRANGLET_ASSIGN(const TensorId y, EmitGroups(node, op, x, filter, groups,
                                               {image[0], out.height, out.width, filter.shape[1]}));
  return node.ToChannelsFirst(y, image.size());
}

}  // namespace wranglet
