// SLICE and STRIDED_SLICE.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {
namespace {

// A size of -1 reaches to the end.
Status TranslateSlice(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(3, 3));
  const Shape& x = node.in(0).shape;
  Slice slice = {.stride = std::vector<int32_t>(x.size(), 1)};
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
      {tflite::BuiltinOperator_SLICE, TranslateSlice},
      {tflite::BuiltinOperator_STRIDED_SLICE, TranslateStridedSlice},
  };
  return kTranslations;
}

}  // namespace wranglet
