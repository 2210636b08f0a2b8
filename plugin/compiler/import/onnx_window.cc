#include "plugin/compiler/import/onnx_window.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "plugin/compiler/graph/shapes.h"

namespace wranglet {
namespace {

// Beyond this a stride, dilation or padding is no network's.
constexpr int64_t kMost = 1 << 15;

// The dimensions of input 0 that a window moves over.
size_t SpatialRank(const OnnxNode& node) { return node.tensor(0).shape.size() - 2; }

// More padding behind, so that the windows that begin in the image or in the padding before it are
// whole.
int32_t CeilPadding(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                    int64_t behind) {
  const int64_t room = in + before + behind - ((kernel - 1) * dilation + 1);
  if (room < 0) return static_cast<int32_t>(behind);
  int64_t windows = (room + stride - 1) / stride + 1;
  if ((windows - 1) * stride >= in + before) --windows;
  return static_cast<int32_t>(std::max(behind, behind + (windows - 1) * stride - room));
}

}  // namespace

Result<ImageSize> ImageSizeOf(const Shape& shape) {
  if (shape.size() == 3) return ImageSize{1, shape[2]};
  if (shape.size() == 4) return ImageSize{shape[2], shape[3]};
  return Error{.message = "takes an image, not " + ToString(shape),
               .hint = "only one- and two-dimensional images are supported"};
}

Result<ImageSize> SizeAttribute(const OnnxNode& node, const char* name, int64_t least,
                                int64_t otherwise) {
  const auto given = node.Ints(name);
  const bool is_row = SpatialRank(node) == 1;
  if (!given) return ImageSize{is_row ? std::max(least, int64_t{0}) : otherwise, otherwise};
  const bool sane =
      given->size() == SpatialRank(node) &&
      std::ranges::all_of(*given, [&](int64_t value) { return value >= least && value <= kMost; });
  if (!sane) return Error{.message = std::string("attribute ") + name + " does not fit the image"};
  // Strides, dilations and kernels of a row are 1 in height, an output padding is 0.
  return is_row ? ImageSize{least, given->at(0)} : ImageSize{given->at(0), given->at(1)};
}

Result<Padding> PadsAttribute(const OnnxNode& node) {
  const size_t rank = SpatialRank(node);
  const auto given = node.Ints("pads");
  if (!given) return Padding{};
  const bool sane = given->size() == 2 * rank && std::ranges::all_of(*given, [](int64_t value) {
                      return value >= 0 && value <= kMost;
                    });
  if (!sane) return Error{.message = "attribute pads does not fit the image"};
  const auto at = [&](size_t i) { return static_cast<int32_t>(given->at(i)); };
  if (rank == 1) return Padding{.left = at(0), .right = at(1)};
  return Padding{.top = at(0), .left = at(1), .bottom = at(2), .right = at(3)};
}

Result<Window> ReadWindow(const OnnxNode& node, ImageSize size, ImageSize kernel) {
  WRANGLET_ASSIGN(const ImageSize strides, SizeAttribute(node, "strides", 1, 1));
  WRANGLET_ASSIGN(const ImageSize dilations, SizeAttribute(node, "dilations", 1, 1));
  Window window{.stride_h = static_cast<int32_t>(strides.height),
                .stride_w = static_cast<int32_t>(strides.width),
                .dilation_h = static_cast<int32_t>(dilations.height),
                .dilation_w = static_cast<int32_t>(dilations.width)};
  Padding& padding = window.padding;
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    std::tie(padding.top, padding.bottom) =
        SamePadding(size.height, kernel.height, strides.height, dilations.height);
    std::tie(padding.left, padding.right) =
        SamePadding(size.width, kernel.width, strides.width, dilations.width);
    if (auto_pad == "SAME_LOWER") {  // an odd element goes before
      std::swap(padding.top, padding.bottom);
      std::swap(padding.left, padding.right);
    }
  } else if (auto_pad == "NOTSET" || auto_pad.empty()) {
    WRANGLET_ASSIGN(padding, PadsAttribute(node));
  } else if (auto_pad != "VALID") {
    return Error{.message = "attribute auto_pad is '" + auto_pad + "'",
                 .hint = "ONNX knows NOTSET, SAME_UPPER, SAME_LOWER and VALID"};
  }
  if (node.Int("ceil_mode", 0) != 0) {
    padding.bottom = CeilPadding(size.height, kernel.height, strides.height, dilations.height,
                                 padding.top, padding.bottom);
    padding.right = CeilPadding(size.width, kernel.width, strides.width, dilations.width,
                                padding.left, padding.right);
  }
  return window;
}

}  // namespace wranglet
