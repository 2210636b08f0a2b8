// Operators of quantised ONNX networks.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/conformance/random_qdq.h"

namespace wranglet {
namespace {

// What the window leaves of an image.
Dims Sampled(const Dims& x, const OnnxWindow& w, int64_t channels) {
  Dims y = {x[0], channels};
  for (size_t i = 0; i < 2; ++i) {
    const int64_t room = x[i + 2] + w.pads[i] + w.pads[i + 2] - (w.kernel[i] - 1) * w.dilations[i];
    y.push_back((room - 1) / w.strides[i] + 1);
  }
  return y;
}

QdqValue AppendConv(RandomQdq& net, const QdqValue& x) {
  const OnnxWindow w(net, x.shape, true);
  const int64_t groups = net.OneIn(3) ? x.shape[1] : 1;  // depthwise or dense
  const int64_t channels = groups == 1 ? net.PickChannels() : groups * net.Pick(1, 2);
  const Dims shape = {channels, x.shape[1] / groups, w.kernel[0], w.kernel[1]};
  const auto made = net.Constants(x, shape, 0, shape[1] * shape[2] * shape[3]);
  const std::string input = net.Floats(x);
  const std::string y = net.Compute("Conv", {input, made.filter, made.bias});
  w.Write(net.model);
  net.model.With("dilations", w.dilations).With("group", groups);
  return net.Quantized(y, Sampled(x.shape, w, channels), made.spread);
}

QdqValue AppendConvTranspose(RandomQdq& net, const QdqValue& x) {
  const Dims kernel = {net.Pick(1, 4), net.Pick(1, 4)}, strides = {net.Pick(1, 3), net.Pick(1, 3)};
  const int64_t groups = net.OneIn(3) ? x.shape[1] : 1;
  const int64_t channels = groups == 1 ? net.PickChannels() : net.Pick(1, 2);
  const Dims shape = {x.shape[1], channels, kernel[0], kernel[1]};
  // The bias has the scales of one group's filters, so only one group has many.
  const auto made = net.Constants(x, shape, 1, shape[0] * 2, groups == 1);
  const std::string input = net.Floats(x);
  const std::string y =
      net.Compute("ConvTranspose", groups == 1 ? std::vector{input, made.filter, made.bias}
                                               : std::vector{input, made.filter});
  net.model.With("kernel_shape", kernel).With("strides", strides).With("group", groups);
  const Dims size = {x.shape[0], channels * groups, (x.shape[2] - 1) * strides[0] + kernel[0],
                     (x.shape[3] - 1) * strides[1] + kernel[1]};
  return net.Quantized(y, size, made.spread);
}

QdqValue AppendMatMul(RandomQdq& net, const QdqValue& x) {
  Dims shape = x.shape;
  const int64_t depth = std::exchange(shape.back(), net.PickChannels());
  const auto made = net.Constants(x, {depth, shape.back()}, 1, depth);
  const std::string input = net.Floats(x);
  return net.Quantized(net.Compute("MatMul", {input, made.filter}), shape, made.spread);
}

// Behind a Flatten, which moves stored elements.
QdqValue AppendGemm(RandomQdq& net, const QdqValue& x) {
  const int64_t depth = ElementsOf(x.shape) / x.shape[0];
  const std::string floats = net.Compute("Flatten", {net.Floats(x)});
  const QdqValue flat = net.QuantizedLike(x, floats, {x.shape[0], depth});
  const int64_t channels = net.PickChannels();
  const bool is_transposed = net.OneIn(2);
  const auto made = is_transposed ? net.Constants(flat, {channels, depth}, 0, depth)
                                  : net.Constants(flat, {depth, channels}, 1, depth);
  const std::string input = net.Floats(flat);
  const std::string y = net.Compute("Gemm", {input, made.filter, made.bias});
  net.model.With("transB", int64_t{is_transposed});
  return net.Quantized(y, {x.shape[0], channels}, made.spread);
}

template <bool is_average>
QdqValue AppendPool(RandomQdq& net, const QdqValue& x) {
  const OnnxWindow w(net, x.shape, false);
  const std::string y = net.Compute(is_average ? "AveragePool" : "MaxPool", {net.Floats(x)});
  w.Write(net.model);
  const Dims shape = Sampled(x.shape, w, x.shape[1]);
  return is_average ? net.Quantized(y, shape, x.spread) : net.QuantizedLike(x, y, shape);
}

QdqValue AppendGlobalPool(RandomQdq& net, const QdqValue& x) {
  const std::string y = net.Compute("GlobalAveragePool", {net.Floats(x)});
  return net.Quantized(y, {x.shape[0], x.shape[1], 1, 1}, x.spread);
}

template <const char* op>
QdqValue AppendUnary(RandomQdq& net, const QdqValue& x) {
  return net.Quantized(net.Compute(op, {net.Floats(x)}), x.shape, x.spread);
}

// Functions with results in [0, 1] or [-1, 1].
template <const char* op>
QdqValue AppendUnit(RandomQdq& net, const QdqValue& x) {
  return net.Quantized(net.Compute(op, {net.Floats(x)}), x.shape, 1);
}

template <const char* op>
QdqValue AppendBinary(RandomQdq& net, const QdqValue& x) {
  const QdqValue z = net.Next(x.shape);
  const float spread = std::string_view(op) == "Mul" ? x.spread * z.spread : x.spread + z.spread;
  const std::string a = net.Floats(x), b = net.Floats(z);
  return net.Quantized(net.Compute(op, {a, b}), x.shape, spread);
}

QdqValue AppendClip(RandomQdq& net, const QdqValue& x) {
  const std::string input = net.Floats(x), least = net.Reals({0}, {});
  const std::string most = net.Reals({x.spread / 2}, {});
  return net.Quantized(net.Compute("Clip", {input, least, most}), x.shape, x.spread);
}

QdqValue AppendSoftmax(RandomQdq& net, const QdqValue& x) {
  const std::string y = net.Compute("Softmax", {net.Floats(x)});
  net.model.With("axis", int64_t{-1});
  return net.Quantized(y, x.shape, 1);
}

QdqValue AppendMean(RandomQdq& net, const QdqValue& x) {
  const auto axis = static_cast<size_t>(net.Pick(1, static_cast<int32_t>(x.shape.size()) - 1));
  const std::string y = net.Mean(net.Floats(x), static_cast<int64_t>(axis));
  Dims shape = x.shape;
  shape[axis] = 1;
  return net.Quantized(y, shape, x.spread);
}

QdqValue AppendConcat(RandomQdq& net, const QdqValue& x) {
  const QdqValue z = net.Next(x.shape);
  const std::string a = net.Floats(x), b = net.Floats(z);
  const std::string y = net.Compute("Concat", {a, b});
  net.model.With("axis", int64_t{1});
  Dims shape = x.shape;
  shape[1] *= 2;
  return net.Quantized(y, shape, std::max(x.spread, z.spread));
}

QdqValue AppendTranspose(RandomQdq& net, const QdqValue& x) {
  Dims order = {0}, shape = {x.shape[0]};
  for (size_t i = x.shape.size() - 1; i > 0; --i) {
    order.push_back(static_cast<int64_t>(i)), shape.push_back(x.shape[i]);
  }
  const std::string y = net.Compute("Transpose", {net.Floats(x)});
  net.model.With("perm", order);
  return net.QuantizedLike(x, y, shape);
}

constexpr char kAdd[] = "Add", kSub[] = "Sub", kMul[] = "Mul", kMax[] = "Max", kMin[] = "Min",
               kRelu[] = "Relu", kLeakyRelu[] = "LeakyRelu", kElu[] = "Elu", kAbs[] = "Abs",
               kSigmoid[] = "Sigmoid", kTanh[] = "Tanh", kHardSigmoid[] = "HardSigmoid",
               kNeg[] = "Neg";

}  // namespace

std::vector<QdqCase> QdqCases() {
  return {
      {"Conv", AppendConv, true},
      {"ConvTranspose", AppendConvTranspose, true},
      {"MatMul", AppendMatMul},
      {"Gemm", AppendGemm},
      {"AveragePool", AppendPool<true>, true},
      {"MaxPool", AppendPool<false>, true},
      {"GlobalAveragePool", AppendGlobalPool, true},
      {kAdd, AppendBinary<kAdd>},
      {kSub, AppendBinary<kSub>},
      {kMul, AppendBinary<kMul>},
      {kMax, AppendBinary<kMax>},
      {kMin, AppendBinary<kMin>},
      {kRelu, AppendUnary<kRelu>},
      {kLeakyRelu, AppendUnary<kLeakyRelu>},
      {kElu, AppendUnary<kElu>},
      {kAbs, AppendUnary<kAbs>},
      {kNeg, AppendUnary<kNeg>},
      {"Clip", AppendClip},
      {kSigmoid, AppendUnit<kSigmoid>},
      {kTanh, AppendUnit<kTanh>},
      {kHardSigmoid, AppendUnit<kHardSigmoid>},
      {"Softmax", AppendSoftmax},
      {"ReduceMean", AppendMean},
      {"Concat", AppendConcat},
      {"Transpose", AppendTranspose},
  };
}

}  // namespace wranglet
