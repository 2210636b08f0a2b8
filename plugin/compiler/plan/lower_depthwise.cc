// DepthwiseConv2D.

#include <cstdint>
#include <string>
#include <type_traits>

#include "kernels/depthwise_conv2d.h"
#include "kernels/depthwise_float32.h"
#include "kernels/pack_depthwise.h"
#include "plugin/compiler/plan/filtered.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

template <typename In, typename Weight, typename Requantize>
LaneFit FitOf(const Filtered& f, const WindowShape& window, const DepthwiseConv2D& op) {
  if constexpr (sizeof(In) == 1 && sizeof(Weight) == 1 &&
                std::is_same_v<Requantize, RequantizeInt8>) {
    if (DepthwiseLaneBand::Serves(window) && f.FitsLaneSums(op.activation)) return LaneFit::kSums;
  }
  const auto lanes = PairLanes::OfDepthwise(window.kernel_h, window.kernel_w);
  return f.FitsPairs<In, Weight>(lanes) ? LaneFit::kPairs : LaneFit::kNone;
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const DepthwiseConv2D& op) {
  WRANGLET_ASSIGN(const Filtered f, Filtered::Make(to, node));
  const WindowShape window = f.WindowFor(op.window);
  const int64_t taps = int64_t{window.kernel_h} * window.kernel_w;
  if (taps > kMaxDepthwiseTaps) {
    return to.graph().ErrorAt(node,
                              "a filter of " + std::to_string(window.kernel_h) + "x" +
                                  std::to_string(window.kernel_w) + " is too large",
                              "supported: up to " + std::to_string(kMaxDepthwiseTaps) + " taps");
  }
  const auto tap_count = static_cast<int32_t>(taps);
  if (f.IsFloat()) {
    f.Emit(DepthwiseConv2dFloat32Params{window, OutputOf(op.activation)},
           PackDepthwiseFloat32(tap_count, f.channels(), f.filter().ConstantAs<float>(),
                                f.Bias<float>()),
           DepthwiseFloat32ScratchElements(window) * sizeof(float));
    return Done{};
  }
  f.WithTypes([&]<typename In, typename Weight, typename Requantize>() {
    const LaneFit fit = FitOf<In, Weight, Requantize>(f, window, op);
    f.Emit(
        DepthwiseConv2dParams<In, Weight, Requantize>{window, f.InputZeroPoint(),
                                                      f.OutputFor<Requantize>(op.activation), fit},
        PackDepthwise<In, Weight, Requantize>(
            tap_count, f.channels(), f.Weights<Weight>(), f.Bias<typename Requantize::Bias>(),
            f.Scales<typename Requantize::Scale>(), f.InputZeroPoint()),
        DepthwiseScratchBytes<In>(window, fit));
  });
  return Done{};
}

}  // namespace wranglet
