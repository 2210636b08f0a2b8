// Parts of tensors, and tensors of parts.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {
namespace {

// All of a tensor of `shape`.
Slice WholeOf(const Shape& shape) {
  return {.begin = std::vector<int32_t>(shape.size(), 0),
          .size = std::vector<int32_t>(shape.begin(), shape.end()),
          .stride = std::vector<int32_t>(shape.size(), 1)};
}

// Concat as the operator's output. Inputs of another scale than its own are stored anew first, as
// only uint8 files have them.
Status EmitConcat(TfliteNode& node, int32_t axis, std::vector<TensorId> inputs,
                  const Activation& activation) {
  const TensorId output = node.output();
  for (TensorId& input : inputs) {
    const Tensor& tensor = node.tensor(input);
    if (!tensor.quantization || tensor.IsStoredLike(node.out())) continue;
    WRANGLET_ASSIGN(input, node.EmitLike(output, Shape(tensor.shape), Quantize{}, {input}));
  }
  if (activation.IsIdentity()) return node.Emit(Concat{axis}, std::move(inputs));
  WRANGLET_ASSIGN(const TensorId joined,
                  node.EmitLike(output, Shape(node.out().shape), Concat{axis}, std::move(inputs)));
  return node.Emit(Clamp{activation}, {joined});
}

Status TranslateConcatenation(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectAllInputs());
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::ConcatenationOptions>());
  WRANGLET_ASSIGN(const Activation activation,
                  ReadTfliteActivation(options->fused_activation_function()));
  WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(options->axis(), node.in(0).shape.size()));
  return EmitConcat(node, axis, node.inputs(), activation);
}

// Each input gets the new dimension first.
Status TranslatePack(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectAllInputs());
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::PackOptions>());
  WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(options->axis(), node.in(0).shape.size() + 1));
  std::vector<TensorId> slices;
  for (const TensorId input : node.inputs()) {
    Shape shape = node.tensor(input).shape;
    if (shape != node.in(0).shape) {
      return Error{.message = "packs " + ToString(node.in(0).shape) + " with " + ToString(shape)};
    }
    shape.insert(shape.begin() + axis, 1);
    WRANGLET_ASSIGN(const TensorId slice, node.EmitLike(input, shape, Reshape{}, {input}));
    slices.push_back(slice);
  }
  return EmitConcat(node, axis, std::move(slices), {});
}

Status TranslateUnpack(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1, std::max<size_t>(node.output_count(), 1)));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::UnpackOptions>());
  const Shape x = node.in(0).shape;
  WRANGLET_ASSIGN(const int32_t axis, NormalizedAxis(options->axis(), x.size()));
  const auto at = static_cast<size_t>(axis);
  if (x[at] != static_cast<int64_t>(node.output_count())) {
    return Error{.message = "unpacks " + ToString(x) + " to " +
                            std::to_string(node.output_count()) + " outputs"};
  }
  Shape piece = x, rest = x;
  piece[at] = 1;
  rest.erase(rest.begin() + axis);
  for (size_t i = 0; i < node.output_count(); ++i) {
    Slice slice = WholeOf(piece);
    slice.begin[at] = static_cast<int32_t>(i);
    WRANGLET_ASSIGN(const TensorId sliced,
                    node.EmitLike(node.input(0), piece, slice, {node.input(0)}));
    WRANGLET_RETURN_IF_ERROR(node.EmitReshape(sliced, rest, i));
  }
  return Done{};
}

// The operator's outputs are parts of `x`, side by side along `axis`.
Status EmitSplit(TfliteNode& node, TensorId x, int32_t axis, const std::vector<int64_t>& sizes) {
  const auto at = static_cast<size_t>(axis);
  int64_t begin = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const int64_t dimension = node.tensor(x).shape[at];
    if (sizes[i] < 1 || sizes[i] > dimension - begin) {
      return Error{.message = "its parts do not fit " + ToString(node.tensor(x).shape)};
    }
    Slice slice = WholeOf(node.tensor(x).shape);
    slice.begin[at] = static_cast<int32_t>(begin);
    slice.size[at] = static_cast<int32_t>(sizes[i]);
    WRANGLET_RETURN_IF_ERROR(node.Emit(std::move(slice), {x}, i));
    begin += sizes[i];
  }
  if (begin == node.tensor(x).shape[at]) return Done{};
  return Error{.message = "its parts do not make up " + ToString(node.tensor(x).shape)};
}

// Into equal parts, as many as there are outputs.
Status TranslateSplit(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2, std::max<size_t>(node.output_count(), 1)));
  const Shape& x = node.in(1).shape;
  WRANGLET_ASSIGN(const int32_t axis, node.Axis(0, x.size()));
  const auto parts = static_cast<int64_t>(node.output_count());
  return EmitSplit(node, node.input(1), axis,
                   std::vector(node.output_count(), x[static_cast<size_t>(axis)] / parts));
}

// One of the sizes may be -1: what the others leave.
Status TranslateSplitV(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(3, 3, std::max<size_t>(node.output_count(), 1)));
  const Shape& x = node.in(0).shape;
  WRANGLET_ASSIGN(const std::vector<int32_t> given, node.SmallIntegers(1, node.output_count()));
  WRANGLET_ASSIGN(const int32_t axis, node.Axis(2, x.size()));
  std::vector<int64_t> sizes(given.begin(), given.end());
  int64_t left = x[static_cast<size_t>(axis)];
  for (const int64_t size : sizes) left -= std::max<int64_t>(size, 0);
  if (const auto open = std::ranges::find(sizes, -1); open != sizes.end()) *open = left;
  return EmitSplit(node, node.input(0), axis, sizes);
}

// A size of -1 reaches to the end.
Status TranslateSlice(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(3, 3));
  const Shape& x = node.in(0).shape;
  Slice slice = WholeOf(x);
  WRANGLET_ASSIGN(slice.begin, node.SmallIntegers(1, x.size()));
  WRANGLET_ASSIGN(slice.size, node.SmallIntegers(2, x.size()));
  for (size_t i = 0; i < x.size(); ++i) {
    if (slice.size[i] == -1) slice.size[i] = static_cast<int32_t>(x[i] - slice.begin[i]);
  }
  return node.Emit(std::move(slice), {node.input(0)});
}

// What STRIDED_SLICE says of one dimension.
struct Range {
  int64_t begin = 0, end = 0, stride = 1;
  bool open_begin = true, open_end = true;
};

// How many elements of a dimension of `size` the range takes; its begin becomes the first of them.
// numpy's rules: numbers from behind are negative, those out of range go to the nearest.
int64_t Resolve(Range& range, int64_t size) {
  // A range that goes backwards ends before the first element.
  const int64_t least = range.stride > 0 ? 0 : -1;
  const int64_t most = range.stride > 0 ? size : size - 1;
  const auto place = [&](int64_t index) {
    return std::clamp(index < 0 ? index + size : index, least, most);
  };
  const bool forwards = range.stride > 0;
  range.begin = range.open_begin ? (forwards ? 0 : size - 1) : place(range.begin);
  const int64_t end = range.open_end ? (forwards ? size : -1) : place(range.end);
  const int64_t length = forwards ? end - range.begin : range.begin - end;
  const int64_t step = std::abs(range.stride);
  return length <= 0 ? 0 : (length + step - 1) / step;
}

// STRIDED_SLICE as a Slice of all of x's dimensions, and the output's shape, which lacks those that
// are shrunk and has new ones of 1.
struct StridedSlice {
  Slice slice;
  Shape shape;
};

Result<StridedSlice> ReadStridedSlice(const TfliteNode& node,
                                      const tflite::StridedSliceOptions& options) {
  const Shape& x = node.in(0).shape;
  WRANGLET_ASSIGN(const std::vector<int64_t> given, node.Integers(1));
  const size_t count = given.size();
  WRANGLET_ASSIGN(const std::vector<int32_t> begin, node.SmallIntegers(1, count));
  WRANGLET_ASSIGN(const std::vector<int32_t> end, node.SmallIntegers(2, count));
  WRANGLET_ASSIGN(const std::vector<int32_t> stride, node.SmallIntegers(3, count));
  if (count > 2 * kMaxRank) return Error{.message = std::to_string(count) + " ranges"};
  const auto has = [](int32_t mask, size_t i) { return (mask >> i & 1) != 0; };

  StridedSlice result;
  const auto append = [&](const Range& range, int64_t size) {
    result.slice.begin.push_back(static_cast<int32_t>(range.begin));
    result.slice.size.push_back(static_cast<int32_t>(size));
    result.slice.stride.push_back(static_cast<int32_t>(range.stride));
  };
  // Whole dimensions, up to where `left` are left.
  const auto append_whole = [&](size_t left) {
    for (size_t d = result.slice.begin.size(); d + left < x.size(); ++d) {
      append({}, x[d]);
      result.shape.push_back(x[d]);
    }
  };
  for (size_t i = 0; i < count; ++i) {
    if (has(options.ellipsis_mask(), i)) {
      size_t left = 0;  // dimensions that later ranges are about
      for (size_t j = i + 1; j < count; ++j) left += !has(options.new_axis_mask(), j);
      append_whole(left);
      continue;
    }
    if (has(options.new_axis_mask(), i)) {
      result.shape.push_back(1);
      continue;
    }
    const size_t d = result.slice.begin.size();
    if (d >= x.size() || stride[i] == 0) {
      return Error{.message = "its ranges do not fit " + ToString(x)};
    }
    Range range = {.begin = begin[i], .end = end[i], .stride = stride[i]};
    if (options.offset()) range.end += range.begin;
    range.open_begin = has(options.begin_mask(), i);
    range.open_end = has(options.end_mask(), i);
    int64_t size = Resolve(range, x[d]);
    if (has(options.shrink_axis_mask(), i)) {
      size = 1;
    } else {
      result.shape.push_back(size);
    }
    append(range, size);
  }
  append_whole(0);
  return result;
}

Status TranslateStridedSlice(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(4, 4));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::StridedSliceOptions>());
  WRANGLET_ASSIGN(const StridedSlice strided, ReadStridedSlice(node, *options));
  const Slice& slice = strided.slice;
  const Shape sizes(slice.size.begin(), slice.size.end());
  if (sizes == strided.shape) return node.Emit(slice, {node.input(0)});
  WRANGLET_ASSIGN(const TensorId sliced,
                  node.EmitLike(node.input(0), sizes, slice, {node.input(0)}));
  return node.EmitReshape(sliced, strided.shape);
}

}  // namespace

std::span<const TfliteTranslationOf> TfliteSlices() {
  static constexpr TfliteTranslationOf kTranslations[] = {
      {tflite::BuiltinOperator_CONCATENATION, TranslateConcatenation},
      {tflite::BuiltinOperator_PACK, TranslatePack},
      {tflite::BuiltinOperator_SLICE, TranslateSlice},
      {tflite::BuiltinOperator_SPLIT, TranslateSplit},
      {tflite::BuiltinOperator_SPLIT_V, TranslateSplitV},
      {tflite::BuiltinOperator_STRIDED_SLICE, TranslateStridedSlice},
      {tflite::BuiltinOperator_UNPACK, TranslateUnpack},
  };
  return kTranslations;
}

}  // namespace wranglet
