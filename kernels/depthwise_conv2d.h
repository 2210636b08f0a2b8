// Quantised depthwise convolution: each channel has a filter of its own. Rows are computed by
// depthwise_lanes.h, depthwise_bytes.h or depthwise_row.h; float32 is depthwise_float32.h. Called
// by steps.cc.

#ifndef WRANGLET_KERNELS_DEPTHWISE_CONV2D_H_
#define WRANGLET_KERNELS_DEPTHWISE_CONV2D_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/depthwise_bytes.h"
#include "kernels/depthwise_lanes.h"
#include "kernels/depthwise_row.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_pairs.h"

namespace wranglet {

// What fits lanes of int16, whatever the activations: nothing; sums of pairs of taps (see
// PairLanes::OfDepthwise); or whole sums (LaneSums), and so pairs.
enum class LaneFit { kNone, kPairs, kSums };

template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
struct DepthwiseConv2dParams {
  WindowShape window;
  int32_t input_zero_point = 0;
  typename Requantize::Output output;
  LaneFit fit = LaneFit::kNone;

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("input_zero_point", input_zero_point), v("output", output);
    v("fit", fit);
  }
};

// The scratch buffer, for whichever way is taken: by words all weights and a row of columns,
// interleaved and widened, and a pixel of fill values; see DepthwiseByteScratch and
// DepthwiseLaneScratch.
template <typename In>
constexpr size_t DepthwiseScratchBytes(const WindowShape& window, LaneFit fit) {
  const DepthwiseBand band(window);
  const auto blocks = static_cast<size_t>(DepthwiseByteBand::Blocks(window));
  const size_t by_pairs =
      sizeof(In) * static_cast<size_t>(window.in_c) +
      sizeof(int16_t) * (blocks * band.WeightElements(window) + band.ColumnElements());
  if (sizeof(In) > 1) return by_pairs;
  const bool by_lanes = fit == LaneFit::kSums && DepthwiseLaneBand::Serves(window);
  return std::max(by_pairs, by_lanes ? DepthwiseLaneScratch(window) : DepthwiseByteScratch(window));
}

namespace depthwise_internal {

// 8 input channels as int16, for the output channels from `channel` on; with a multiplier of 1 they
// are the same.
template <typename In>
inline v128_t LoadChannels(const In* tap, int32_t channel, size_t count, int32_t multiplier) {
  if (multiplier == 1) {
    return count >= 8 ? tile_internal::LoadWide(tap + channel)
                      : tile_internal::LoadWidePartial(tap + channel, count);
  }
  alignas(16) int16_t wide[8] = {};
  for (size_t i = 0; i < std::min<size_t>(count, 8); ++i) {
    wide[i] = tap[(channel + static_cast<int32_t>(i)) / multiplier];
  }
  return wasm_v128_load(wide);
}

// DepthwiseConv2d of a window of the DepthwiseCase {kKernel, kStride}, by words.
template <int kKernel, int kStride, typename In, typename Weight, typename Requantize>
WRANGLET_NOINLINE inline void Convolve(const DepthwiseConv2dParams<In, Weight, Requantize>& params,
                                       const In* input, const Weight* packed_filter,
                                       const typename Requantize::Bias* bias,
                                       const typename Requantize::Scale* scale, In* output,
                                       void* scratch) {
  static_assert(kMaxDepthwiseTaps <= Requantize::kMostDepth);
  const WindowShape& w = params.window;
  const Requantize requantize(params.output);
  const DepthwiseBand band(w);
  const int32_t multiplier = w.out_c / w.in_c;
  const size_t block_weights = band.WeightElements(w);
  auto* const weights = static_cast<int16_t*>(scratch);
  int16_t* columns = weights;
  for (int32_t c = 0; c < w.out_c; c += kDepthwiseChannels, columns += block_weights) {
    const Weight* block = packed_filter + c * w.kernel_h * w.kernel_w;
    WidenDepthwiseWeights(w, band.row_pairs, 0, block, columns);
    if (band.filters == 2) {
      WidenDepthwiseWeights(w, band.row_pairs, -1, block,
                            columns + w.kernel_w * band.row_pairs * kDepthwisePair);
    }
  }
  In* const fill = reinterpret_cast<In*>(columns + band.ColumnElements());
  std::fill_n(fill, w.in_c, static_cast<In>(params.input_zero_point));
  // Columns outside the image are the same for all rows and channels.
  const v128_t outside = wasm_i16x8_splat(static_cast<int16_t>(params.input_zero_point));
  for (size_t i = 0; i < band.ColumnElements(); i += 8) wasm_v128_store(columns + i, outside);
  const auto compute_band = [&](const In* image, int32_t out_y, In* out) {
    const int16_t* block = weights;
    for (int32_t c = 0; c < w.out_c; c += kDepthwiseChannels, block += block_weights) {
      const auto left = static_cast<size_t>(w.out_c - c);
      const auto interleave = [&](auto&& load) {
        InterleaveDepthwiseRows(w, band, image, out_y, fill, columns, load);
      };
      if (multiplier == 1 && left >= kDepthwiseChannels) {
        interleave([=](const In* pixel) { return tile_internal::LoadWide(pixel + c); });
      } else {
        interleave([=](const In* pixel) {
          return depthwise_internal::LoadChannels(pixel, c, left, multiplier);
        });
      }
      ComputeDepthwiseBand<kKernel, kStride>(w, columns, block, bias + c, scale + c, requantize,
                                             out + c, left);
    }
  };
  ForEachDepthwiseBand(w, band.rows, input, output, compute_band);
}

// As Convolve, of int8 by int8 and a window of kPixels.
template <int kKernel, int kStride, DepthwisePixels kPixels, LaneFit kFit>
WRANGLET_NOINLINE inline void ConvolveInt8(const DepthwiseConv2dParams<int8_t, int8_t>& params,
                                           const int8_t* input, const int8_t* packed_filter,
                                           const int32_t* bias, const float* scale, int8_t* output,
                                           void* scratch) {
  if constexpr (kFit == LaneFit::kSums) {
    if (use_pair_dot) {
      return DepthwiseByLanes<kKernel, kStride, kPixels>(params.window, params.input_zero_point,
                                                         params.output, input, packed_filter, bias,
                                                         scale, output, scratch);
    }
  } else if (MultipliesBytes<kFit == LaneFit::kPairs>()) {
    return DepthwiseByBytes<kPixels>(
        params.window, params.input_zero_point, RequantizeInt8(params.output), input, packed_filter,
        bias, scale, output, scratch,
        DepthwiseBandBy<kKernel, kStride, kPixels, kFit == LaneFit::kPairs>());
  }
  Convolve<kKernel, kStride>(params, input, packed_filter, bias, scale, output, scratch);
}

}  // namespace depthwise_internal

// input [batch,in_h,in_w,in_c], output [batch,out_h,out_w,out_c]; output channel c reads input
// channel c / (out_c / in_c). `packed_filter`, `bias` and `scale` are PackDepthwise's. `scratch`,
// of DepthwiseScratchBytes, begins at a multiple of 16. kMaxDepthwiseTaps taps are no more than
// int16 accumulators hold.
template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
WRANGLET_INLINE inline void DepthwiseConv2d(
    const DepthwiseConv2dParams<In, Weight, Requantize>& params, const In* input,
    const Weight* packed_filter, const typename Requantize::Bias* bias,
    const typename Requantize::Scale* scale, In* output, void* scratch) {
  WithDepthwiseCase(params.window, [&]<int kKernel, int kStride>() WRANGLET_INLINE {
    if constexpr (sizeof(In) == 1 && sizeof(Weight) == 1) {
      return WithDepthwisePixels(params.window, [&]<DepthwisePixels kPixels>() WRANGLET_INLINE {
        const auto convolve = [&]<LaneFit kFit>() WRANGLET_INLINE {
          depthwise_internal::ConvolveInt8<kKernel, kStride, kPixels, kFit>(
              params, input, packed_filter, bias, scale, output, scratch);
        };
        if constexpr (kKernel > 0 && kPixels != DepthwisePixels::kMultiplied) {
          if (params.fit == LaneFit::kSums) return convolve.template operator()<LaneFit::kSums>();
        }
        if (params.fit != LaneFit::kNone) return convolve.template operator()<LaneFit::kPairs>();
        convolve.template operator()<LaneFit::kNone>();
      });
    }
    depthwise_internal::Convolve<kKernel, kStride>(params, input, packed_filter, bias, scale,
                                                   output, scratch);
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_CONV2D_H_
