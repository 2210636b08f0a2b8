#include "plugin/compiler/graph/shapes.h"

#include <algorithm>
#include <string>
#include <vector>

namespace wranglet {
namespace {

// Beyond these a window is no network's but an attack on the arithmetic.
constexpr int64_t kMostWindow = 1 << 15;

std::string Of(const Shape& a, const Shape& b) { return ToString(a) + " and " + ToString(b); }

Result<Shape> InferWindow(const Window& w, const Shape& x, int64_t kernel_h, int64_t kernel_w,
                          int64_t channels) {
  for (const int64_t value : {int64_t{w.stride_h}, int64_t{w.stride_w}, int64_t{w.dilation_h},
                              int64_t{w.dilation_w}, kernel_h, kernel_w}) {
    if (value < 1 || value > kMostWindow) {
      return Error{.message = "a stride, dilation or kernel of " + std::to_string(value)};
    }
  }
  const Padding& p = w.padding;
  for (const int64_t value : {p.top, p.left, p.bottom, p.right}) {
    if (value < 0 || value > kMostWindow) {
      return Error{.message = "a padding of " + std::to_string(value)};
    }
  }
  const Shape shape = {
      x[0], WindowOutput(x[1], kernel_h, w.stride_h, w.dilation_h, p.top, p.bottom),
      WindowOutput(x[2], kernel_w, w.stride_w, w.dilation_w, p.left, p.right), channels};
  if (shape[1] < 1 || shape[2] < 1) {
    return Error{.message = "its window is larger than its padded input of " + ToString(x)};
  }
  return shape;
}

// Whether each of `out` windows along a dimension has a tap in the image.
bool EveryWindowHoldsAPixel(int64_t in, int64_t out, int64_t kernel, int64_t stride,
                            int64_t dilation, int64_t before) {
  for (int64_t start = -before, i = 0; start < 0 && i < out; start += stride, ++i) {
    const int64_t first = (-start + dilation - 1) / dilation;  // the tap at or behind pixel 0
    if (first >= kernel || start + first * dilation >= in) return false;
  }
  return (out - 1) * stride - before < in;
}

// `shape` with `axis` of size 1.
Result<Shape> Reduced(Shape shape, int32_t axis) {
  if (axis < 0 || axis >= static_cast<int32_t>(shape.size())) {
    return Error{.message = "axis " + std::to_string(axis) + " of " + ToString(shape)};
  }
  shape[static_cast<size_t>(axis)] = 1;
  return shape;
}

// Two shapes by numpy's rules.
Result<Shape> Broadcast(const Shape& a, const Shape& b) {
  Shape shape = a.size() >= b.size() ? a : b;
  const Shape& other = a.size() >= b.size() ? b : a;
  for (size_t i = 1; i <= other.size(); ++i) {
    int64_t& dimension = shape[shape.size() - i];
    const int64_t wanted = other[other.size() - i];
    if (dimension == 1) dimension = wanted;
    if (wanted != 1 && dimension != wanted) {
      return Error{.message = "shapes " + Of(a, b) + " do not fit each other"};
    }
  }
  return shape;
}

Status ExpectBias(std::span<const Shape> inputs, int64_t channels) {
  if (inputs.size() < 3 || inputs[2] == Shape{channels}) return Done{};
  return Error{.message = "a bias of " + ToString(inputs[2]) + " for " + std::to_string(channels) +
                          " channels"};
}

struct Infer {
  std::span<const Shape> inputs;

  const Shape& x() const { return inputs[0]; }

  Result<Shape> operator()(const Conv2D& op) const {
    const Shape& filter = inputs[1];
    if (x().size() != 4 || filter.size() != 4) {
      return Error{.message = "image and filter are " + Of(x(), filter)};
    }
    if (op.groups < 1 || filter[0] % op.groups != 0 || filter[3] > kMaxElements / op.groups ||
        x()[3] != filter[3] * op.groups) {
      return Error{.message = "image and filter of " + Of(x(), filter) + " do not fit in " +
                              std::to_string(op.groups) + " groups"};
    }
    WRANGLET_RETURN_IF_ERROR(ExpectBias(inputs, filter[0]));
    return InferWindow(op.window, x(), filter[1], filter[2], filter[0]);
  }

  Result<Shape> operator()(const DepthwiseConv2D& op) const {
    const Shape& filter = inputs[1];
    if (x().size() != 4 || filter.size() != 4 || filter[0] != 1 || op.multiplier < 1 ||
        x()[3] > kMaxElements / op.multiplier || filter[3] != x()[3] * op.multiplier) {
      return Error{.message = "image and filter of " + Of(x(), filter) +
                              " do not fit a multiplier of " + std::to_string(op.multiplier)};
    }
    WRANGLET_RETURN_IF_ERROR(ExpectBias(inputs, filter[3]));
    return InferWindow(op.window, x(), filter[1], filter[2], filter[3]);
  }

  Result<Shape> operator()(const FullyConnected&) const {
    const Shape& filter = inputs[1];
    if (x().empty() || filter.size() != 2 || x().back() != filter[1]) {
      return Error{.message = "input and filter are " + Of(x(), filter)};
    }
    WRANGLET_RETURN_IF_ERROR(ExpectBias(inputs, filter[0]));
    Shape shape = x();
    shape.back() = filter[0];
    return shape;
  }

  Result<Shape> operator()(const TransposeConv& op) const {
    const Shape& filter = inputs[1];
    if (x().size() != 4 || filter.size() != 4 || x()[3] != filter[3]) {
      return Error{.message = "image and filter are " + Of(x(), filter)};
    }
    WRANGLET_RETURN_IF_ERROR(ExpectBias(inputs, filter[0]));
    const Window& w = op.window;
    // Only for its checks of the numbers.
    WRANGLET_RETURN_IF_ERROR(
        InferWindow(w, {1, kMostWindow << 15, kMostWindow << 15, 1}, filter[1], filter[2], 1));
    const auto size = [](int64_t in, int64_t kernel, int64_t stride, int64_t dilation,
                         int64_t before, int64_t behind) {
      return (in - 1) * stride + (kernel - 1) * dilation + 1 - before - behind;
    };
    const Padding& p = w.padding;
    Shape shape = {x()[0], size(x()[1], filter[1], w.stride_h, w.dilation_h, p.top, p.bottom),
                   size(x()[2], filter[2], w.stride_w, w.dilation_w, p.left, p.right), filter[0]};
    if (shape[1] < 1 || shape[2] < 1) {
      return Error{.message = "its padding leaves nothing of the output"};
    }
    return shape;
  }

  Result<Shape> operator()(const BatchMatMul& op) const {
    Shape a = x(), b = inputs[1];
    if (a.size() < 2 || b.size() < 2) {
      return Error{.message = "factors are " + Of(a, b)};
    }
    if (op.adj_a) std::swap(a[a.size() - 1], a[a.size() - 2]);
    if (op.adj_b) std::swap(b[b.size() - 1], b[b.size() - 2]);
    if (a.back() != b[b.size() - 2]) {
      return Error{.message = "factors of " + Of(x(), inputs[1]) + " do not fit each other"};
    }
    WRANGLET_ASSIGN(Shape shape, Broadcast({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2}));
    shape.push_back(a[a.size() - 2]);
    shape.push_back(b.back());
    return shape;
  }

  Result<Shape> operator()(const Pool2D& op) const {
    if (x().size() != 4) return Error{.message = "the image is " + ToString(x())};
    const Window& w = op.window;
    WRANGLET_ASSIGN(const Shape shape, InferWindow(w, x(), op.kernel_h, op.kernel_w, x()[3]));
    if (!EveryWindowHoldsAPixel(x()[1], shape[1], op.kernel_h, w.stride_h, w.dilation_h,
                                w.padding.top) ||
        !EveryWindowHoldsAPixel(x()[2], shape[2], op.kernel_w, w.stride_w, w.dilation_w,
                                w.padding.left)) {
      return Error{.message = "a window of its lies in the padding alone"};
    }
    return shape;
  }

  Result<Shape> operator()(const Binary&) const { return Broadcast(x(), inputs[1]); }

  Result<Shape> operator()(const PRelu&) const {
    WRANGLET_ASSIGN(const Shape shape, Broadcast(x(), inputs[1]));
    if (shape == x()) return shape;
    return Error{.message = "slopes of " + ToString(inputs[1]) + " for " + ToString(x())};
  }

  Result<Shape> operator()(const Mean& op) const {
    Shape shape = x();
    for (size_t i = 0; i < op.axes.size(); ++i) {
      const int32_t axis = op.axes[i];
      if (axis < 0 || axis >= static_cast<int32_t>(shape.size()) ||
          (i > 0 && axis <= op.axes[i - 1])) {
        return Error{.message = "axis " + std::to_string(axis) + " of " + ToString(x())};
      }
      shape[static_cast<size_t>(axis)] = 1;
    }
    return shape;
  }

  Result<Shape> operator()(const ArgMax& op) const { return Reduced(x(), op.axis); }

  Result<Shape> operator()(const Transpose& op) const {
    Shape shape;
    std::vector<bool> seen(x().size());
    for (const int32_t axis : op.permutation) {
      if (axis < 0 || axis >= static_cast<int32_t>(x().size()) || seen[static_cast<size_t>(axis)]) {
        return Error{.message = "its permutation does not fit " + ToString(x())};
      }
      seen[static_cast<size_t>(axis)] = true;
      shape.push_back(x()[static_cast<size_t>(axis)]);
    }
    if (shape.size() != x().size()) {
      return Error{.message = "its permutation does not fit " + ToString(x())};
    }
    return shape;
  }

  Result<Shape> operator()(const BatchNormalization&) const {
    for (size_t i = 1; i < 5; ++i) {
      if (x().empty() || inputs[i] != Shape{x().back()}) {
        return Error{.message = "parameters of " + ToString(inputs[i]) + " for " + ToString(x())};
      }
    }
    return x();
  }

  Result<Shape> operator()(const Pad& op) const {
    const size_t rank = x().size();
    if (op.before.size() != rank || op.after.size() != rank) {
      return Error{.message = "its padding does not fit " + ToString(x())};
    }
    Shape shape = x();
    for (size_t i = 0; i < rank; ++i) {
      // What a mirror can give: all of it, or all but the edge.
      const int64_t most = op.mode == Pad::Mode::kReflect     ? x()[i] - 1
                           : op.mode == Pad::Mode::kSymmetric ? x()[i]
                                                              : kMaxElements;
      for (const int64_t added : {op.before[i], op.after[i]}) {
        if (added < 0 || added > most) {
          return Error{.message =
                           "a padding of " + std::to_string(added) + " for " + ToString(x())};
        }
        shape[i] += added;
      }
    }
    WRANGLET_RETURN_IF_ERROR(ElementCount(shape));
    return shape;
  }

  Result<Shape> operator()(const Concat& op) const {
    WRANGLET_ASSIGN(Shape shape, Reduced(x(), op.axis));
    const auto axis = static_cast<size_t>(op.axis);
    shape[axis] = 0;
    for (const Shape& input : inputs) {
      Shape other = input;
      if (other.size() == shape.size()) other[axis] = shape[axis];
      if (other != shape || input[axis] > kMaxElements - shape[axis]) {
        return Error{.message = "shapes " + Of(x(), input) + " do not fit each other"};
      }
      shape[axis] += input[axis];
    }
    return shape;
  }

  Result<Shape> operator()(const Slice& op) const {
    const size_t rank = x().size();
    if (op.begin.size() != rank || op.size.size() != rank || op.stride.size() != rank) {
      return Error{.message = "its ranges do not fit " + ToString(x())};
    }
    for (size_t i = 0; i < rank; ++i) {
      const int64_t first = op.begin[i], size = op.size[i], stride = op.stride[i];
      const int64_t last = first + (size - 1) * stride;
      if (size < 1 || stride == 0 || std::min(first, last) < 0 || std::max(first, last) >= x()[i]) {
        return Error{.message = "takes " + std::to_string(size) + " elements from " +
                                std::to_string(first) + " on, by steps of " +
                                std::to_string(stride) + ", of " + ToString(x())};
      }
    }
    return Shape(op.size.begin(), op.size.end());
  }

  Result<Shape> operator()(const Resize& op) const {
    if (x().size() != 4 || op.height < 1 || op.width < 1) {
      return Error{.message = "resizes " + ToString(x()) + " to " + std::to_string(op.height) +
                              "x" + std::to_string(op.width)};
    }
    return Shape{x()[0], op.height, op.width, x()[3]};
  }

  Result<Shape> operator()(const Softmax&) const { return ExpectNoScalar(); }
  Result<Shape> operator()(const L2Normalization&) const { return ExpectNoScalar(); }

  Result<Shape> ExpectNoScalar() const {
    if (x().empty()) return Error{.message = "a scalar has no last dimension"};
    return x();
  }

  // Elementwise, and Reshape.
  template <typename T>
  Result<Shape> operator()(const T&) const {
    return x();
  }
};

}  // namespace

int64_t WindowOutput(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                     int64_t behind) {
  const int64_t room = in + before + behind - ((kernel - 1) * dilation + 1);
  return room < 0 ? 0 : room / stride + 1;
}

Result<Shape> InferShape(const Operator& op, std::span<const Shape> inputs) {
  return std::visit(Infer{inputs}, op);
}

bool FitsTransposeConv(const TransposeConv& op, const Shape& input, const Shape& filter,
                       const Shape& output) {
  const Window& w = op.window;
  const Padding& p = w.padding;
  return output.size() == 4 && output[0] == input[0] && output[3] == filter[0] &&
         WindowOutput(output[1], filter[1], w.stride_h, w.dilation_h, p.top, p.bottom) ==
             input[1] &&
         WindowOutput(output[2], filter[2], w.stride_w, w.dilation_w, p.left, p.right) == input[2];
}

std::pair<int32_t, int32_t> SamePadding(int64_t in, int64_t kernel, int64_t stride,
                                        int64_t dilation) {
  const int64_t out = (in + stride - 1) / stride;
  const int64_t total = std::max<int64_t>((out - 1) * stride + (kernel - 1) * dilation + 1 - in, 0);
  return {static_cast<int32_t>(total / 2), static_cast<int32_t>(total - total / 2)};
}

Result<int32_t> NormalizedAxis(int64_t axis, size_t rank) {
  const int64_t positive = axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
  if (positive < 0 || positive >= static_cast<int64_t>(rank)) {
    return Error{.message = "axis " + std::to_string(axis) + " of a tensor of " +
                            std::to_string(rank) + " dimensions"};
  }
  return static_cast<int32_t>(positive);
}

Result<std::vector<int32_t>> NormalizedAxes(std::span<const int64_t> axes, size_t rank) {
  std::vector<int32_t> normalized;
  for (const int64_t axis : axes) {
    WRANGLET_ASSIGN(const int32_t positive, NormalizedAxis(axis, rank));
    normalized.push_back(positive);
  }
  std::sort(normalized.begin(), normalized.end());
  normalized.erase(std::unique(normalized.begin(), normalized.end()), normalized.end());
  return normalized;
}

}  // namespace wranglet
