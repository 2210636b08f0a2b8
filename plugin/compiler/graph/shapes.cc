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

  Result<Shape> operator()(const Binary&) const {
    Shape shape = x().size() >= inputs[1].size() ? x() : inputs[1];
    const Shape& other = x().size() >= inputs[1].size() ? inputs[1] : x();
    for (size_t i = 1; i <= other.size(); ++i) {
      int64_t& dimension = shape[shape.size() - i];
      const int64_t wanted = other[other.size() - i];
      if (dimension == 1) dimension = wanted;
      if (wanted != 1 && dimension != wanted) {
        return Error{.message = "shapes " + Of(x(), inputs[1]) + " do not fit each other"};
      }
    }
    return shape;
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

  Result<Shape> operator()(const Softmax&) const {
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
