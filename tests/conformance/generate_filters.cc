// Convolutions and matrix products.

#include <algorithm>
#include <utility>

#include "tests/conformance/random_tflite.h"
#include "tests/conformance/random_window.h"

namespace wranglet {
namespace {

std::vector<int32_t> InputsOf(std::vector<int32_t> inputs, const RandomTflite::Filtered& filtered) {
  if (filtered.bias >= 0) inputs.push_back(filtered.bias);
  return inputs;
}

void AppendConv2D(RandomTflite& net) {
  const Value x = net.Next();
  const RandomWindow w(net, x, true);
  int32_t channels = net.PickChannels(), depth = x.shape[3];
  if (depth % 2 == 0 && net.OneIn(6)) {  // two groups
    depth /= 2;
    channels += channels % 2;
  }
  const auto f = net.Filter(x, {channels, w.kernel_h, w.kernel_w, depth}, 0,
                            int64_t{w.kernel_h} * w.kernel_w * depth, /*may_lack_bias=*/false);
  const Value y = net.Activation(w.OutputShape(x.shape, channels), f.spread);
  net.file.Operator(tflite::BuiltinOperator_CONV_2D, InputsOf({x.id, f.filter.id}, f), {y.id},
                    tflite::CreateConv2DOptions(net.file.fbb, w.padding, w.stride_w, w.stride_h,
                                                net.PickActivation(), w.dilation_w, w.dilation_h));
  net.Continue(y);
}

// Unlike older converters', today's filters always have a bias, and in int8 a scale a channel.
template <bool is_old>
void AppendDepthwiseConv2D(RandomTflite& net) {
  const Value x = net.Next();
  const RandomWindow w(net, x, true);
  const int32_t multiplier = net.OneIn(3) ? net.Pick(1, 3) : 1;
  const int32_t channels = x.shape[3] * multiplier;
  const auto f = net.Filter(x, {1, w.kernel_h, w.kernel_w, channels}, 3,
                            int64_t{w.kernel_h} * w.kernel_w, is_old, is_old);
  const Value y = net.Activation(w.OutputShape(x.shape, channels), f.spread);
  net.file.Operator(
      tflite::BuiltinOperator_DEPTHWISE_CONV_2D, InputsOf({x.id, f.filter.id}, f), {y.id},
      tflite::CreateDepthwiseConv2DOptions(net.file.fbb, w.padding, w.stride_w, w.stride_h,
                                           multiplier, net.PickActivation(), w.dilation_w,
                                           w.dilation_h));
  net.Continue(y);
}

void AppendFullyConnected(RandomTflite& net) {
  const Value x = net.Next(2, 4);
  const int32_t channels = net.PickChannels(), depth = x.shape.back();
  const bool keeps_dims = x.shape.size() == 2 || net.OneIn(2);
  TfliteShape shape = x.shape;
  if (!keeps_dims) shape = {static_cast<int32_t>(ElementsOf(x.shape) / depth), depth};
  shape.back() = channels;
  const auto f = net.Filter(x, {channels, depth}, 0, depth);
  const Value y = net.Activation(shape, f.spread);
  net.file.Operator(tflite::BuiltinOperator_FULLY_CONNECTED, InputsOf({x.id, f.filter.id}, f),
                    {y.id},
                    tflite::CreateFullyConnectedOptions(net.file.fbb, net.PickActivation(), 0,
                                                        keeps_dims && shape.size() > 2));
  net.Continue(y);
}

// The transposed convolution's own output size: exporters write the one that TensorFlow computes.
int32_t TransposedSize(tflite::Padding padding, int32_t size, int32_t kernel, int32_t stride) {
  return size * stride + (padding == tflite::Padding_VALID ? std::max(kernel - stride, 0) : 0);
}

void AppendTransposeConv(RandomTflite& net) {
  const Value x = net.Next();
  const tflite::Padding padding = net.OneIn(2) ? tflite::Padding_SAME : tflite::Padding_VALID;
  const int32_t stride_h = net.Pick(1, 3), stride_w = net.OneIn(2) ? stride_h : net.Pick(1, 3);
  const int32_t kernel_h = net.Pick(1, 4), kernel_w = net.OneIn(2) ? kernel_h : net.Pick(1, 4);
  const int32_t channels = net.PickChannels(), depth = x.shape[3];
  const TfliteShape shape = {x.shape[0], TransposedSize(padding, x.shape[1], kernel_h, stride_h),
                             TransposedSize(padding, x.shape[2], kernel_w, stride_w), channels};
  const auto f =
      net.Filter(x, {channels, kernel_h, kernel_w, depth}, 0,
                 int64_t{depth} * std::max(kernel_h * kernel_w / (stride_h * stride_w), 1));
  const Value y = net.Activation(shape, f.spread);
  const int32_t size = net.file.Indices(shape);
  const auto activation = net.OneIn(3) ? net.PickActivation() : tflite::FusedActivation_NONE;
  net.file.Operator(
      tflite::BuiltinOperator_TRANSPOSE_CONV, InputsOf({size, f.filter.id, x.id}, f), {y.id},
      tflite::CreateTransposeConvOptions(net.file.fbb, padding, stride_w, stride_h, activation));
  net.Continue(y);
}

void AppendBatchMatMul(RandomTflite& net) {
  const Value a = net.Next(2, 4);
  const bool adj_a = net.OneIn(4), adj_b = net.OneIn(2);
  TfliteShape inner = a.shape, other = a.shape, result = a.shape;
  const size_t rank = inner.size();
  const int32_t rows = adj_a ? inner[rank - 1] : inner[rank - 2];
  const int32_t depth = adj_a ? inner[rank - 2] : inner[rank - 1];
  const int32_t columns = net.PickChannels();
  other[rank - 2] = adj_b ? columns : depth, other[rank - 1] = adj_b ? depth : columns;
  result[rank - 2] = rows, result[rank - 1] = columns;
  if (rank > 2 && net.OneIn(4)) other[0] = 1;  // broadcast
  Value described = net.Quantized(other, net.PickScale(0.1f, 2));
  if (net.precision() == kInt16) described.zero_point = 0;
  const Value b = net.OneIn(3) ? net.LikeConstant(described, other) : net.Input(described);
  const Value y =
      net.Activation(result, a.spread * b.spread * 2 * std::sqrt(static_cast<float>(depth)));
  net.file.Operator(tflite::BuiltinOperator_BATCH_MATMUL, {a.id, b.id}, {y.id},
                    tflite::CreateBatchMatMulOptions(net.file.fbb, adj_a, adj_b));
  net.Continue(y);
}

template <RandomTflite::Weights weights, void (*append)(RandomTflite&)>
void AppendWith(RandomTflite& net) {
  net.weights = weights;
  append(net);
}

}  // namespace

std::vector<TfliteCase> FilterCases() {
  constexpr auto kFloat16 = RandomTflite::Weights::kFloat16,
                 kDynamic = RandomTflite::Weights::kInt8;
  return {
      {"CONV_2D", kAllPrecisions, AppendConv2D},
      {"DEPTHWISE_CONV_2D", kAllPrecisions, AppendDepthwiseConv2D<false>},
      {"DEPTHWISE_CONV_2D_OLD", kAllPrecisions, AppendDepthwiseConv2D<true>, Place::kAlone},
      {"FULLY_CONNECTED", kAllPrecisions, AppendFullyConnected},
      {"TRANSPOSE_CONV", kAllPrecisions, AppendTransposeConv},
      {"CONV_2D_FLOAT16", kFloat32, AppendWith<kFloat16, AppendConv2D>, Place::kAlone},
      {"DEPTHWISE_CONV_2D_FLOAT16", kFloat32, AppendWith<kFloat16, AppendDepthwiseConv2D<false>>,
       Place::kAlone},
      {"FULLY_CONNECTED_FLOAT16", kFloat32, AppendWith<kFloat16, AppendFullyConnected>,
       Place::kAlone},
      {"CONV_2D_DYNAMIC", kFloat32, AppendWith<kDynamic, AppendConv2D>, Place::kAlone},
      {"DEPTHWISE_CONV_2D_DYNAMIC", kFloat32, AppendWith<kDynamic, AppendDepthwiseConv2D<false>>,
       Place::kAlone},
      {"FULLY_CONNECTED_DYNAMIC", kFloat32, AppendWith<kDynamic, AppendFullyConnected>,
       Place::kAlone},
      {"BATCH_MATMUL", kFloat32 | kInt8 | kInt16, AppendBatchMatMul},
  };
}

}  // namespace wranglet
