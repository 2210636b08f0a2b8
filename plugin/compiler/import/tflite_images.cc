// Padding and resizing.

#include <string>
#include <vector>

#include "plugin/compiler/import/constant_folding.h"
#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {
namespace {

// What the one element of `tensor`, a constant, stands for. Where it has no scale of its own, it
// has that of `alike`.
Result<float> RealValue(Tensor tensor, const Tensor& alike) {
  if (!tensor.quantization) tensor.quantization = alike.quantization;
  if (!tensor.quantization) tensor.quantization = Quantization{{1.0f}, {0}};
  if (tensor.quantization->scale.size() != 1) {
    return Error{.message = "its value '" + tensor.name + "' has no one scale"};
  }
  const Tensor real = {.shape = tensor.shape};
  const Tensor* const inputs[] = {&tensor};
  const auto folded = FoldConstants(Dequantize{}, inputs, real);
  if (tensor.dtype != alike.dtype || !folded || folded->size() != sizeof(float)) {
    return Error{.message =
                     "its value '" + tensor.name + "' is not one constant " + NameOf(alike.dtype)};
  }
  const Tensor value = {.constant = *folded};
  return value.ConstantAs<float>()[0];
}

Status EmitPad(TfliteNode& node, Pad pad) {
  const size_t rank = node.in(0).shape.size();
  WRANGLET_ASSIGN(const std::vector<int32_t> paddings, node.SmallIntegers(1, 2 * rank));
  for (size_t i = 0; i < rank; ++i) {
    pad.before.push_back(paddings[2 * i]);
    pad.after.push_back(paddings[2 * i + 1]);
  }
  return node.Emit(std::move(pad), {node.input(0)});
}

Status TranslatePad(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  return EmitPad(node, {});
}

Status TranslatePadV2(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(3, 3));
  Pad pad;
  WRANGLET_ASSIGN(pad.value, RealValue(node.in(2), node.in(0)));
  return EmitPad(node, std::move(pad));
}

Status TranslateMirrorPad(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  WRANGLET_ASSIGN(const auto* options, node.Options<tflite::MirrorPadOptions>());
  if (options->mode() == tflite::MirrorPadMode_REFLECT) {
    return EmitPad(node, {.mode = Pad::Mode::kReflect});
  }
  if (options->mode() == tflite::MirrorPadMode_SYMMETRIC) {
    return EmitPad(node, {.mode = Pad::Mode::kSymmetric});
  }
  return Error{.message = "mode " + std::to_string(static_cast<int>(options->mode())) +
                          " is not supported"};
}

template <typename Options, Resize::Kind kind>
Status TranslateResize(TfliteNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.Expect(2, 2));
  WRANGLET_ASSIGN(const auto* options, node.Options<Options>());
  WRANGLET_ASSIGN(const std::vector<int32_t> size, node.SmallIntegers(1, 2));
  Resize resize{.kind = kind, .height = size[0], .width = size[1]};
  if (options->align_corners() && options->half_pixel_centers()) {
    return Error{.message = "align_corners and half_pixel_centers exclude each other"};
  }
  if (options->align_corners()) resize.coordinates = Resize::Coordinates::kAlignCorners;
  if (options->half_pixel_centers()) resize.coordinates = Resize::Coordinates::kHalfPixel;
  // The nearest pixel: that in which the asymmetric place lies, but otherwise the one whose centre
  // is nearest.
  if (resize.coordinates != Resize::Coordinates::kAsymmetric) {
    resize.rounding = Resize::Rounding::kHalfUp;
  }
  return node.Emit(resize, {node.input(0)});
}

}  // namespace

std::span<const TfliteTranslationOf> TfliteImages() {
  static constexpr TfliteTranslationOf kTranslations[] = {
      {tflite::BuiltinOperator_MIRROR_PAD, TranslateMirrorPad},
      {tflite::BuiltinOperator_PAD, TranslatePad},
      {tflite::BuiltinOperator_PADV2, TranslatePadV2},
      {tflite::BuiltinOperator_RESIZE_BILINEAR,
       TranslateResize<tflite::ResizeBilinearOptions, Resize::Kind::kBilinear>},
      {tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
       TranslateResize<tflite::ResizeNearestNeighborOptions, Resize::Kind::kNearest>},
  };
  return kTranslations;
}

}  // namespace wranglet
