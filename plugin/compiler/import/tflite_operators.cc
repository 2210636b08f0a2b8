#include "plugin/compiler/import/tflite_operators.h"

#include <algorithm>
#include <limits>
#include <map>
#include <type_traits>
#include <utility>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/tflite_reader.h"

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Result<Activation> ReadActivation(tflite::FusedActivation activation) {
  switch (activation) {
    case tflite::FusedActivation_NONE:
      return Activation{};
    case tflite::FusedActivation_RELU:
      return Activation{0, kInfinity};
    case tflite::FusedActivation_RELU_N1_TO_1:
      return Activation{-1, 1};
    case tflite::FusedActivation_RELU6:
      return Activation{0, 6};
    default:
      return Error{.message = "fused activation " + std::to_string(static_cast<int>(activation)) +
                              " is not supported"};
  }
}

// The window of an operator over `image` (NHWC), once its strides and dilations are known to be
// sane.
Result<Window> ReadWindow(const Tensor& image, tflite::Padding padding, int64_t kernel_h,
                          int64_t kernel_w, Window window) {
  for (const int32_t step :
       {window.stride_h, window.stride_w, window.dilation_h, window.dilation_w}) {
    if (step < 1 || step > (1 << 15)) {
      return Error{.message = "a stride or dilation of " + std::to_string(step)};
    }
  }
  if (image.shape.size() != 4) {
    return Error{.message = "takes an image of 4 dimensions, not " + ToString(image.shape)};
  }
  if (padding == tflite::Padding_SAME) {
    Padding& pad = window.padding;
    std::tie(pad.top, pad.bottom) =
        SamePadding(image.shape[1], kernel_h, window.stride_h, window.dilation_h);
    std::tie(pad.left, pad.right) =
        SamePadding(image.shape[2], kernel_w, window.stride_w, window.dilation_w);
  }
  return window;
}

Status ExpectArity(const TfliteOperator& op, size_t least, size_t most) {
  if (op.inputs.size() >= least && op.inputs.size() <= most && op.outputs.size() == 1) {
    return Done{};
  }
  return Error{.message = "has " + std::to_string(op.inputs.size()) + " inputs and " +
                          std::to_string(op.outputs.size()) + " outputs"};
}

// The constant integers of input `i`, as int64.
Result<std::vector<int64_t>> ReadIndices(const TfliteOperator& op, size_t i) {
  const Tensor& tensor = op.input(i);
  if (auto values = ConstantIntegers(tensor)) return *std::move(values);
  return Error{.message = "'" + tensor.name + "' is not a constant of integers",
               .hint = "export the model with static shapes"};
}

// How many channels of `many` come to one of `few`, when that is a whole number.
Result<int32_t> ChannelRatio(const TfliteOperator& op, int64_t many, int64_t few) {
  if (many % few == 0) return static_cast<int32_t>(many / few);
  return Error{.message = "has a filter of " + ToString(op.input(1).shape) + " for an image of " +
                          ToString(op.input(0).shape)};
}

// CONV_2D and DEPTHWISE_CONV_2D. Groups and multiplier follow from the shapes; the option for the
// latter is 0 in files of some exporters.
template <typename Convolution, typename Options>
Result<Operator> TranslateConvolution(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 2, 3));
  WRANGLET_ASSIGN(const auto* options, ReadTfliteOptions<Options>(op.record, op.file));
  const Shape &image = op.input(0).shape, &filter = op.input(1).shape;
  if (filter.size() != 4 || image.size() != 4) {
    return Error{.message = "takes an image and a filter of 4 dimensions each"};
  }
  Convolution conv;
  WRANGLET_ASSIGN(conv.window, ReadWindow(op.input(0), options->padding(), filter[1], filter[2],
                                          {.stride_h = options->stride_h(),
                                           .stride_w = options->stride_w(),
                                           .dilation_h = options->dilation_h_factor(),
                                           .dilation_w = options->dilation_w_factor()}));
  if constexpr (std::is_same_v<Convolution, DepthwiseConv2D>) {
    WRANGLET_ASSIGN(conv.multiplier, ChannelRatio(op, filter[3], image[3]));
  } else {
    WRANGLET_ASSIGN(conv.groups, ChannelRatio(op, image[3], filter[3]));
  }
  WRANGLET_ASSIGN(conv.activation, ReadActivation(options->fused_activation_function()));
  return Operator(conv);
}

Result<Operator> TranslateFullyConnected(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 2, 3));
  WRANGLET_ASSIGN(const auto* options,
                  ReadTfliteOptions<tflite::FullyConnectedOptions>(op.record, op.file));
  if (options->weights_format() != 0) return Error{.message = "shuffled weights are not supported"};
  FullyConnected fully_connected;
  WRANGLET_ASSIGN(fully_connected.activation, ReadActivation(options->fused_activation_function()));
  return Operator(fully_connected);
}

template <Pool2D::Kind kind>
Result<Operator> TranslatePool2D(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 1, 1));
  WRANGLET_ASSIGN(const auto* options,
                  ReadTfliteOptions<tflite::Pool2DOptions>(op.record, op.file));
  Pool2D pool{
      .kind = kind, .kernel_h = options->filter_height(), .kernel_w = options->filter_width()};
  WRANGLET_ASSIGN(pool.window,
                  ReadWindow(op.input(0), options->padding(), pool.kernel_h, pool.kernel_w,
                             {.stride_h = options->stride_h(), .stride_w = options->stride_w()}));
  WRANGLET_ASSIGN(pool.activation, ReadActivation(options->fused_activation_function()));
  return Operator(pool);
}

Result<Operator> TranslateMean(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 2, 2));
  Mean mean;
  WRANGLET_ASSIGN(const std::vector<int64_t> axes, ReadIndices(op, 1));
  WRANGLET_ASSIGN(mean.axes, NormalizedAxes(axes, op.input(0).shape.size()));
  op.inputs.resize(1);
  return Operator(mean);
}

template <Binary::Kind kind, bool has_activation>
Result<Operator> TranslateBinary(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 2, 2));
  Binary binary{.kind = kind};
  if constexpr (has_activation) {
    WRANGLET_ASSIGN(const auto* options,
                    ReadTfliteOptions<tflite::BinaryOptions>(op.record, op.file));
    WRANGLET_ASSIGN(binary.activation, ReadActivation(options->fused_activation_function()));
  }
  return Operator(binary);
}

template <tflite::FusedActivation activation>
Result<Operator> TranslateClamp(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 1, 1));
  WRANGLET_ASSIGN(const Activation range, ReadActivation(activation));
  return Operator(Clamp{range});
}

Result<Operator> TranslateSoftmax(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 1, 1));
  WRANGLET_ASSIGN(const auto* options,
                  ReadTfliteOptions<tflite::SoftmaxOptions>(op.record, op.file));
  return Operator(Softmax{.beta = options->beta()});
}

// RESHAPE, SQUEEZE and EXPAND_DIMS: what they do, the output tensor's shape tells.
Result<Operator> TranslateReshape(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 1, 2));
  op.inputs.resize(1);
  return Operator(Reshape{});
}

Result<Operator> TranslateTranspose(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 2, 2));
  WRANGLET_ASSIGN(const std::vector<int64_t> given, ReadIndices(op, 1));
  const auto rank = static_cast<int64_t>(op.input(0).shape.size());
  Transpose transpose;
  std::vector<bool> seen(op.input(0).shape.size());
  for (const int64_t axis : given) {
    if (axis < 0 || axis >= rank || seen[static_cast<size_t>(axis)]) {
      return Error{.message = "its second input is no permutation"};
    }
    seen[static_cast<size_t>(axis)] = true;
    transpose.permutation.push_back(static_cast<int32_t>(axis));
  }
  if (given.size() != seen.size()) return Error{.message = "its second input is no permutation"};
  op.inputs.resize(1);
  return Operator(transpose);
}

template <typename T>
Result<Operator> TranslateUnary(TfliteOperator& op) {
  WRANGLET_RETURN_IF_ERROR(ExpectArity(op, 1, 1));
  return Operator(T{});
}

using Translate = Result<Operator> (*)(TfliteOperator&);

// By the schema's operator numbers.
const std::map<int, Translate>& Translations() {
  static const auto* const kTranslations = new std::map<int, Translate>{
      {0, TranslateBinary<Binary::Kind::kAdd, true>},
      {1, TranslatePool2D<Pool2D::Kind::kAverage>},
      {3, TranslateConvolution<Conv2D, tflite::Conv2DOptions>},
      {4, TranslateConvolution<DepthwiseConv2D, tflite::DepthwiseConv2DOptions>},
      {6, TranslateUnary<Dequantize>},
      {9, TranslateFullyConnected},
      {17, TranslatePool2D<Pool2D::Kind::kMax>},
      {18, TranslateBinary<Binary::Kind::kMul, true>},
      {19, TranslateClamp<tflite::FusedActivation_RELU>},
      {20, TranslateClamp<tflite::FusedActivation_RELU_N1_TO_1>},
      {21, TranslateClamp<tflite::FusedActivation_RELU6>},
      {22, TranslateReshape},
      {25, TranslateSoftmax},
      {39, TranslateTranspose},
      {40, TranslateMean},
      {41, TranslateBinary<Binary::Kind::kSub, true>},
      {43, TranslateReshape},
      {55, TranslateBinary<Binary::Kind::kMaximum, false>},
      {57, TranslateBinary<Binary::Kind::kMinimum, false>},
      {70, TranslateReshape},
      {114, TranslateUnary<Quantize>},
  };
  return *kTranslations;
}

}  // namespace

Result<Operator> TranslateTfliteOperator(int number, const std::string& name, TfliteOperator& op) {
  const auto found = Translations().find(number);
  if (found == Translations().end()) {
    return Error{.message = "the operator " + name + " is not supported",
                 .hint = "docs/operators.md lists those that are"};
  }
  return found->second(op);
}

std::vector<std::string> TfliteOperators() {
  std::vector<std::string> names;
  for (const auto& [number, translation] : Translations()) {
    names.push_back(TfliteOperatorName(number));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace wranglet
