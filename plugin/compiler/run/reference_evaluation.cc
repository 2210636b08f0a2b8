#include "plugin/compiler/run/reference_evaluation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <variant>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/run/reference_unary.h"

namespace wranglet {
namespace {

using Values = std::vector<double>;

int64_t Count(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t d : shape) count *= d;
  return count;
}

// The indices of the element at `offset` of a tensor of this shape.
Shape IndexAt(const Shape& shape, int64_t offset) {
  Shape index(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    index[i] = offset % shape[i];
    offset /= shape[i];
  }
  return index;
}

// The offset of an element; dimensions of 1 are broadcast, leading ones may be missing.
int64_t OffsetOf(const Shape& shape, const Shape& index) {
  const size_t missing = index.size() - shape.size();
  int64_t offset = 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    offset = offset * shape[i] + (shape[i] == 1 ? 0 : index[missing + i]);
  }
  return offset;
}

double Clamped(const Activation& activation, double value) {
  return std::min<double>(std::max<double>(value, activation.min), activation.max);
}

// One node's shapes and values, and a function an operator.
class Evaluation {
 public:
  Evaluation(const Graph& graph, const Node& node, const std::vector<Values>& inputs)
      : graph_(graph), node_(node), inputs_(inputs), output_shape_(Output().shape) {}

  Values operator()(const Conv2D& op) const {
    const Shape& filter = In(1).shape;
    const int64_t group_outputs = filter[0] / op.groups;
    return Convolve(op.window, op.activation, filter[3], [&](int64_t o, int64_t i) {
      return Tap{o / group_outputs * filter[3] + i, {o, 0, 0, i}};
    });
  }

  Values operator()(const DepthwiseConv2D& op) const {
    return Convolve(op.window, op.activation, 1,
                    [&](int64_t o, int64_t) { return Tap{o / op.multiplier, {0, 0, 0, o}}; });
  }

  Values operator()(const TransposeConv& op) const {
    const Shape &in = In(0).shape, &filter = In(1).shape;
    const Window& w = op.window;
    Values sums(static_cast<size_t>(Count(output_shape_)));
    for (size_t i = 0; i < inputs_[0].size(); ++i) {
      const Shape from = IndexAt(in, static_cast<int64_t>(i));
      for (int64_t tap = 0; tap < filter[0] * filter[1] * filter[2]; ++tap) {
        const Shape k = IndexAt({filter[0], filter[1], filter[2]}, tap);
        const int64_t y = from[1] * w.stride_h + k[1] * w.dilation_h - w.padding.top;
        const int64_t x = from[2] * w.stride_w + k[2] * w.dilation_w - w.padding.left;
        if (y < 0 || y >= output_shape_[1] || x < 0 || x >= output_shape_[2]) continue;
        sums[static_cast<size_t>(OffsetOf(output_shape_, {from[0], y, x, k[0]}))] +=
            inputs_[0][i] * At(1, OffsetOf(filter, {k[0], k[1], k[2], from[3]}));
      }
    }
    return ForEachOutput([&](const Shape& index, int64_t offset) {
      return Clamped(op.activation, sums[static_cast<size_t>(offset)] + Bias(index[3]));
    });
  }

  Values operator()(const BatchMatMul& op) const {
    const Shape &a = In(0).shape, &b = In(1).shape;
    const int64_t depth = a[a.size() - (op.adj_a ? 2 : 1)];
    return ForEachOutput([&](const Shape& index, int64_t) {
      double sum = 0;
      for (int64_t k = 0; k < depth; ++k) {
        Shape left = index, right = index;
        left.back() = k, right[right.size() - 2] = k;
        if (op.adj_a) std::swap(left.back(), left[left.size() - 2]);
        if (op.adj_b) std::swap(right.back(), right[right.size() - 2]);
        sum += At(0, OffsetOf(a, left)) * At(1, OffsetOf(b, right));
      }
      return sum;
    });
  }

  Values operator()(const FullyConnected& op) const {
    const int64_t depth = In(1).shape[1];
    return ForEachOutput([&](const Shape&, int64_t offset) {
      const int64_t row = offset / output_shape_.back(), o = offset % output_shape_.back();
      double sum = Bias(o);
      for (int64_t i = 0; i < depth; ++i) sum += At(0, row * depth + i) * At(1, o * depth + i);
      return Clamped(op.activation, sum);
    });
  }

  Values operator()(const Pool2D& op) const {
    const Shape& in = In(0).shape;
    const bool is_max = op.kind == Pool2D::Kind::kMax;
    return ForEachOutput([&](const Shape& out, int64_t) {
      double sum = 0, most = -std::numeric_limits<double>::infinity();
      int64_t count = 0;
      for (int64_t tap = 0; tap < int64_t{op.kernel_h} * op.kernel_w; ++tap) {
        const int64_t y = PixelAt(out[1], tap / op.kernel_w, op.window.stride_h,
                                  op.window.dilation_h, op.window.padding.top);
        const int64_t x = PixelAt(out[2], tap % op.kernel_w, op.window.stride_w,
                                  op.window.dilation_w, op.window.padding.left);
        const bool is_in = y >= 0 && y < in[1] && x >= 0 && x < in[2];
        if (is_in || op.counts_padding) ++count;
        if (!is_in) continue;
        const double value = At(0, OffsetOf(in, {out[0], y, x, out[3]}));
        sum += value;
        most = std::max(most, value);
      }
      return Clamped(op.activation, is_max ? most : sum / static_cast<double>(count));
    });
  }

  Values operator()(const Binary& op) const {
    return ForEachOutput([&](const Shape& index, int64_t) {
      const double a = At(0, OffsetOf(In(0).shape, index));
      const double b = At(1, OffsetOf(In(1).shape, index));
      return Clamped(op.activation, Combine(op.kind, a, b));
    });
  }

  Values operator()(const Clamp& op) const {
    return ForEachOutput(
        [&](const Shape&, int64_t offset) { return Clamped(op.activation, At(0, offset)); });
  }

  Values operator()(const Unary& op) const {
    return ForEachOutput(
        [&](const Shape&, int64_t offset) { return ReferenceUnary(op, At(0, offset)); });
  }

  Values operator()(const PRelu&) const {
    return ForEachOutput([&](const Shape& index, int64_t offset) {
      const double x = At(0, offset);
      return x < 0 ? x * At(1, OffsetOf(In(1).shape, index)) : x;
    });
  }

  Values operator()(const L2Normalization&) const {
    Values values = inputs_[0];
    const auto depth = output_shape_.back();
    for (auto row = values.begin(); row != values.end(); row += depth) {
      double sum = 0;
      for (auto v = row; v != row + depth; ++v) sum += *v * *v;
      for (auto v = row; v != row + depth; ++v) *v /= std::max(std::sqrt(sum), 1e-6);
    }
    return values;
  }

  Values operator()(const Mean& op) const {
    Shape kept = In(0).shape;
    for (const int32_t axis : op.axes) kept[static_cast<size_t>(axis)] = 1;
    Values sums(static_cast<size_t>(Count(kept)));
    for (size_t i = 0; i < inputs_[0].size(); ++i) {
      const Shape index = IndexAt(In(0).shape, static_cast<int64_t>(i));
      sums[static_cast<size_t>(OffsetOf(kept, index))] += inputs_[0][i];
    }
    const double count = static_cast<double>(inputs_[0].size() / sums.size());
    for (double& sum : sums) sum /= count;
    return sums;
  }

  Values operator()(const ArgMax& op) const {
    const auto axis = static_cast<size_t>(op.axis);
    const bool is_kept = output_shape_.size() == In(0).shape.size();
    return ForEachOutput([&](Shape index, int64_t) {
      if (!is_kept) index.insert(index.begin() + op.axis, 0);
      index[axis] = 0;
      Shape best = index;
      for (; index[axis] < In(0).shape[axis]; ++index[axis]) {
        const double a = At(0, OffsetOf(In(0).shape, index));
        const double b = At(0, OffsetOf(In(0).shape, best));
        if ((op.is_min ? a < b : a > b) || (op.is_last && a == b)) best = index;
      }
      return static_cast<double>(best[axis]);
    });
  }

  Values operator()(const Softmax& op) const {
    Values values = inputs_[0];
    const auto classes = output_shape_.back();
    for (auto row = values.begin(); row != values.end(); row += classes) {
      const double max = *std::max_element(row, row + classes);
      double sum = 0;
      for (auto v = row; v != row + classes; ++v) sum += * v = std::exp(op.beta * (*v - max));
      for (auto v = row; v != row + classes; ++v) *v /= sum;
    }
    return values;
  }

  Values operator()(const Transpose& op) const {
    return ForEachOutput([&](const Shape& index, int64_t) {
      Shape from(index.size());
      for (size_t i = 0; i < index.size(); ++i)
        from[static_cast<size_t>(op.permutation[i])] = index[i];
      return At(0, OffsetOf(In(0).shape, from));
    });
  }

  Values operator()(const Concat& op) const {
    const auto axis = static_cast<size_t>(op.axis);
    return ForEachOutput([&](Shape index, int64_t) {
      size_t input = 0;
      for (; index[axis] >= In(input).shape[axis]; ++input) index[axis] -= In(input).shape[axis];
      return At(input, OffsetOf(In(input).shape, index));
    });
  }

  Values operator()(const Slice& op) const {
    return ForEachOutput([&](Shape index, int64_t) {
      for (size_t i = 0; i < index.size(); ++i) index[i] = op.begin[i] + index[i] * op.stride[i];
      return At(0, OffsetOf(In(0).shape, index));
    });
  }

  Values operator()(const Pad& op) const {
    return ForEachOutput([&](Shape index, int64_t) {
      for (size_t i = 0; i < index.size(); ++i) {
        const int64_t size = In(0).shape[i], at = index[i] - op.before[i];
        const int64_t edge = std::clamp<int64_t>(at, 0, size - 1);
        if (at != edge && op.mode == Pad::Mode::kConstant) return double{op.value};
        // As far on this side of the edge as `at` is on the other.
        const int64_t mirrored = 2 * edge - at + (at < 0 ? -1 : 1);
        index[i] = op.mode == Pad::Mode::kReflect                   ? 2 * edge - at
                   : op.mode == Pad::Mode::kSymmetric && at != edge ? mirrored
                                                                    : edge;
      }
      return At(0, OffsetOf(In(0).shape, index));
    });
  }

  Values operator()(const Resize& op) const {
    const Shape& in = In(0).shape;
    const bool is_nearest = op.kind == Resize::Kind::kNearest;
    return ForEachOutput([&](const Shape& out, int64_t) {
      const double y = PlaceIn(op, out[1], in[1], op.height);
      const double x = PlaceIn(op, out[2], in[2], op.width);
      const double left = std::floor(x), top = std::floor(y);
      double value = 0;
      for (const int64_t row : {0, 1}) {
        for (const int64_t column : {0, 1}) {
          const double weight =
              (row == 0 ? top + 1 - y : y - top) * (column == 0 ? left + 1 - x : x - left);
          if (weight == 0) continue;
          value += weight * At(0, OffsetOf(in, {out[0], static_cast<int64_t>(top) + row,
                                                static_cast<int64_t>(left) + column, out[3]}));
        }
      }
      return is_nearest ? At(0, OffsetOf(in, {out[0], static_cast<int64_t>(top),
                                              static_cast<int64_t>(left), out[3]}))
                        : value;
    });
  }

  // Reshape, Quantize and Dequantize keep the values.
  template <typename Op>
  Values operator()(const Op&) const {
    return inputs_[0];
  }

 private:
  // What one output channel's i-th weight at a position of the window meets.
  struct Tap {
    int64_t input_channel;
    Shape filter_index;  // with the position still 0
  };

  const Tensor& In(size_t i) const { return graph_.tensor(node_.inputs[i]); }
  const Tensor& Output() const { return graph_.tensor(node_.outputs[0]); }
  double At(size_t input, int64_t offset) const {
    return inputs_[input][static_cast<size_t>(offset)];
  }
  double Bias(int64_t channel) const {
    return inputs_.size() > 2 && !inputs_[2].empty() ? At(2, channel) : 0.0;
  }

  template <typename F>
  Values ForEachOutput(F&& value) const {
    Values values;
    for (int64_t i = 0; i < Count(output_shape_); ++i) {
      values.push_back(value(IndexAt(output_shape_, i), i));
    }
    return values;
  }

  // The pixel that a tap of the window of one output meets.
  static int64_t PixelAt(int64_t out, int64_t tap, int64_t stride, int64_t dilation,
                         int64_t padding) {
    return out * stride + tap * dilation - padding;
  }

  // Where output index i lies among `in` pixels: between two of them, or at one when it is to be
  // the nearest.
  static double PlaceIn(const Resize& op, int64_t i, int64_t in, int64_t out) {
    const auto index = static_cast<double>(i), size = static_cast<double>(in);
    const double scale = size / static_cast<double>(out);
    double place = 0;
    switch (op.coordinates) {
      case Resize::Coordinates::kAsymmetric:
        place = index * scale;
        break;
      case Resize::Coordinates::kHalfPixel:
        place = (index + 0.5) * scale - 0.5;
        break;
      case Resize::Coordinates::kAlignCorners:
        place = out == 1 ? 0 : index * (size - 1) / static_cast<double>(out - 1);
        break;
    }
    if (op.kind == Resize::Kind::kNearest) {
      switch (op.rounding) {
        case Resize::Rounding::kFloor:
          place = std::floor(place);
          break;
        case Resize::Rounding::kCeil:
          place = std::ceil(place);
          break;
        case Resize::Rounding::kHalfDown:
          place = std::ceil(place - 0.5);
          break;
        case Resize::Rounding::kHalfUp:
          place = std::floor(place + 0.5);
          break;
      }
    }
    return std::clamp(place, 0.0, size - 1);
  }

  template <typename TapOf>
  Values Convolve(const Window& window, const Activation& activation, int64_t depth,
                  TapOf&& tap_of) const {
    const Shape &in = In(0).shape, &filter = In(1).shape;
    return ForEachOutput([&](const Shape& out, int64_t) {
      double sum = Bias(out[3]);
      for (int64_t tap = 0; tap < filter[1] * filter[2] * depth; ++tap) {
        const Shape k = IndexAt({filter[1], filter[2], depth}, tap);
        const int64_t y =
            PixelAt(out[1], k[0], window.stride_h, window.dilation_h, window.padding.top);
        const int64_t x =
            PixelAt(out[2], k[1], window.stride_w, window.dilation_w, window.padding.left);
        if (y < 0 || y >= in[1] || x < 0 || x >= in[2]) continue;
        auto [channel, f] = tap_of(out[3], k[2]);
        f[1] = k[0], f[2] = k[1];
        sum += At(0, OffsetOf(in, {out[0], y, x, channel})) * At(1, OffsetOf(filter, f));
      }
      return Clamped(activation, sum);
    });
  }

  static double Combine(Binary::Kind kind, double a, double b) {
    switch (kind) {
      case Binary::Kind::kAdd:
        return a + b;
      case Binary::Kind::kSub:
        return a - b;
      case Binary::Kind::kMul:
        return a * b;
      case Binary::Kind::kMaximum:
        return std::max(a, b);
      case Binary::Kind::kMinimum:
        return std::min(a, b);
      case Binary::Kind::kDiv:
        return a / b;
    }
    return 0;
  }

  const Graph& graph_;
  const Node& node_;
  const std::vector<Values>& inputs_;
  const Shape& output_shape_;
};

template <typename T>
Values Converted(std::span<const std::byte> bytes) {
  Values values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<double>(value);
  }
  return values;
}

Values StoredValues(DType dtype, std::span<const std::byte> bytes) {
  switch (dtype) {
    case DType::kFloat32:
      return Converted<float>(bytes);
    case DType::kInt8:
      return Converted<int8_t>(bytes);
    case DType::kInt16:
      return Converted<int16_t>(bytes);
    case DType::kInt32:
      return Converted<int32_t>(bytes);
    case DType::kInt64:
      return Converted<int64_t>(bytes);
    case DType::kUint8:
    case DType::kBool:
      return Converted<uint8_t>(bytes);
  }
  return {};
}

}  // namespace

std::vector<double> RealValues(const Tensor& tensor, std::span<const std::byte> bytes) {
  Values values = StoredValues(tensor.dtype, bytes);
  if (!tensor.quantization) return values;
  const Quantization& q = *tensor.quantization;
  ForEachElement(tensor, q, [&](size_t i, size_t c) {
    values[i] = (values[i] - q.zero_point[c]) * q.scale[c];
  });
  return values;
}

std::vector<double> ReferenceOutput(const Graph& graph, const Node& node,
                                    const std::vector<std::vector<double>>& inputs) {
  return std::visit(Evaluation(graph, node, inputs), node.op);
}

}  // namespace wranglet
