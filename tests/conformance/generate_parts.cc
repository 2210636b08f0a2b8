// Tensors put together and taken apart.

#include <cstdlib>
#include <utility>

#include "tests/conformance/random_axis.h"
#include "tests/conformance/random_tflite.h"

namespace wranglet {
namespace {

void AppendConcatenation(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  const int32_t axis = net.Pick(0, RankOf(x) - 1);
  std::vector<int32_t> inputs = {x.id};
  TfliteShape shape = x.shape;
  for (int32_t others = net.Pick(1, 3); others > 0; --others) {
    TfliteShape other = x.shape;
    other[static_cast<size_t>(axis)] = net.Pick(1, 9);
    // The old scheme rescales what it joins.
    const bool is_rescaled = net.precision() == kUint8 && net.OneIn(3);
    Value z = is_rescaled ? net.Quantized(other, x.spread) : x;
    z = net.OneIn(4) ? net.LikeConstant(z, other) : net.LikeInput(z, other);
    inputs.push_back(z.id);
    shape[static_cast<size_t>(axis)] += other[static_cast<size_t>(axis)];
  }
  if (net.OneIn(2)) std::swap(inputs.front(), inputs.back());
  const Value y = net.Like(x, shape);
  net.file.Operator(tflite::BuiltinOperator_CONCATENATION, inputs, {y.id},
                    tflite::CreateConcatenationOptions(net.file.fbb, Written(net, axis, RankOf(x)),
                                                       tflite::FusedActivation_NONE));
  net.Continue(y);
}

// The outputs of a split or an unpacking: the network goes on with the first.
std::vector<int32_t> Outputs(RandomTflite& net, const Value& x,
                             const std::vector<TfliteShape>& shapes) {
  std::vector<int32_t> ids;
  for (const TfliteShape& shape : shapes) {
    const Value y = net.Like(x, shape);
    ids.empty() && !shape.empty() ? net.Continue(y) : net.AlsoOutput(y);
    ids.push_back(y.id);
  }
  return ids;
}

void AppendSplit(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  const int32_t axis = net.Pick(0, RankOf(x) - 1), size = x.shape[static_cast<size_t>(axis)];
  int32_t count = net.Pick(1, 4);
  while (size % count != 0) --count;
  TfliteShape shape = x.shape;
  shape[static_cast<size_t>(axis)] /= count;
  const int32_t where =
      net.file.Constant(tflite::TensorType_INT32, {}, std::vector{Written(net, axis, RankOf(x))});
  const auto outputs = Outputs(net, x, std::vector(static_cast<size_t>(count), shape));
  net.file.Operator(tflite::BuiltinOperator_SPLIT, {where, x.id}, outputs,
                    tflite::CreateSplitOptions(net.file.fbb, count));
}

void AppendSplitV(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  const int32_t axis = net.Pick(0, RankOf(x) - 1);
  int32_t rest = x.shape[static_cast<size_t>(axis)];
  std::vector<int32_t> sizes;
  std::vector<TfliteShape> shapes;
  while (rest > 0) {
    sizes.push_back(sizes.size() == 3 ? rest : net.Pick(1, rest));
    rest -= sizes.back();
    shapes.push_back(x.shape);
    shapes.back()[static_cast<size_t>(axis)] = sizes.back();
  }
  if (net.OneIn(3)) sizes.back() = -1;  // what is left
  const int32_t parts = net.file.Indices(sizes);
  const int32_t where =
      net.file.Constant(tflite::TensorType_INT32, {}, std::vector{Written(net, axis, RankOf(x))});
  const auto outputs = Outputs(net, x, shapes);
  net.file.Operator(tflite::BuiltinOperator_SPLIT_V, {x.id, parts, where}, outputs,
                    tflite::CreateSplitOptions(net.file.fbb, static_cast<int32_t>(shapes.size())));
}

void AppendSlice(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  std::vector<int32_t> begin, size;
  TfliteShape shape;
  for (const int32_t all : x.shape) {
    begin.push_back(net.Pick(0, all - 1));
    shape.push_back(net.Pick(1, all - begin.back()));
    const bool is_rest = shape.back() == all - begin.back() && net.OneIn(2);
    size.push_back(is_rest ? -1 : shape.back());
  }
  const Value y = net.Like(x, shape);
  const int32_t from = net.file.Indices(begin), many = net.file.Indices(size);
  net.file.Operator(tflite::BuiltinOperator_SLICE, {x.id, from, many}, {y.id});
  net.Continue(y);
}

void AppendStridedSlice(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  std::vector<int32_t> begin, end, stride;
  int32_t begin_mask = 0, end_mask = 0, shrink_mask = 0;
  TfliteShape shape;
  for (int32_t i = 0; i < RankOf(x); ++i) {
    const int32_t all = x.shape[static_cast<size_t>(i)];
    int32_t first = net.Pick(0, all - 1), last = net.Pick(0, all - 1);
    const int32_t direction = last >= first ? 1 : -1;
    int32_t step = direction * net.Pick(1, 3);
    if (RankOf(x) > 1 && net.OneIn(6)) {  // one index, whose dimension goes
      shrink_mask |= 1 << i;
      begin.push_back(first), end.push_back(first + 1), stride.push_back(1);
      continue;
    }
    if (net.OneIn(4)) begin_mask |= 1 << i, first = direction > 0 ? 0 : all - 1;
    if (net.OneIn(4)) end_mask |= 1 << i, last = direction > 0 ? all - 1 : 0;
    shape.push_back(std::abs(last - first) / std::abs(step) + 1);
    const int32_t behind = last + direction;
    begin.push_back(net.OneIn(4) ? first - all : first);
    // The end before index 0 can't be written but with a mask, or far out.
    end.push_back(behind < 0 ? -all - 1 : behind), stride.push_back(step);
  }
  if (shape.empty()) shrink_mask = 0, shape.assign(x.shape.size(), 1);
  const Value y = net.Like(x, shape);
  const int32_t from = net.file.Indices(begin), to = net.file.Indices(end),
                by = net.file.Indices(stride);
  net.file.Operator(tflite::BuiltinOperator_STRIDED_SLICE, {x.id, from, to, by}, {y.id},
                    tflite::CreateStridedSliceOptions(net.file.fbb, begin_mask, end_mask, 0, 0,
                                                      shrink_mask, false));
  net.Continue(y);
}

void AppendPack(RandomTflite& net) {
  const Value x = net.Next(1, 3);
  const int32_t axis = net.Pick(0, RankOf(x)), count = net.Pick(1, 3);
  std::vector<int32_t> inputs = {x.id};
  while (inputs.size() < static_cast<size_t>(count)) inputs.push_back(net.LikeInput(x, x.shape).id);
  TfliteShape shape = x.shape;
  shape.insert(shape.begin() + axis, count);
  const Value y = net.Like(x, shape);
  net.file.Operator(
      tflite::BuiltinOperator_PACK, inputs, {y.id},
      tflite::CreatePackOptions(net.file.fbb, count, Written(net, axis, RankOf(x) + 1)));
  net.Continue(y);
}

void AppendUnpack(RandomTflite& net) {
  const Value x = net.Next(2, 4);
  const int32_t axis = net.Pick(0, RankOf(x) - 1), count = x.shape[static_cast<size_t>(axis)];
  TfliteShape shape = x.shape;
  shape.erase(shape.begin() + axis);
  const auto outputs = Outputs(net, x, std::vector(static_cast<size_t>(count), shape));
  net.file.Operator(
      tflite::BuiltinOperator_UNPACK, {x.id}, outputs,
      tflite::CreateUnpackOptions(net.file.fbb, count, Written(net, axis, RankOf(x))));
}

}  // namespace

std::vector<TfliteCase> PartsCases() {
  return {
      {"CONCATENATION", kAllPrecisions, AppendConcatenation},
      {"SPLIT", kAllPrecisions, AppendSplit},
      {"SPLIT_V", kAllPrecisions, AppendSplitV},
      {"SLICE", kAllPrecisions, AppendSlice},
      {"STRIDED_SLICE", kAllPrecisions, AppendStridedSlice},
      {"PACK", kAllPrecisions, AppendPack},
      {"UNPACK", kAllPrecisions, AppendUnpack},
  };
}

}  // namespace wranglet
