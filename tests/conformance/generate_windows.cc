// Pools, means and resizing: one element from several near each other.

#include <algorithm>

#include "tests/conformance/random_tflite.h"
#include "tests/conformance/random_window.h"

namespace wranglet {
namespace {

template <tflite::BuiltinOperator op>
void AppendPool2D(RandomTflite& net) {
  const Value x = net.Next();
  RandomWindow w(net, x, false);
  if (net.OneIn(4)) {  // over the whole image
    w.padding = tflite::Padding_VALID;
    w.kernel_h = x.shape[1], w.kernel_w = x.shape[2];
  }
  const Value y = net.Like(x, w.OutputShape(x.shape, x.shape[3]));
  const auto activation = net.OneIn(2) ? net.PickActivation() : tflite::FusedActivation_NONE;
  net.file.Operator(op, {x.id}, {y.id},
                    tflite::CreatePool2DOptions(net.file.fbb, w.padding, w.stride_w, w.stride_h,
                                                w.kernel_w, w.kernel_h, activation));
  net.Continue(y);
}

void AppendMean(RandomTflite& net) {
  const Value x = net.Next(2, 4);
  const auto rank = static_cast<int32_t>(x.shape.size());
  std::vector<int32_t> axes;
  if (rank == 4 && net.OneIn(2)) {
    axes = {1, 2};
  } else {
    for (int32_t axis = 0; axis < rank; ++axis) {
      if (net.OneIn(2)) axes.push_back(axis);
    }
    if (axes.empty()) axes = {rank - 1};
  }
  const bool keeps_dims = net.OneIn(2);
  TfliteShape shape;
  for (int32_t axis = 0; axis < rank; ++axis) {
    const bool is_reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (!is_reduced || keeps_dims)
      shape.push_back(is_reduced ? 1 : x.shape[static_cast<size_t>(axis)]);
  }
  if (net.OneIn(3)) {  // as Python counts them, from the end
    for (int32_t& axis : axes) axis -= rank;
  }
  const Value y = net.OneIn(3) ? net.Like(x, shape) : net.Activation(shape, x.spread / 2);
  const int32_t indices = net.file.Indices(axes);
  net.file.Operator(tflite::BuiltinOperator_MEAN, {x.id, indices}, {y.id},
                    tflite::CreateReducerOptions(net.file.fbb, keeps_dims));
  // What is left may be a scalar, which nothing here takes.
  shape.empty() ? net.AlsoOutput(y) : net.Continue(y);
}

template <tflite::BuiltinOperator op, typename Options,
          flatbuffers::Offset<Options> (*CreateOptions)(flatbuffers::FlatBufferBuilder&, bool,
                                                        bool)>
void AppendResize(RandomTflite& net) {
  const Value x = net.Next();
  int32_t height = net.Pick(1, 13), width = net.Pick(1, 13);
  if (net.OneIn(3)) height = 2 * x.shape[1], width = 2 * x.shape[2];
  const int32_t way = net.Pick(0, 2);
  const Value y = net.Like(x, {x.shape[0], height, width, x.shape[3]});
  const int32_t size = net.file.Indices({height, width});
  net.file.Operator(op, {x.id, size}, {y.id},
                    CreateOptions(net.file.fbb, /*align_corners=*/way == 1,
                                  /*half_pixel_centers=*/way == 2));
  net.Continue(y);
}

}  // namespace

std::vector<TfliteCase> WindowCases() {
  return {
      {"AVERAGE_POOL_2D", kAllPrecisions, AppendPool2D<tflite::BuiltinOperator_AVERAGE_POOL_2D>},
      {"MAX_POOL_2D", kAllPrecisions, AppendPool2D<tflite::BuiltinOperator_MAX_POOL_2D>},
      {"MEAN", kAllPrecisions, AppendMean},
      {"RESIZE_BILINEAR", kAllPrecisions,
       AppendResize<tflite::BuiltinOperator_RESIZE_BILINEAR, tflite::ResizeBilinearOptions,
                    tflite::CreateResizeBilinearOptions>},
      {"RESIZE_NEAREST_NEIGHBOR", kAllPrecisions,
       AppendResize<tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
                    tflite::ResizeNearestNeighborOptions,
                    tflite::CreateResizeNearestNeighborOptions>},
  };
}

}  // namespace wranglet
