// Resize: where the output's rows and columns lie in the input.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "kernels/resize_bilinear.h"
#include "plugin/compiler/plan/gathering.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_anew.h"
#include "plugin/compiler/plan/lower_checks.h"

namespace wranglet {
namespace {

using Coordinates = Resize::Coordinates;

// One dimension: `in` pixels become `out`.
struct Dimension {
  int32_t in, out;
};

float ScaleOf(Coordinates coordinates, const Dimension& d) {
  const int32_t less = coordinates == Coordinates::kAlignCorners && d.out > 1 ? 1 : 0;
  return static_cast<float>(d.in - less) / static_cast<float>(d.out - less);
}

// The pixel of the input nearest to each of the output, in float32, as TensorFlow Lite computes the
// ones it has (reference_ops::GetNearestNeighbor).
std::vector<int32_t> NearestOf(const Resize& op, const Dimension& d) {
  const float scale = ScaleOf(op.coordinates, d);
  const bool is_half_pixel = op.coordinates == Coordinates::kHalfPixel;
  std::vector<int32_t> nearest;
  for (int32_t i = 0; i < d.out; ++i) {
    // Half a pixel is added by half-pixel coordinates, taken away, and added to round half up:
    // where all three happen, only the first does.
    const float place = (static_cast<float>(i) + (is_half_pixel ? 0.5f : 0.0f)) * scale;
    const float pixel = is_half_pixel ? place - 0.5f : place;
    float rounded = 0;
    switch (op.rounding) {
      case Resize::Rounding::kFloor:
        rounded = std::floor(pixel);
        break;
      case Resize::Rounding::kCeil:
        rounded = std::ceil(pixel);
        break;
      case Resize::Rounding::kHalfDown:
        rounded = std::ceil(pixel - 0.5f);
        break;
      case Resize::Rounding::kHalfUp:
        rounded = is_half_pixel ? std::floor(place) : std::round(pixel);
        break;
    }
    nearest.push_back(std::clamp(static_cast<int32_t>(rounded), 0, d.in - 1));
  }
  return nearest;
}

Status LowerNearest(Lowering& to, const Node& node, const Resize& op) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const auto dim = [&](size_t i) { return static_cast<int32_t>(input.shape[i]); };
  std::vector<int32_t> batches(static_cast<size_t>(dim(0))), channels(static_cast<size_t>(dim(3)));
  std::iota(batches.begin(), batches.end(), 0);
  std::iota(channels.begin(), channels.end(), 0);
  const std::optional<Gathering> gathering = GatheringOf(
      input.shape, SizeOf(input.dtype),
      {batches, NearestOf(op, {dim(1), op.height}), NearestOf(op, {dim(2), op.width}), channels});
  to.Emit(node, gathering->params,
          {to.Read(node.inputs[0]), to.Constant(gathering->tables), to.Write(node.outputs[0])});
  return StoreAnew(to, node);
}

// What the kernel has to know of rows and columns: neighbours, and the weight of the second.
template <typename Weight>
struct Tables {
  std::vector<int32_t> neighbours;
  std::vector<Weight> weights;
};

// In float32, as XNNPACK (src/indirection.c); `weight` makes a weight of a real one.
template <typename Weight, typename Function>
void AppendReal(Tables<Weight>& tables, Coordinates coordinates, const Dimension& d,
                Function&& weight) {
  const float scale = ScaleOf(coordinates, d);
  const float offset = coordinates == Coordinates::kHalfPixel ? 0.5f * scale - 0.5f : 0.0f;
  for (int32_t i = 0; i < d.out; ++i) {
    const float place =
        std::clamp(static_cast<float>(i) * scale + offset, 0.0f, static_cast<float>(d.in - 1));
    const auto first = static_cast<int32_t>(place);
    tables.neighbours.insert(tables.neighbours.end(), {first, std::min(first + 1, d.in - 1)});
    tables.weights.push_back(weight(place - static_cast<float>(first)));
  }
}

// In integers, as TensorFlow Lite (ComputeInterpolationValuesInteger). Where both neighbours are
// one the weight does not matter: 0 here, and there what may be outside of its range.
void AppendInteger(Tables<int32_t>& tables, Coordinates coordinates, const Dimension& d) {
  constexpr int64_t kOne = int64_t{1} << kResizeBitsInt16;
  const int64_t less = coordinates == Coordinates::kAlignCorners && d.out > 1 ? 1 : 0;
  const int64_t scale = (kOne * (d.in - less) + (d.out - less) / 2) / (d.out - less);
  const int64_t offset = coordinates == Coordinates::kHalfPixel ? scale / 2 - kOne / 2 : 0;
  for (int32_t i = 0; i < d.out; ++i) {
    const int64_t place = i * scale + offset;
    const auto first = static_cast<int32_t>(std::clamp<int64_t>(place / kOne, 0, d.in - 1));
    const auto second =
        static_cast<int32_t>(std::clamp<int64_t>((place + kOne - 1) / kOne, 0, d.in - 1));
    tables.neighbours.insert(tables.neighbours.end(), {first, second});
    tables.weights.push_back(first == second ? 0 : static_cast<int32_t>(place - first * kOne));
  }
}

template <typename T, typename Weight>
Status EmitBilinear(Lowering& to, const Node& node, const Resize& op,
                    const Tables<Weight>& tables) {
  const Shape& in = to.tensor(node.inputs[0]).shape;
  const auto dim = [&](size_t i) { return static_cast<int32_t>(in[i]); };
  to.Emit(node,
          ResizeBilinearParams<T>{.batch = dim(0),
                                  .in_h = dim(1),
                                  .in_w = dim(2),
                                  .out_h = op.height,
                                  .out_w = op.width,
                                  .channels = dim(3)},
          {to.Read(node.inputs[0]), to.Constant(tables.neighbours), to.Constant(tables.weights),
           to.Write(node.outputs[0])});
  return StoreAnew(to, node);
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Resize& op) {
  if (op.kind == Resize::Kind::kNearest) return LowerNearest(to, node, op);
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}, kAllPrecisions));
  const Shape& in = to.tensor(node.inputs[0]).shape;
  const Dimension dimensions[] = {{static_cast<int32_t>(in[1]), op.height},
                                  {static_cast<int32_t>(in[2]), op.width}};
  Tables<float> real;
  Tables<int32_t> integer;
  for (const Dimension& d : dimensions) {
    if (dtype == DType::kFloat32) {
      AppendReal(real, op.coordinates, d, [](float weight) { return weight; });
    } else if (dtype == DType::kInt8) {
      AppendReal(integer, op.coordinates, d, [](float weight) {
        return static_cast<int32_t>(std::lrintf(weight * (1 << kResizeBitsInt8)));
      });
    } else {
      AppendInteger(integer, op.coordinates, d);
    }
  }
  if (dtype == DType::kFloat32) return EmitBilinear<float>(to, node, op, real);
  if (dtype == DType::kInt8) return EmitBilinear<int8_t>(to, node, op, integer);
  return EmitBilinear<int16_t>(to, node, op, integer);
}

}  // namespace wranglet
