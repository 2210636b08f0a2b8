// CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, and pools.

#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {
namespace {

// `window` over an image of `shape` (NHWC), once its strides and dilations are known to be sane,
// with the padding that the kernel of kernel_h x kernel_w needs.
Result<Window> WithPadding(Window window, const Shape& shape, tflite::Padding padding,
                           int64_t kernel_h, int64_t kernel_w) {
  for (const int32_t step :
       {window.stride_h, window.stride_w, window.dilation_h, window.dilation_w}) {
    if (step < 1 || step > (1 << 15)) {
      return Error{.message = "a stride or dilation of " + std::to_string(step)};
    }
  }
  if (padding == tflite::Padding_SAME) {
    Padding& pad = window.padding;
    std::tie(pad.top, pad.bottom) =
        SamePadding(shape[1], kernel_h, window.stride_h, window.dilation_h);
    std::tie(pad.left, pad.right) =
        SamePadding(shape[2], kernel_w, window.stride_w, window.dilation_w);
  } else if (padding != tflite::Padding_VALID) {
    return Error{.message =
                     "padding " + std::to_string(static_cast<int>(padding)) + " is not supported"};
  }
  return window;
}

// How many channels of `many` come to one of `few`, when that is a whole number.
Result<int32_t> ChannelRatio(const TfliteNode& node, int64_t many, int64_t few) {
  if (many % few == 0) return static_cast<int32_t>(many / few);
  return Error{.message = "has a filter of " + ToString(node.in(1).shape) + " for an image of " +
                          ToString(node.in(0).shape)};
}

// TensorFlow Lite's own arithmetic for activations of the type, where XNNPACK's delegate declines a
// node.
Arithmetic TfliteArithmetic(DType dtype) {
  if (dtype == DType::kUint8) return Arithmetic::kTfliteUint8;
  return dtype == DType::kInt8 ? Arithmetic::kTfliteInt8 : Arithmetic::kXnnpack;
}

// The delegate declines depthwise convolutions of uint8, and those without a bias.
Arithmetic ArithmeticOfDepthwise(const TfliteNode& node) {
  const DType dtype = node.in(0).dtype;
  const bool is_declined = dtype == DType::kUint8 || !node.HasInput(2);
  return is_declined ? TfliteArithmetic(dtype) : Arithmetic::kXnnpack;
}

// Groups and multiplier follow from the shapes; the option for the latter is 0 in files of some
// exporters.
template <typename Convolution, typename Options>
Status TranslateConvolution(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 3));
  WRANGLET_RETURN_IF_ERROR(node.ExpectRank(0, 4));
  WRANGLET_RETURN_IF_ERROR(node.ExpectRank(1, 4));
  WRANGLET_ASSIGN(const auto* options, node.Options<Options>());
  const Shape &image = node.in(0).shape, &filter = node.in(1).shape;
  const Window window = {.stride_h = options->stride_h(),
                         .stride_w = options->stride_w(),
                         .dilation_h = options->dilation_h_factor(),
                         .dilation_w = options->dilation_w_factor()};
  Convolution conv;
  WRANGLET_ASSIGN(conv.window,
                  WithPadding(window, image, options->padding(), filter[1], filter[2]));
  if constexpr (std::is_same_v<Convolution, DepthwiseConv2D>) {
    WRANGLET_ASSIGN(conv.multiplier, ChannelRatio(node, filter[3], image[3]));
    conv.arithmetic = ArithmeticOfDepthwise(node);
  } else {
    WRANGLET_ASSIGN(conv.groups, ChannelRatio(node, image[3], filter[3]));
  }
  WRANGLET_ASSIGN(conv.activation, ReadTfliteActivation(options->fused_activation_function()));
  std::vector<TensorId> inputs = node.inputs();
  WRANGLET_ASSIGN(inputs[1], node.FloatFilter(1));
  return node.Emit(conv, std::move(inputs));
}

// Its inputs are the output's shape, the filter, the image and, maybe, a bias. Its padding is that
// of the convolution which leads from the output back to the image. XNNPACK's delegate declines
// kernels that are smaller than the stride, where the padding is SAME.
Status TranslateTransposeConv(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(3, 4));
  WRANGLET_RETURN_IF_ERROR(node.ExpectRank(1, 4));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::TransposeConvOptions>());
  WRANGLET_ASSIGN(const Shape shape, node.Integers(0));
  if (shape.size() != 4 || shape != node.out().shape) {
    return Error{.message = "its first input says that the output is " + ToString(shape) +
                            ", but it is " + ToString(node.out().shape)};
  }
  const Shape& filter = node.in(1).shape;
  TransposeConv conv;
  WRANGLET_ASSIGN(conv.window,
                  WithPadding({.stride_h = options->stride_h(), .stride_w = options->stride_w()},
                              shape, options->padding(), filter[1], filter[2]));
  WRANGLET_ASSIGN(conv.activation, ReadTfliteActivation(options->fused_activation_function()));
  const bool has_gaps = filter[1] < conv.window.stride_h || filter[2] < conv.window.stride_w;
  if (has_gaps && options->padding() == tflite::Padding_SAME) {
    conv.arithmetic = TfliteArithmetic(node.in(2).dtype);
  }
  std::vector<TensorId> inputs = {node.input(2), node.input(1)};
  if (node.in(2).dtype == DType::kFloat32) {
    WRANGLET_ASSIGN(inputs[1], node.FloatFilter(1));
  }
  if (node.HasInput(3)) inputs.push_back(node.input(3));
  return node.Emit(conv, std::move(inputs));
}

template <Pool2D::Kind kind>
Status TranslatePool2D(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(1, 1));
  WRANGLET_RETURN_IF_ERROR(node.ExpectRank(0, 4));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::Pool2DOptions>());
  Pool2D pool{
      .kind = kind, .kernel_h = options->filter_height(), .kernel_w = options->filter_width()};
  WRANGLET_ASSIGN(pool.window,
                  WithPadding({.stride_h = options->stride_h(), .stride_w = options->stride_w()},
                              node.in(0).shape, options->padding(), pool.kernel_h, pool.kernel_w));
  WRANGLET_ASSIGN(pool.activation, ReadTfliteActivation(options->fused_activation_function()));
  return node.Emit(pool, {node.input(0)});
}

}  // namespace

std::span<const TfliteTranslationOf> TfliteConvolutions() {
  static constexpr TfliteTranslationOf kTranslations[] = {
      {tflite::BuiltinOperator_AVERAGE_POOL_2D, TranslatePool2D<Pool2D::Kind::kAverage>},
      {tflite::BuiltinOperator_CONV_2D, TranslateConvolution<Conv2D, tflite::Conv2DOptions>},
      {tflite::BuiltinOperator_DEPTHWISE_CONV_2D,
       TranslateConvolution<DepthwiseConv2D, tflite::DepthwiseConv2DOptions>},
      {tflite::BuiltinOperator_MAX_POOL_2D, TranslatePool2D<Pool2D::Kind::kMax>},
      {tflite::BuiltinOperator_TRANSPOSE_CONV, TranslateTransposeConv},
  };
  return kTranslations;
}

}  // namespace wranglet
