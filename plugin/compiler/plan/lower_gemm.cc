// Operators that are, or become, matrix products of patches: Conv2D and FullyConnected.

#include <cstdint>
#include <span>
#include <type_traits>

#include "kernels/conv2d.h"
#include "kernels/gemm_float32.h"
#include "kernels/gemm_quantized.h"
#include "kernels/pack_gemm.h"
#include "plugin/compiler/plan/filtered.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

template <typename T>
void Append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// The filter, [channels][depth], and bias packed for products of `groups` of as many channels each.
template <typename In, typename Weight, typename Requantize>
Packed<In, Weight, Requantize> PackQuantized(const Filtered& f, int32_t groups, int32_t depth) {
  const auto bias = f.Bias<typename Requantize::Bias>();
  const auto scales = f.Scales<typename Requantize::Scale>();
  const auto weights = f.Weights<Weight>();
  const auto width = static_cast<size_t>(f.channels() / groups);
  const size_t size = width * static_cast<size_t>(depth);
  Packed<In, Weight, Requantize> all;
  for (size_t g = 0; g < static_cast<size_t>(groups); ++g) {
    const auto one = PackGemm<In, Weight, Requantize>(
        static_cast<int32_t>(width), depth, std::span(weights).subspan(g * size, size),
        std::span(bias).subspan(g * width, width), std::span(scales).subspan(g * width, width),
        f.InputZeroPoint());
    Append(all.filter, one.filter);
    Append(all.bias, one.bias);
    Append(all.scale, one.scale);
  }
  return all;
}

PackedFloat32 PackFloat32(const Filtered& f, int32_t groups, int32_t depth) {
  const auto bias = f.Bias<float>();
  const auto width = static_cast<size_t>(f.channels() / groups);
  const size_t size = width * static_cast<size_t>(depth);
  PackedFloat32 all;
  for (size_t g = 0; g < static_cast<size_t>(groups); ++g) {
    const PackedFloat32 one = PackGemmFloat32(
        static_cast<int32_t>(width), depth, f.filter().ConstantAs<float>().subspan(g * size, size),
        std::span(bias).subspan(g * width, width));
    Append(all.filter, one.filter);
    Append(all.bias, one.bias);
  }
  return all;
}

// A product of the input, as rows of the filter's depth, with the filter.
void EmitGemm(const Filtered& f, const Activation& activation) {
  const auto depth = static_cast<int32_t>(f.filter().shape.back());
  const auto rows = static_cast<int32_t>(CountOf(f.input()) / depth);
  if (f.IsFloat()) {
    f.Emit(GemmFloat32Params{rows, depth, f.channels(), OutputOf(activation)},
           PackFloat32(f, 1, depth));
    return;
  }
  f.WithTypes([&]<typename In, typename Weight, typename Requantize>() {
    // What is not XNNPACK's arithmetic is asked of other operators alone.
    if constexpr (!std::is_same_v<Requantize, RequantizeTwice>) {
      GemmParams<In, Weight, Requantize> params{
          rows, depth, f.channels(), f.OutputFor<Requantize>(activation),
          f.FitsPairs<In, Weight>(PairLanes::OfRuns(1, depth))};
      auto packed = PackQuantized<In, Weight, Requantize>(f, 1, depth);
      if constexpr (sizeof(In) == 1 && sizeof(Weight) == 1) {
        if (!params.fit_pairs && ClippingPays(rows, depth, f.channels())) {
          params.clips = true, params.input_zero_point = f.InputZeroPoint();
          Append(packed.filter, PairLimits(static_cast<size_t>(depth), f.Weights<int8_t>()));
        }
      }
      f.Emit(params, packed);
    }
  });
}

// Whether a convolution takes every pixel by itself, and so is a matrix product.
bool IsPointwise(const WindowShape& w, int32_t groups) {
  return groups == 1 && w.kernel_h == 1 && w.kernel_w == 1 && w.stride_h == 1 && w.stride_w == 1 &&
         w.in_h == w.out_h && w.in_w == w.out_w && w.pad_top == 0 && w.pad_left == 0;
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Conv2D& op) {
  WRANGLET_ASSIGN(const Filtered f, Filtered::Make(to, node));
  const WindowShape window = f.WindowFor(op.window);
  if (IsPointwise(window, op.groups)) {
    EmitGemm(f, op.activation);
    return Done{};
  }
  const int32_t depth = PatchDepth(window, op.groups);
  if (f.IsFloat()) {
    f.Emit(Conv2dFloat32Params{window, op.groups, OutputOf(op.activation)},
           PackFloat32(f, op.groups, depth),
           Conv2dFloat32ScratchElements(window, op.groups) * sizeof(float));
    return Done{};
  }
  f.WithTypes([&]<typename In, typename Weight, typename Requantize>() {
    const auto lanes = PairLanes::OfRuns(window.kernel_h, window.kernel_w * window.in_c);
    const Conv2dParams<In, Weight, Requantize> params{
        .window = window,
        .groups = op.groups,
        .input_zero_point = f.InputZeroPoint(),
        .output = f.OutputFor<Requantize>(op.activation),
        .fit_pairs = HasWholeRows(window, op.groups) && f.FitsPairs<In, Weight>(lanes),
        .by_tiles = WinogradTiles::Pays(window, op.groups) && f.FitsTiles<In, Weight>()};
    f.Emit(params, PackQuantized<In, Weight, Requantize>(f, op.groups, depth),
           Conv2dScratchElements(params) * sizeof(In));
  });
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const FullyConnected& op) {
  WRANGLET_ASSIGN(const Filtered f, Filtered::Make(to, node));
  EmitGemm(f, op.activation);
  return Done{};
}

}  // namespace wranglet
