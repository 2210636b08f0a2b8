// Resize and Upsample, of height and width.

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_window.h"

namespace wranglet {
namespace {

// A size that is not whole by this little is one: scales are floats.
constexpr double kNear = 1e-3;

Error UnsupportedMode(const OnnxNode& node, const char* attribute, const std::string& otherwise) {
  return {.message = std::string("attribute ") + attribute + " is '" +
                     node.String(attribute, otherwise) + "', which is not supported here"};
}

// The resized dimension; those whose coordinates follow from the sizes alone are supported.
Result<int64_t> ScaledSize(int64_t in, float scale) {
  const double out = static_cast<double>(in) * scale;
  if (!(out >= 1 && out <= static_cast<double>(kMaxElements))) {
    return Error{.message = "scales " + std::to_string(in) + " by " + std::to_string(scale)};
  }
  if (std::fabs(out - std::nearbyint(out)) > kNear) {
    return Error{.message = "scales " + std::to_string(in) + " by " + std::to_string(scale) +
                            ", which gives no whole number",
                 .hint = "export the model with sizes instead of scales"};
  }
  return static_cast<int64_t>(std::nearbyint(out));
}

// Input `i`, or attribute scales in operator sets before 9, if they are there.
Result<std::vector<float>> ReadScales(const OnnxNode& node, size_t i) {
  if (node.HasInput(i)) return node.ConstantFloats(i);
  if (const auto* attribute = node.Attribute("scales")) {
    return std::vector<float>(attribute->floats().begin(), attribute->floats().end());
  }
  return std::vector<float>();
}

// The output's shape. With attribute axes, sizes and scales are only theirs.
Result<Shape> ReadResized(const OnnxNode& node, size_t scales_input) {
  const Shape from = node.tensor(0).shape;
  WRANGLET_ASSIGN(const std::vector<float> scales, ReadScales(node, scales_input));
  std::vector<int64_t> sizes;
  if (scales.empty()) {
    WRANGLET_ASSIGN(sizes, node.ConstantIntegers(scales_input + 1));
  }
  std::vector<int32_t> axes;
  if (const auto given = node.Ints("axes")) {
    for (const int64_t axis : *given) {
      WRANGLET_ASSIGN(const int32_t positive, NormalizedAxis(axis, from.size()));
      axes.push_back(positive);
    }
  } else {
    for (size_t i = 0; i < from.size(); ++i) axes.push_back(static_cast<int32_t>(i));
  }
  if (axes.size() != (scales.empty() ? sizes.size() : scales.size())) {
    return Error{.message = "has sizes or scales that do not fit " + ToString(from)};
  }
  Shape to = from;
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t& size = to[static_cast<size_t>(axes[i])];
    if (scales.empty()) {
      size = sizes[i];
    } else {
      WRANGLET_ASSIGN(size, ScaledSize(size, scales[i]));
    }
  }
  return to;
}

Result<Resize::Rounding> ReadRounding(const OnnxNode& node) {
  const std::string mode = node.String("nearest_mode", "round_prefer_floor");
  if (mode == "floor") return Resize::Rounding::kFloor;
  if (mode == "ceil") return Resize::Rounding::kCeil;
  if (mode == "round_prefer_floor") return Resize::Rounding::kHalfDown;
  if (mode == "round_prefer_ceil") return Resize::Rounding::kHalfUp;
  return UnsupportedMode(node, "nearest_mode", "");
}

// Of operator set 11 and newer, from `in` to `op`'s size.
Status ReadModes(const OnnxNode& node, ImageSize in, Resize& op) {
  if (op.kind == Resize::Kind::kNearest) {
    WRANGLET_ASSIGN(op.rounding, ReadRounding(node));
  }
  const std::string mode = node.String("coordinate_transformation_mode", "half_pixel");
  if (mode == "asymmetric") {
    op.coordinates = Resize::Coordinates::kAsymmetric;
  } else if (mode == "align_corners") {
    op.coordinates = Resize::Coordinates::kAlignCorners;
  } else if (mode == "half_pixel" || mode == "pytorch_half_pixel") {
    op.coordinates = Resize::Coordinates::kHalfPixel;
    // PyTorch's one pixel is the first, not the middle one.
    const bool to_one = (op.height == 1 && in.height > 1) || (op.width == 1 && in.width > 1);
    if (mode != "half_pixel" && to_one) {
      return UnsupportedMode(node, "coordinate_transformation_mode", "");
    }
  } else if (mode == "tf_half_pixel_for_nn" && op.rounding == Resize::Rounding::kFloor) {
    // floor(z) is z - 0.5 rounded to the nearest, up from the middle.
    op.coordinates = Resize::Coordinates::kHalfPixel;
    op.rounding = Resize::Rounding::kHalfUp;
  } else {
    return UnsupportedMode(node, "coordinate_transformation_mode", "");
  }
  return Done{};
}

Result<TensorId> TranslateResizeBy(OnnxNode& node, size_t scales_input, bool has_modes) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const Shape from = node.tensor(0).shape;
  WRANGLET_ASSIGN(const ImageSize in, ImageSizeOf(from));
  WRANGLET_ASSIGN(const Shape to, ReadResized(node, scales_input));
  if (to[0] != from[0] || to[1] != from[1]) {
    return Error{.message = "resizes " + ToString(from) + " to " + ToString(to),
                 .hint = "only height and width can be resized"};
  }
  WRANGLET_ASSIGN(const ImageSize out, ImageSizeOf(to));
  WRANGLET_RETURN_IF_ERROR(ElementCount(to));
  const std::string mode = node.String("mode", "nearest");
  if ((mode != "nearest" && mode != "linear" && mode != "bilinear") ||
      node.Int("antialias", 0) != 0 || node.Int("exclude_outside", 0) != 0 ||
      node.String("keep_aspect_ratio_policy", "stretch") != "stretch") {
    return Error{.message = "resizes in mode '" + mode + "'",
                 .hint =
                     "supported: nearest and linear, without antialias, exclude_outside and "
                     "keep_aspect_ratio_policy"};
  }
  Resize op{.kind = mode == "nearest" ? Resize::Kind::kNearest : Resize::Kind::kBilinear,
            .height = static_cast<int32_t>(out.height),
            .width = static_cast<int32_t>(out.width)};
  if (has_modes) WRANGLET_RETURN_IF_ERROR(ReadModes(node, in, op));
  WRANGLET_ASSIGN(const TensorId x, node.ToChannelsLast(node.input(0)));
  WRANGLET_ASSIGN(const TensorId y, node.Emit(op, {x}));
  return node.ToChannelsFirst(y, from.size());
}

}  // namespace

// Inputs are x and scales in operator set 10; x, a region, scales, sizes since.
Result<TensorId> TranslateResize(OnnxNode& node) {
  return node.opset() < 11 ? TranslateResizeBy(node, 1, false) : TranslateResizeBy(node, 2, true);
}

Result<TensorId> TranslateUpsample(OnnxNode& node) { return TranslateResizeBy(node, 1, false); }

}  // namespace wranglet
