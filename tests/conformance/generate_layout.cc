// Elements moved about, none changed.

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "tests/conformance/random_tflite.h"

namespace wranglet {
namespace {

int32_t RankOf(const Value& x) { return static_cast<int32_t>(x.shape.size()); }

// An axis as files have it: some count from the end.
int32_t Written(RandomTflite& net, int32_t axis, int32_t rank) {
  return net.OneIn(3) ? axis - rank : axis;
}

template <tflite::BuiltinOperator op>
void AppendPad(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  const bool is_image = RankOf(x) == 4 && net.OneIn(2);
  std::vector<int32_t> paddings;
  TfliteShape shape = x.shape;
  for (int32_t i = 0; i < RankOf(x); ++i) {
    const bool stays = is_image ? i == 0 || i == 3 : net.OneIn(2);
    for (int side = 0; side < 2; ++side) {
      paddings.push_back(stays ? 0 : net.Pick(0, 3));
      shape[static_cast<size_t>(i)] += paddings.back();
    }
  }
  const Value y = net.Like(x, shape);
  std::vector<int32_t> inputs = {
      x.id, net.file.Constant(tflite::TensorType_INT32, {RankOf(x), 2}, paddings)};
  if (op == tflite::BuiltinOperator_PADV2) inputs.push_back(net.LikeConstant(x, {1}).id);
  net.file.Operator(op, inputs, {y.id});
  net.Continue(y);
}

void AppendMirrorPad(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  const bool is_symmetric = net.OneIn(2);
  std::vector<int32_t> paddings;
  TfliteShape shape = x.shape;
  for (int32_t& size : shape) {
    const int32_t most = std::min(is_symmetric ? size : size - 1, 3);
    for (int side = 0; side < 2; ++side) paddings.push_back(net.Pick(0, most));
    size += paddings[paddings.size() - 2] + paddings.back();
  }
  const Value y = net.Like(x, shape);
  const int32_t around = net.file.Constant(tflite::TensorType_INT32, {RankOf(x), 2}, paddings);
  net.file.Operator(
      tflite::BuiltinOperator_MIRROR_PAD, {x.id, around}, {y.id},
      tflite::CreateMirrorPadOptions(net.file.fbb, is_symmetric ? tflite::MirrorPadMode_SYMMETRIC
                                                                : tflite::MirrorPadMode_REFLECT));
  net.Continue(y);
}

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

void AppendReshape(RandomTflite& net) {
  const Value x = net.Next(1, 4);
  TfliteShape shape = {static_cast<int32_t>(ElementsOf(x.shape))};
  for (int32_t cuts = net.Pick(0, 3); cuts > 0; --cuts) {
    int32_t factor = net.Pick(1, 6);
    while (shape.back() % factor != 0) --factor;
    shape.insert(shape.begin(), factor);
    shape.back() /= factor;
  }
  TfliteShape written = shape;
  if (net.OneIn(3))
    written[static_cast<size_t>(net.Pick(0, static_cast<int32_t>(written.size()) - 1))] = -1;
  const Value y = net.Like(x, shape);
  const int32_t to = net.file.Indices(written);
  net.file.Operator(tflite::BuiltinOperator_RESHAPE, {x.id, to}, {y.id},
                    tflite::CreateReshapeOptionsDirect(net.file.fbb, &written));
  net.Continue(y);
}

void AppendExpandDims(RandomTflite& net) {
  const Value x = net.Next(1, 3);
  const int32_t axis = net.Pick(0, RankOf(x));
  TfliteShape shape = x.shape;
  shape.insert(shape.begin() + axis, 1);
  const Value y = net.Like(x, shape);
  const int32_t where = net.file.Indices({Written(net, axis, RankOf(x) + 1)});
  net.file.Operator(tflite::BuiltinOperator_EXPAND_DIMS, {x.id, where}, {y.id});
  net.Continue(y);
}

void AppendSqueeze(RandomTflite& net) {
  const Value x = net.Next(2, 4);
  std::vector<int32_t> axes;
  TfliteShape shape;
  for (int32_t axis = 0; axis < RankOf(x); ++axis) {
    const int32_t size = x.shape[static_cast<size_t>(axis)];
    size == 1 ? axes.push_back(axis) : shape.push_back(size);
  }
  if (shape.empty()) axes.pop_back(), shape = {1};
  const Value y = net.Like(x, shape);
  net.file.Operator(tflite::BuiltinOperator_SQUEEZE, {x.id}, {y.id},
                    tflite::CreateSqueezeOptionsDirect(net.file.fbb, &axes));
  net.Continue(y);
}

void AppendTranspose(RandomTflite& net) {
  const Value x = net.Next(2, 5);
  std::vector<int32_t> permutation(x.shape.size());
  std::iota(permutation.begin(), permutation.end(), 0);
  for (int32_t i = RankOf(x) - 1; i > 0; --i) {
    std::swap(permutation[static_cast<size_t>(i)],
              permutation[static_cast<size_t>(net.Pick(0, i))]);
  }
  TfliteShape shape;
  for (const int32_t from : permutation) shape.push_back(x.shape[static_cast<size_t>(from)]);
  const Value y = net.Like(x, shape);
  const int32_t order = net.file.Indices(permutation);
  net.file.Operator(tflite::BuiltinOperator_TRANSPOSE, {x.id, order}, {y.id});
  net.Continue(y);
}

template <tflite::BuiltinOperator op, bool to_depth>
void AppendBlocks(RandomTflite& net) {
  const int32_t block = net.Pick(2, 3), more = block * block;
  TfliteShape shape = net.PickShape(4);
  shape[3] = net.Pick(1, 8);
  if (to_depth) {
    shape[1] *= block, shape[2] *= block;
  } else {
    shape[3] *= more;
  }
  const Value x = net.Input(shape);
  if (to_depth) {
    shape = {shape[0], shape[1] / block, shape[2] / block, shape[3] * more};
  } else {
    shape = {shape[0], shape[1] * block, shape[2] * block, shape[3] / more};
  }
  const Value y = net.Like(x, shape);
  net.file.Operator(op, {x.id}, {y.id}, tflite::CreateBlockOptions(net.file.fbb, block));
  net.Continue(y);
}

}  // namespace

std::vector<TfliteCase> LayoutCases() {
  return {
      {"PAD", kAllPrecisions, AppendPad<tflite::BuiltinOperator_PAD>},
      {"PADV2", kAllPrecisions, AppendPad<tflite::BuiltinOperator_PADV2>},
      {"MIRROR_PAD", kAllPrecisions, AppendMirrorPad},
      {"CONCATENATION", kAllPrecisions, AppendConcatenation},
      {"SPLIT", kAllPrecisions, AppendSplit},
      {"SPLIT_V", kAllPrecisions, AppendSplitV},
      {"SLICE", kAllPrecisions, AppendSlice},
      {"STRIDED_SLICE", kAllPrecisions, AppendStridedSlice},
      {"PACK", kAllPrecisions, AppendPack},
      {"UNPACK", kAllPrecisions, AppendUnpack},
      {"RESHAPE", kAllPrecisions, AppendReshape},
      {"EXPAND_DIMS", kAllPrecisions, AppendExpandDims},
      {"SQUEEZE", kAllPrecisions, AppendSqueeze},
      {"TRANSPOSE", kAllPrecisions, AppendTranspose},
      {"SPACE_TO_DEPTH", kAllButInt16, AppendBlocks<tflite::BuiltinOperator_SPACE_TO_DEPTH, true>},
      {"DEPTH_TO_SPACE", kAllButInt16, AppendBlocks<tflite::BuiltinOperator_DEPTH_TO_SPACE, false>},
  };
}

}  // namespace wranglet
