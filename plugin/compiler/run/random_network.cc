#include "plugin/compiler/run/random_network.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace wranglet {
namespace {

// Values lie in about this many deviations around 0.
constexpr float kSpread = 3.0f;

// Tensors of more elements are not made larger, so that tests stay fast.
constexpr int64_t kMostConcatenated = 2000;

template <typename T>
void AppendBytes(std::vector<std::byte>& bytes, T value) {
  const auto* begin = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), begin, begin + sizeof(T));
}

// A window's output size along one dimension; `padding` is that of both ends.
int64_t OutputSize(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t padding) {
  return (in + padding - ((kernel - 1) * dilation + 1)) / stride + 1;
}

}  // namespace

RandomNetwork::RandomNetwork(uint32_t seed, DType dtype, Kind kind) : random_(seed), dtype_(dtype) {
  graph_.file = "random.onnx";
  kind == Kind::kAny ? AppendAny() : AppendWindows();
}

void RandomNetwork::AppendAny() {
  TensorId x = NewActivation({Pick(1, 2), Pick(3, 9), Pick(3, 9), Pick(1, 20)}, 1.0f);
  graph_.inputs = {x};
  const std::vector<TensorId (RandomNetwork::*)(TensorId)> body = {
      &RandomNetwork::AppendConv2D,        &RandomNetwork::AppendPointwise,
      &RandomNetwork::AppendDepthwise,     &RandomNetwork::AppendResidual,
      &RandomNetwork::AppendClamp,         &RandomNetwork::AppendTranspose,
      &RandomNetwork::AppendReshape,       &RandomNetwork::AppendPool,
      &RandomNetwork::AppendPad,           &RandomNetwork::AppendSlice,
      &RandomNetwork::AppendConcat,        &RandomNetwork::AppendUnary,
      &RandomNetwork::AppendBinary,        &RandomNetwork::AppendPRelu,
      &RandomNetwork::AppendNormalization, &RandomNetwork::AppendTransposeConv,
      &RandomNetwork::AppendBatchMatMul,   &RandomNetwork::AppendMean,
      &RandomNetwork::AppendResize,
  };
  for (int64_t layers = Pick(1, 6); layers > 0; --layers) {
    x = (this->*body[static_cast<size_t>(Pick(0, static_cast<int64_t>(body.size()) - 1))])(x);
  }
  if (Pick(0, 3) == 0) graph_.outputs.push_back(x);
  if (Pick(0, 3) == 0) graph_.outputs.push_back(AppendArgMax(x));
  graph_.outputs.push_back(AppendHead(x));
}

void RandomNetwork::AppendWindows() {
  TensorId x = NewActivation({1, Pick(4, 30), Pick(3, 9), Pick(1, 12)}, 1.0f);
  graph_.inputs = {x};
  const std::vector<TensorId (RandomNetwork::*)(TensorId)> body = {
      &RandomNetwork::AppendConv2D, &RandomNetwork::AppendPointwise,
      &RandomNetwork::AppendDepthwise, &RandomNetwork::AppendPool};
  for (int64_t layers = Pick(2, 6); layers > 0; --layers) {
    x = (this->*body[static_cast<size_t>(Pick(0, static_cast<int64_t>(body.size()) - 1))])(x);
  }
  graph_.outputs.push_back(x);
}

std::vector<std::byte> RandomNetwork::RandomInput() {
  int64_t count = 1;
  for (const int64_t d : ShapeOf(graph_.inputs[0])) count *= d;
  return RandomElements(graph_.tensor(graph_.inputs[0]).dtype, count);
}

int64_t RandomNetwork::Pick(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random_);
}

float RandomNetwork::PickReal(float low, float high) {
  return std::uniform_real_distribution<float>(low, high)(random_);
}

std::vector<std::byte> RandomNetwork::RandomElements(DType dtype, int64_t count) {
  std::vector<std::byte> bytes;
  for (int64_t i = 0; i < count; ++i) {
    switch (dtype) {
      case DType::kFloat32:
        AppendBytes(bytes, PickReal(-2.0f, 2.0f));
        break;
      case DType::kInt8:
        AppendBytes(bytes, static_cast<int8_t>(Pick(-127, 127)));
        break;
      case DType::kInt16:
        AppendBytes(bytes, static_cast<int16_t>(Pick(-32767, 32767)));
        break;
      // Biases of int8 and of int16 activations.
      case DType::kInt64:
        AppendBytes(bytes, int64_t{Pick(-500000, 500000)});
        break;
      default:
        AppendBytes(bytes, static_cast<int32_t>(Pick(-3000, 3000)));
    }
  }
  return bytes;
}

TensorId RandomNetwork::NewActivation(const Shape& shape, float deviation) {
  Tensor tensor{
      .name = "t" + std::to_string(graph_.tensors.size()), .dtype = dtype_, .shape = shape};
  if (dtype_ == DType::kInt8) {
    tensor.quantization =
        Quantization{{2 * kSpread * deviation / 255}, {static_cast<int32_t>(Pick(-60, 60))}};
  } else if (dtype_ == DType::kInt16) {
    tensor.quantization = Quantization{{2 * kSpread * deviation / 65535}, {0}};
  }
  deviations_.resize(graph_.tensors.size());
  deviations_.push_back(deviation);
  return graph_.Add(std::move(tensor));
}

DType RandomNetwork::BiasType() {
  if (dtype_ == DType::kInt16) return Pick(0, 1) == 0 ? DType::kInt64 : DType::kInt32;
  return IsQuantized() ? DType::kInt32 : dtype_;
}

TensorId RandomNetwork::NewFilter(const Shape& shape, size_t channel_axis) {
  int64_t count = 1;
  for (const int64_t d : shape) count *= d;
  Tensor tensor{.name = "t" + std::to_string(graph_.tensors.size()),
                .dtype = IsQuantized() ? DType::kInt8 : dtype_,
                .shape = shape};
  tensor.constant = RandomElements(tensor.dtype, count);
  if (IsQuantized()) {
    const bool per_channel = Pick(0, 2) > 0;
    const bool is_symmetric = dtype_ == DType::kInt16 || Pick(0, 3) > 0;
    Quantization q;
    for (int64_t c = 0; c < (per_channel ? shape[channel_axis] : 1); ++c) {
      q.scale.push_back(PickReal(0.005f, 0.02f));
      q.zero_point.push_back(is_symmetric ? 0 : static_cast<int32_t>(Pick(-40, 40)));
    }
    q.axis = static_cast<int>(channel_axis);
    tensor.quantization = q;
  }
  return graph_.Add(std::move(tensor));
}

TensorId RandomNetwork::NewBias(TensorId x, TensorId filter, int64_t channels) {
  if (Pick(0, 3) == 0) return kNoTensor;
  Tensor tensor{.name = "t" + std::to_string(graph_.tensors.size()),
                .dtype = BiasType(),
                .shape = {channels}};
  tensor.constant = RandomElements(tensor.dtype, channels);
  if (IsQuantized()) {
    Quantization q = *graph_.tensor(filter).quantization;
    for (float& scale : q.scale) scale *= graph_.tensor(x).quantization->scale[0];
    q.zero_point.assign(q.scale.size(), 0);
    q.axis = 0;
    tensor.quantization = q;
  }
  return graph_.Add(std::move(tensor));
}

TensorId RandomNetwork::Append(Operator op, std::vector<TensorId> inputs, const Shape& shape,
                               float deviation) {
  const TensorId output = NewActivation(shape, deviation);
  graph_.nodes.push_back({.name = "node" + std::to_string(graph_.nodes.size()),
                          .op = std::move(op),
                          .inputs = std::move(inputs),
                          .outputs = {output}});
  return output;
}

TensorId RandomNetwork::AppendMove(Operator op, TensorId x, const Shape& shape) {
  const TensorId y = Append(std::move(op), {x}, shape, Deviation(x));
  graph_.tensor(y).quantization = graph_.tensor(x).quantization;
  return y;
}

Activation RandomNetwork::RandomActivation() {
  switch (Pick(0, 3)) {
    case 0:
      return {0.0f, 6.0f};
    case 1:
      return {.min = 0.0f};
    case 2:
      return {-1.0f, 1.0f};
    default:
      return {};
  }
}

TensorId RandomNetwork::AppendConv2D(TensorId x) {
  const Shape in = ShapeOf(x);
  Conv2D op;
  op.activation = RandomActivation();
  if (Pick(0, 2) == 0) {
    for (const int32_t groups : {2, 3, 5}) op.groups = in[3] % groups == 0 ? groups : op.groups;
  }
  const int64_t kh = Pick(1, 3), kw = Pick(1, 3), out_c = op.groups * Pick(1, 6);
  op.window = {.stride_h = static_cast<int32_t>(Pick(1, 2)),
               .stride_w = static_cast<int32_t>(Pick(1, 2)),
               .dilation_h = static_cast<int32_t>(Pick(1, 2)),
               .dilation_w = static_cast<int32_t>(Pick(1, 2)),
               .padding = {2, 1, 2, 3}};
  const TensorId filter = NewFilter({out_c, kh, kw, in[3] / op.groups}, 0);
  const auto& w = op.window;
  const Shape out = {in[0], OutputSize(in[1], kh, w.stride_h, w.dilation_h, 4),
                     OutputSize(in[2], kw, w.stride_w, w.dilation_w, 4), out_c};
  const float depth = static_cast<float>(kh * kw * in[3] / op.groups);
  return Append(op, {x, filter, NewBias(x, filter, out_c)}, out, Deviation(x) * std::sqrt(depth));
}

TensorId RandomNetwork::AppendPointwise(TensorId x) {
  const Shape in = ShapeOf(x);
  const int64_t out_c = Pick(1, 24);
  const TensorId filter = NewFilter({out_c, 1, 1, in[3]}, 0);
  return Append(Conv2D{.activation = RandomActivation()}, {x, filter, NewBias(x, filter, out_c)},
                {in[0], in[1], in[2], out_c}, Deviation(x) * std::sqrt(static_cast<float>(in[3])));
}

TensorId RandomNetwork::AppendDepthwise(TensorId x) {
  const Shape in = ShapeOf(x);
  DepthwiseConv2D op;
  op.multiplier = static_cast<int32_t>(Pick(0, 2) == 0 ? 2 : 1);
  op.activation = RandomActivation();
  op.arithmetic = RandomArithmetic();
  op.window.stride_h = op.window.stride_w = static_cast<int32_t>(Pick(1, 2));
  op.window.padding = {1, 1, 1, 1};
  const TensorId filter = NewFilter({1, 3, 3, in[3] * op.multiplier}, 3);
  const Shape out = {in[0], OutputSize(in[1], 3, op.window.stride_h, 1, 2),
                     OutputSize(in[2], 3, op.window.stride_w, 1, 2), in[3] * op.multiplier};
  return Append(op, {x, filter, NewBias(x, filter, out[3])}, out, Deviation(x) * 3);
}

TensorId RandomNetwork::AppendTransposeConv(TensorId x) {
  const Shape in = ShapeOf(x);
  TransposeConv op;
  op.activation = RandomActivation();
  op.arithmetic = RandomArithmetic();
  const int64_t kh = Pick(1, 4), kw = Pick(1, 4), out_c = Pick(1, 6);
  op.window = {.stride_h = static_cast<int32_t>(Pick(1, 3)),
               .stride_w = static_cast<int32_t>(Pick(1, 3)),
               .padding = {static_cast<int32_t>(Pick(0, 1)), static_cast<int32_t>(Pick(0, 1)),
                           static_cast<int32_t>(Pick(0, 1)), static_cast<int32_t>(Pick(0, 1))}};
  const Window& w = op.window;
  const Shape out = {in[0], (in[1] - 1) * w.stride_h + kh - w.padding.top - w.padding.bottom,
                     (in[2] - 1) * w.stride_w + kw - w.padding.left - w.padding.right, out_c};
  if (out[1] < 1 || out[2] < 1) return AppendTransposeConv(x);
  const TensorId filter = NewFilter({out_c, kh, kw, in[3]}, 0);
  const float taps = static_cast<float>(kh * kw) / static_cast<float>(w.stride_h * w.stride_w);
  return Append(op, {x, filter, NewBias(x, filter, out_c)}, out,
                Deviation(x) * std::sqrt(std::max(taps, 1.0f) * static_cast<float>(in[3])));
}

TensorId RandomNetwork::AppendBatchMatMul(TensorId x) {
  const Shape in = ShapeOf(x);
  const float deviation = Deviation(x);
  // With itself, rows by rows or columns by columns; or with constants, some of them broadcast.
  const int64_t way = Pick(0, 3);
  if (way == 0) {
    return Append(BatchMatMul{.adj_b = true}, {x, x}, {in[0], in[1], in[2], in[2]},
                  deviation * deviation * static_cast<float>(in[3]));
  }
  if (way == 1) {
    return Append(BatchMatMul{.adj_a = true}, {x, x}, {in[0], in[1], in[3], in[3]},
                  deviation * deviation * static_cast<float>(in[2]));
  }
  const int64_t columns = Pick(1, 11);
  const bool adj_b = Pick(0, 1) == 0;
  Shape factor = adj_b ? Shape{columns, in[3]} : Shape{in[3], columns};
  if (way == 2) factor.insert(factor.begin(), in[1]);
  const TensorId b = NewActivation(factor, 1.0f);
  int64_t count = 1;
  for (const int64_t d : factor) count *= d;
  graph_.tensor(b).constant = RandomElements(dtype_, count);
  if (Pick(0, 1) == 0 && IsQuantized()) graph_.tensor(b).quantization->zero_point = {0};
  return Append(BatchMatMul{.adj_b = adj_b}, {x, b}, {in[0], in[1], in[2], columns},
                deviation * 2 * std::sqrt(static_cast<float>(in[3])));
}

TensorId RandomNetwork::AppendResidual(TensorId x) {
  const Shape in = ShapeOf(x);
  const TensorId filter = NewFilter({in[3], 1, 1, in[3]}, 0);
  const TensorId branch = Append(Conv2D{}, {x, filter, kNoTensor}, in,
                                 Deviation(x) * std::sqrt(static_cast<float>(in[3])));
  auto sum = [&](TensorId a, TensorId b) {
    const Binary add{.kind = Binary::Kind::kAdd, .activation = RandomActivation()};
    return Append(add, {a, b}, in, Deviation(a) + Deviation(b));
  };
  const TensorId y = sum(x, branch);
  return Pick(0, 1) == 0 ? y : sum(y, x);  // of which the first may not replace x
}

TensorId RandomNetwork::AppendPool(TensorId x) {
  const Shape in = ShapeOf(x);
  Pool2D op;
  op.kind = Pick(0, 1) == 0 ? Pool2D::Kind::kAverage : Pool2D::Kind::kMax;
  op.counts_padding = op.kind == Pool2D::Kind::kAverage && Pick(0, 1) == 0;
  op.activation = RandomActivation();
  op.kernel_h = static_cast<int32_t>(Pick(2, 3)), op.kernel_w = static_cast<int32_t>(Pick(2, 3));
  op.window = {.stride_h = static_cast<int32_t>(Pick(1, 2)),
               .stride_w = static_cast<int32_t>(Pick(1, 2)),
               .padding = {1, 1, 1, 1}};
  const Shape out = {in[0], OutputSize(in[1], op.kernel_h, op.window.stride_h, 1, 2),
                     OutputSize(in[2], op.kernel_w, op.window.stride_w, 1, 2), in[3]};
  return AppendMove(op, x, out);
}

TensorId RandomNetwork::AppendClamp(TensorId x) {
  return Append(Clamp{RandomActivation()}, {x}, ShapeOf(x), Deviation(x));
}

TensorId RandomNetwork::AppendTranspose(TensorId x) {
  const Shape in = ShapeOf(x);
  Transpose op{{0, 1, 2, 3}};
  std::shuffle(op.permutation.begin(), op.permutation.end(), random_);
  Shape out;
  for (const int32_t axis : op.permutation) out.push_back(in[static_cast<size_t>(axis)]);
  return AppendMove(op, x, out);
}

TensorId RandomNetwork::AppendReshape(TensorId x) {
  const Shape in = ShapeOf(x);
  return AppendMove(Reshape{}, x, {in[0], in[2], in[1], in[3]});
}

TensorId RandomNetwork::AppendPad(TensorId x) {
  Shape shape = ShapeOf(x);
  const auto mode = static_cast<Pad::Mode>(Pick(0, static_cast<int64_t>(Pad::Mode::kEdge)));
  Pad op{.mode = mode, .before = {}, .after = {}};
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t most = mode == Pad::Mode::kReflect ? std::min<int64_t>(shape[i] - 1, 2)
                         : i == 0                    ? 0
                                                     : std::min<int64_t>(shape[i], 2);
    op.before.push_back(static_cast<int32_t>(Pick(0, most)));
    op.after.push_back(static_cast<int32_t>(Pick(0, most)));
    shape[i] += op.before[i] + op.after[i];
  }
  return AppendMove(op, x, shape);
}

TensorId RandomNetwork::AppendSlice(TensorId x) {
  Shape shape = ShapeOf(x);
  Slice op;
  for (int64_t& dimension : shape) {
    const auto begin = static_cast<int32_t>(Pick(0, (dimension - 1) / 2));
    const auto stride = static_cast<int32_t>(Pick(1, dimension > 6 ? 2 : 1));
    const auto size = static_cast<int32_t>((dimension - 1 - begin) / stride + 1);
    const bool backwards = Pick(0, 3) == 0;
    op.begin.push_back(backwards ? begin + (size - 1) * stride : begin);
    op.size.push_back(size);
    op.stride.push_back(backwards ? -stride : stride);
    dimension = size;
  }
  return AppendMove(op, x, shape);
}

TensorId RandomNetwork::AppendConcat(TensorId x) {
  Shape shape = ShapeOf(x);
  const auto axis = static_cast<size_t>(Pick(0, static_cast<int64_t>(shape.size()) - 1));
  const TensorId other = AppendClamp(x);
  if (shape[0] * shape[1] * shape[2] * shape[3] > kMostConcatenated) return other;
  std::vector<TensorId> inputs = {other, x};
  if (Pick(0, 1) == 0) inputs.push_back(x);
  shape[axis] *= static_cast<int64_t>(inputs.size());
  const TensorId y = Append(Concat{static_cast<int32_t>(axis)}, inputs, shape, Deviation(x));
  // In int16 all have one scale.
  const bool is_int16 = dtype_ == DType::kInt16;
  if (is_int16) graph_.tensor(other).quantization = graph_.tensor(x).quantization;
  if (is_int16 || Pick(0, 1) == 0) {
    graph_.tensor(y).quantization = graph_.tensor(x).quantization;
  }
  return y;
}

TensorId RandomNetwork::AppendMean(TensorId x) {
  Shape shape = ShapeOf(x);
  Mean op;
  for (int32_t axis = 0; axis < 4; ++axis) {
    if (Pick(0, 3) > 0) continue;
    op.axes.push_back(axis);
    shape[static_cast<size_t>(axis)] = 1;
  }
  return Append(op, {x}, shape, Deviation(x));
}

// To sizes whose scales are powers of two: there float32 has no part in which pixel is nearest.
TensorId RandomNetwork::AppendResize(TensorId x) {
  Shape shape = ShapeOf(x);
  Resize op{.kind = Pick(0, 1) == 0 ? Resize::Kind::kNearest : Resize::Kind::kBilinear,
            .coordinates = static_cast<Resize::Coordinates>(Pick(0, 2)),
            .rounding = static_cast<Resize::Rounding>(Pick(0, 3))};
  const bool aligns = op.coordinates == Resize::Coordinates::kAlignCorners;
  for (const size_t i : {1, 2}) {
    const int64_t twice = 2 * shape[i] - (aligns ? 1 : 0);
    shape[i] = Pick(0, 3) == 0 ? 1 : shape[i] < 10 && Pick(0, 1) == 0 ? twice : shape[i];
  }
  op.height = static_cast<int32_t>(shape[1]), op.width = static_cast<int32_t>(shape[2]);
  return AppendMove(op, x, shape);
}

TensorId RandomNetwork::AppendHead(TensorId x) {
  const Shape in = ShapeOf(x);
  const TensorId mean = Append(Mean{{1, 2}}, {x}, {in[0], 1, 1, in[3]}, Deviation(x));
  const TensorId flat = AppendMove(Reshape{}, mean, {in[0], in[3]});
  const int64_t classes = Pick(1, 12);
  const TensorId filter = NewFilter({classes, in[3]}, 0);
  const TensorId logits =
      Append(FullyConnected{}, {flat, filter, NewBias(flat, filter, classes)}, {in[0], classes},
             Deviation(x) * std::sqrt(static_cast<float>(in[3])));
  if (Pick(0, 1) == 0) return logits;
  const TensorId probabilities = Append(Softmax{}, {logits}, {in[0], classes}, 1.0f);
  Prescribe(probabilities, Softmax{});
  return probabilities;
}

TensorId RandomNetwork::AppendArgMax(TensorId x) {
  Shape shape = ShapeOf(x);
  const auto axis = static_cast<size_t>(Pick(0, 3));
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  const ArgMax op{
      .axis = static_cast<int32_t>(axis), .is_min = Pick(0, 1) == 0, .is_last = Pick(0, 1) == 0};
  const TensorId y = Append(op, {x}, shape, 1.0f);
  graph_.tensor(y).dtype = Pick(0, 1) == 0 ? DType::kInt32 : DType::kInt64;
  graph_.tensor(y).quantization.reset();
  return y;
}

}  // namespace wranglet
