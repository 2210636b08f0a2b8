// TransposeConv, as ordinary convolutions: output pixels whose places have the same remainder by
// the stride see the same taps of the filter, so each of these stride_h * stride_w phases is a
// convolution of stride 1 with a part of the filter, turned round. (Shi et al., "Is the
// deconvolution layer the same as a convolutional layer?", 2016.) Nothing is added up in memory.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/conv2d.h"
#include "kernels/pack_gemm.h"
#include "plugin/compiler/plan/filtered.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// Along one dimension, the outputs first, first + stride, ... and the convolution that makes them:
// its tap i is tap `last_tap - i * stride` of the filter.
struct Phase {
  int32_t first, count;  // outputs
  int32_t taps, last_tap;
  int32_t padding;
};

std::vector<Phase> PhasesOf(int32_t output, int32_t kernel, int32_t stride, int32_t padding) {
  std::vector<Phase> phases;
  for (int32_t first = 0; first < std::min(stride, output); ++first) {
    // Output y is input (y + padding - tap) / stride, times tap.
    const int32_t first_tap = (first + padding) % stride;
    Phase phase{.first = first, .count = (output - first + stride - 1) / stride};
    // Where a kernel is smaller than the stride, some phases have no tap: theirs is beyond the
    // filter, and 0.
    phase.taps = first_tap < kernel ? (kernel - first_tap + stride - 1) / stride : 1;
    phase.last_tap = first_tap + (phase.taps - 1) * stride;
    phase.padding = phase.taps - 1 - (first + padding - first_tap) / stride;
    phases.push_back(phase);
  }
  return phases;
}

// The part of a filter [O,KH,KW,I] that two phases see.
template <typename T>
std::vector<T> PartOf(std::span<const T> filter, const Shape& shape, const Window& window,
                      const Phase& y, const Phase& x) {
  std::vector<T> part;
  for (int64_t o = 0; o < shape[0]; ++o) {
    for (int32_t i = 0; i < y.taps * x.taps; ++i) {
      const int64_t ky = y.last_tap - i / x.taps * window.stride_h;
      const int64_t kx = x.last_tap - i % x.taps * window.stride_w;
      if (ky >= shape[1] || kx >= shape[2]) {
        part.insert(part.end(), static_cast<size_t>(shape[3]), T{0});
        continue;
      }
      const int64_t at = ((o * shape[1] + ky) * shape[2] + kx) * shape[3];
      const auto tap = filter.subspan(static_cast<size_t>(at), static_cast<size_t>(shape[3]));
      part.insert(part.end(), tap.begin(), tap.end());
    }
  }
  return part;
}

// The step that computes the outputs of two phases.
void EmitPhase(const Filtered& f, const TransposeConv& op, const Phase& y, const Phase& x) {
  WindowShape window = f.WindowFor({.padding = {.top = y.padding, .left = x.padding}});
  const PixelGrid grid{y.first,      x.first,     op.window.stride_h, op.window.stride_w,
                       window.out_h, window.out_w};
  window.out_h = y.count, window.out_w = x.count;
  window.kernel_h = y.taps, window.kernel_w = x.taps;
  const int32_t depth = PatchDepth(window, 1);
  const Shape& shape = f.filter().shape;
  if (f.IsFloat()) {
    const auto weights = PartOf(f.filter().ConstantAs<float>(), shape, op.window, y, x);
    f.Emit(Conv2dFloat32Params{window, 1, OutputOf(op.activation), grid},
           PackGemmFloat32(f.channels(), depth, weights, f.Bias<float>()),
           Conv2dFloat32ScratchElements(window, 1) * sizeof(float));
    return;
  }
  f.WithTypes([&]<typename In, typename Weight, typename Requantize>() {
    const std::vector<Weight> whole = f.Weights<Weight>();
    const auto weights = PartOf(std::span(whole), shape, op.window, y, x);
    const Conv2dParams<In, Weight, Requantize> params{window, 1, f.InputZeroPoint(),
                                                      f.OutputFor<Requantize>(op.activation), grid};
    f.Emit(params,
           PackGemm<In, Weight, Requantize>(
               f.channels(), depth, weights, f.Bias<typename Requantize::Bias>(),
               f.Scales<typename Requantize::Scale>(), f.InputZeroPoint()),
           Conv2dScratchElements(params) * sizeof(In));
  });
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const TransposeConv& op) {
  if (op.window.dilation_h != 1 || op.window.dilation_w != 1) {
    return to.graph().ErrorAt(node, "no kernel for dilation", "supported: dilation 1");
  }
  WRANGLET_ASSIGN(const Filtered f, Filtered::Make(to, node));
  const WindowShape whole = f.WindowFor(op.window);
  for (const Phase& y : PhasesOf(whole.out_h, whole.kernel_h, whole.stride_h, whole.pad_top)) {
    for (const Phase& x : PhasesOf(whole.out_w, whole.kernel_w, whole.stride_w, whole.pad_left)) {
      EmitPhase(f, op, y, x);
    }
  }
  return Done{};
}

}  // namespace wranglet
