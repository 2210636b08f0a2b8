// Elements moved about, none changed: other shapes and orders, and more around them.

#include <algorithm>
#include <numeric>

#include "tests/conformance/random_axis.h"
#include "tests/conformance/random_tflite.h"

namespace wranglet {
namespace {

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
      {"RESHAPE", kAllPrecisions, AppendReshape},
      {"EXPAND_DIMS", kAllPrecisions, AppendExpandDims},
      {"SQUEEZE", kAllPrecisions, AppendSqueeze},
      {"TRANSPOSE", kAllPrecisions, AppendTranspose},
      {"SPACE_TO_DEPTH", kAllButInt16, AppendBlocks<tflite::BuiltinOperator_SPACE_TO_DEPTH, true>},
      {"DEPTH_TO_SPACE", kAllButInt16, AppendBlocks<tflite::BuiltinOperator_DEPTH_TO_SPACE, false>},
  };
}

}  // namespace wranglet
