// Operators that take parts of tensors, join and extend them.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/import/onnx_fold.h"
#include "plugin/compiler/import/onnx_operators.h"

namespace wranglet {
namespace {

// All of a tensor.
Slice WholeOf(const Shape& shape) {
  Slice slice;
  for (const int64_t size : shape) {
    slice.begin.push_back(0);
    slice.size.push_back(static_cast<int32_t>(std::min(size, kMaxElements - 1)));
    slice.stride.push_back(1);
  }
  return slice;
}

// `id`'s part; of a constant at once.
Result<TensorId> EmitSlice(OnnxNode& node, TensorId id, Slice slice) {
  if (!node.graph().tensor(id).constant) return node.Emit(std::move(slice), {id});
  WRANGLET_ASSIGN(Tensor part, FoldedSlice(slice, node.graph().tensor(id)));
  return node.AddConstant(std::move(part));
}

// An attribute in operator sets before `since`, and input `i` from it on; empty when absent.
Result<std::vector<int64_t>> IntsOf(const OnnxNode& node, const char* attribute, int64_t since,
                                    size_t i) {
  if (node.opset() < since) return node.Ints(attribute).value_or(std::vector<int64_t>());
  if (node.HasInput(i)) return node.ConstantIntegers(i);
  return std::vector<int64_t>();
}

// `axes`, or as many as there are values.
Result<std::vector<int32_t>> AxesOr(const std::vector<int64_t>& axes, size_t count, size_t rank) {
  if (count > rank || (!axes.empty() && axes.size() != count)) {
    return Error{.message = "has " + std::to_string(count) + " values for other axes"};
  }
  std::vector<int32_t> normalized;
  for (size_t i = 0; i < count; ++i) {
    WRANGLET_ASSIGN(const int32_t axis,
                    NormalizedAxis(axes.empty() ? static_cast<int64_t>(i) : axes[i], rank));
    normalized.push_back(axis);
  }
  return normalized;
}

// The places from `start` to before `end`, as numpy's slices have them: negative ones count from
// behind, and those out of range are the nearest in range.
struct Range {
  int64_t first, count;
};
Range RangeOf(int64_t size, int64_t start, int64_t end, int64_t step) {
  const auto bounded = [&](int64_t place, int64_t least, int64_t most) {
    return std::clamp(place < 0 ? place + size : place, least, most);
  };
  if (step > 0) {
    const int64_t first = bounded(start, 0, size), last = bounded(end, 0, size);
    return {first, last <= first ? 0 : (last - first - 1) / step + 1};
  }
  const int64_t first = bounded(start, 0, size - 1), last = bounded(end, -1, size - 1);
  // The least number has no opposite.
  const int64_t down = step == std::numeric_limits<int64_t>::min() ? kMaxElements : -step;
  return {first, last >= first ? 0 : (first - last - 1) / down + 1};
}

// The sizes of a Split's outputs.
Result<std::vector<int64_t>> SplitSizes(const OnnxNode& node, int64_t size) {
  WRANGLET_ASSIGN(std::vector<int64_t> sizes, IntsOf(node, "split", 13, 1));
  if (!sizes.empty()) return sizes;
  const int64_t parts =
      std::max<int64_t>(node.Int("num_outputs", static_cast<int64_t>(node.output_count())), 1);
  const int64_t each = (size + parts - 1) / parts;
  for (int64_t left = size; left > 0; left -= each) sizes.push_back(std::min(each, left));
  return sizes;
}

Result<Pad::Mode> ReadPadMode(const OnnxNode& node) {
  const std::string mode = node.String("mode", "constant");
  if (mode == "constant") return Pad::Mode::kConstant;
  if (mode == "reflect") return Pad::Mode::kReflect;
  if (mode == "edge") return Pad::Mode::kEdge;
  return Error{.message = "pads in mode '" + mode + "'",
               .hint = "supported: constant, reflect and edge"};
}

// Its value: an attribute before operator set 11, an input since.
Result<float> ReadPadValue(const OnnxNode& node) {
  if (node.opset() < 11) return node.Float("value", 0.0f);
  if (!node.HasInput(2)) return 0.0f;
  WRANGLET_ASSIGN(const std::vector<float> values, node.ConstantFloats(2));
  if (values.size() != 1) return Error{.message = "has a value that is not one number"};
  return values[0];
}

}  // namespace

Result<TensorId> TranslateSlice(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  WRANGLET_ASSIGN(const std::vector<int64_t> starts, IntsOf(node, "starts", 10, 1));
  WRANGLET_ASSIGN(const std::vector<int64_t> ends, IntsOf(node, "ends", 10, 2));
  WRANGLET_ASSIGN(const std::vector<int64_t> given, IntsOf(node, "axes", 10, 3));
  WRANGLET_ASSIGN(std::vector<int64_t> steps, IntsOf(node, "steps", 10, 4));
  WRANGLET_ASSIGN(const auto axes, AxesOr(given, starts.size(), shape.size()));
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || steps.size() != starts.size()) {
    return Error{.message = "has starts, ends and steps of different numbers"};
  }
  Slice slice = WholeOf(shape);
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(axes[i]);
    if (steps[i] == 0) return Error{.message = "has a step of 0"};
    const Range range = RangeOf(shape[axis], starts[i], ends[i], steps[i]);
    if (range.count < 1) {
      // Empty constants are as good as absent.
      if (node.IsConstant(0)) return kNoTensor;
      return Error{.message = "takes nothing of " + ToString(shape)};
    }
    slice.begin[axis] = static_cast<int32_t>(range.first);
    slice.size[axis] = static_cast<int32_t>(range.count);
    // Of one element, no step is taken.
    slice.stride[axis] = range.count == 1 ? 1 : static_cast<int32_t>(steps[i]);
  }
  return EmitSlice(node, node.input(0), std::move(slice));
}

Result<TensorId> TranslateSplit(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  WRANGLET_ASSIGN(const int32_t given, NormalizedAxis(node.Int("axis", 0), shape.size()));
  const auto axis = static_cast<size_t>(given);
  WRANGLET_ASSIGN(const std::vector<int64_t> sizes, SplitSizes(node, shape[axis]));
  if (sizes.size() != node.output_count()) {
    return Error{.message = "has " + std::to_string(node.output_count()) + " outputs for " +
                            std::to_string(sizes.size()) + " parts"};
  }
  TensorId first = kNoTensor;
  int64_t begin = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 1 || sizes[i] > shape[axis] - begin) {
      return Error{.message = "splits " + ToString(shape) + " beyond its end"};
    }
    Slice slice = WholeOf(shape);
    slice.begin[axis] = static_cast<int32_t>(begin);
    slice.size[axis] = static_cast<int32_t>(sizes[i]);
    begin += sizes[i];
    if (i > 0 && !node.HasOutput(i)) continue;
    WRANGLET_ASSIGN(const TensorId part, EmitSlice(node, node.input(0), std::move(slice)));
    if (i == 0) first = part;
    node.SetOutput(i, part);
  }
  return first;
}

Result<TensorId> TranslateConcat(OnnxNode& node) {
  std::vector<TensorId> inputs;
  std::vector<const Tensor*> tensors;
  bool constant = true;
  for (size_t i = 0; i < node.input_count(); ++i) {
    // Exporters leave the empty ones among constants out.
    if (!node.HasInput(i)) continue;
    inputs.push_back(node.input(i));
    constant = constant && node.IsConstant(i);
  }
  if (inputs.empty()) return Error{.message = "of nothing"};
  WRANGLET_ASSIGN(const int32_t axis,
                  NormalizedAxis(node.Int("axis", 1), node.graph().tensor(inputs[0]).shape.size()));
  if (inputs.size() == 1) return inputs[0];
  if (!constant) return node.Emit(Concat{.axis = axis}, std::move(inputs));
  for (const TensorId id : inputs) tensors.push_back(&node.graph().tensor(id));
  WRANGLET_ASSIGN(Tensor all, FoldedConcat(axis, tensors));
  return node.AddConstant(std::move(all));
}

// Of an activation, with indices at equal distances: the part a Slice can take.
Result<TensorId> TranslateGather(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  const Shape shape = node.tensor(0).shape;
  WRANGLET_ASSIGN(const int32_t given, NormalizedAxis(node.Int("axis", 0), shape.size()));
  const auto axis = static_cast<size_t>(given);
  WRANGLET_ASSIGN(const std::vector<int64_t> indices, node.ConstantIntegers(1));
  const Shape index_shape = node.tensor(1).shape;
  if (node.IsConstant(0)) {
    WRANGLET_ASSIGN(Tensor gathered, FoldedGather(node.tensor(0), given, indices, index_shape));
    return node.AddConstant(std::move(gathered));
  }
  Slice slice = WholeOf(shape);
  std::vector<int32_t> places;
  for (const int64_t index : indices) {
    WRANGLET_ASSIGN(const int32_t place, NormalizedAxis(index, static_cast<size_t>(shape[axis])));
    places.push_back(place);
  }
  const int32_t step = places.size() > 1 ? places[1] - places[0] : 1;
  for (size_t i = 1; i < places.size(); ++i) {
    if (step == 0 || places[i] - places[i - 1] != step) {
      return Error{.message = "gathers by indices that lie at different distances"};
    }
  }
  slice.begin[axis] = places[0];
  slice.size[axis] = static_cast<int32_t>(places.size());
  slice.stride[axis] = step;
  WRANGLET_ASSIGN(const TensorId part, node.Emit(std::move(slice), {node.input(0)}));
  if (index_shape.size() == 1) return part;
  Shape gathered(shape.begin(), shape.begin() + given);
  gathered.insert(gathered.end(), index_shape.begin(), index_shape.end());
  gathered.insert(gathered.end(), shape.begin() + given + 1, shape.end());
  return node.Emit(Reshape{}, {part}, std::move(gathered));
}

// Negative padding takes away.
Result<TensorId> TranslatePad(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape shape = node.tensor(0).shape;
  Pad pad;
  WRANGLET_ASSIGN(pad.mode, ReadPadMode(node));
  WRANGLET_ASSIGN(pad.value, ReadPadValue(node));
  WRANGLET_ASSIGN(const std::vector<int64_t> pads, IntsOf(node, "pads", 11, 1));
  WRANGLET_ASSIGN(const std::vector<int64_t> given, IntsOf(node, "axes", 18, 3));
  WRANGLET_ASSIGN(const auto axes, AxesOr(given, pads.size() / 2, shape.size()));
  pad.before.assign(shape.size(), 0);
  pad.after = pad.before;
  Slice kept = WholeOf(shape);
  bool takes = false, adds = false;
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(axes[i]);
    const int64_t before = pads[i], after = pads[axes.size() + i];
    if (std::min(before, after) < -shape[axis] || std::max(before, after) >= kMaxElements) {
      return Error{.message = "pads " + ToString(shape) + " by " + std::to_string(before) +
                              " and " + std::to_string(after)};
    }
    pad.before[axis] = static_cast<int32_t>(std::max<int64_t>(before, 0));
    pad.after[axis] = static_cast<int32_t>(std::max<int64_t>(after, 0));
    const auto less = static_cast<int32_t>(std::min<int64_t>(before, 0));
    kept.begin[axis] -= less;
    kept.size[axis] += less + static_cast<int32_t>(std::min<int64_t>(after, 0));
    takes = takes || before < 0 || after < 0;
    adds = adds || before > 0 || after > 0;
  }
  TensorId x = node.input(0);
  if (takes) {
    WRANGLET_ASSIGN(x, EmitSlice(node, x, std::move(kept)));
  }
  return adds ? node.Emit(std::move(pad), {x}) : Result<TensorId>(x);
}

}  // namespace wranglet
