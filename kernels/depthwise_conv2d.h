// Depthwise convolution: each channel has a filter of its own. The quantised kernel works row by
// row (depthwise_row.h); the float32 kernel pixel by pixel, where the taps of a window are
// addresses, those outside the image the address of a pixel of fill values (an "indirection
// buffer", Dukhan 2019, "The Indirect Convolution Algorithm"). Called by steps.cc.

#ifndef WRANGLET_KERNELS_DEPTHWISE_CONV2D_H_
#define WRANGLET_KERNELS_DEPTHWISE_CONV2D_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/depthwise_bytes.h"
#include "kernels/depthwise_row.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"
#include "kernels/tile_pairs.h"

namespace wranglet {

// The most taps a window may have (11x11 and then some): their addresses lie on the stack.
inline constexpr int32_t kMaxDepthwiseTaps = 128;

template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
struct DepthwiseConv2dParams {
  WindowShape window;
  int32_t input_zero_point = 0;
  typename Requantize::Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("input_zero_point", input_zero_point), v("output", output);
  }
};

struct DepthwiseConv2dFloat32Params {
  WindowShape window;
  FloatOutput output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("output", output);
  }
};

// The kernels' scratch buffers: a pixel of fill values, and for quantised tensors, before it, a
// block of weights and a row of columns, interleaved and widened.
constexpr size_t DepthwiseFloat32ScratchElements(const WindowShape& window) {
  return static_cast<size_t>(window.in_c);
}
template <typename In>
constexpr size_t DepthwiseScratchBytes(const WindowShape& window) {
  const DepthwiseBand band(window);
  const size_t by_pairs = sizeof(In) * static_cast<size_t>(window.in_c) +
                          sizeof(int16_t) * (band.WeightElements(window) + band.ColumnElements());
  return sizeof(In) == 1 ? std::max(by_pairs, DepthwiseByteScratch(window)) : by_pairs;
}

// Calls `compute(taps, out)` for each output pixel, taps[i] being the address of channel 0 under
// the i-th tap (row by row), and out that of the pixel's channel 0.
template <typename T, typename Compute>
inline void ForEachDepthwisePixel(const WindowShape& window, const T* input, T fill, T* output,
                                  T* scratch, Compute&& compute) {
  std::fill_n(scratch, window.in_c, fill);
  for (int32_t batch = 0; batch < window.batch; ++batch) {
    for (int32_t out_y = 0; out_y < window.out_h; ++out_y) {
      for (int32_t out_x = 0; out_x < window.out_w; ++out_x) {
        const T* taps[kMaxDepthwiseTaps];
        const T** tap = taps;
        for (int32_t ky = 0; ky < window.kernel_h; ++ky) {
          const int32_t y = out_y * window.stride_h - window.pad_top + ky * window.dilation_h;
          for (int32_t kx = 0; kx < window.kernel_w; ++kx) {
            const int32_t x = out_x * window.stride_w - window.pad_left + kx * window.dilation_w;
            const bool inside = y >= 0 && y < window.in_h && x >= 0 && x < window.in_w;
            *tap++ = inside ? input + (static_cast<ptrdiff_t>(y) * window.in_w + x) * window.in_c
                            : scratch;
          }
        }
        compute(taps, output);
        output += window.out_c;
      }
    }
    input += static_cast<size_t>(window.in_h) * static_cast<size_t>(window.in_w * window.in_c);
  }
}

namespace depthwise_internal {

// 8 input channels as int16, or 4 of float32, for the output channels from `channel` on; with a
// multiplier of 1 they are the same.
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

inline v128_t LoadChannels(const float* tap, int32_t channel, size_t count, int32_t multiplier) {
  if (multiplier == 1) return LoadUpTo4(tap + channel, count);
  alignas(16) float values[4] = {};
  for (size_t i = 0; i < std::min<size_t>(count, 4); ++i) {
    values[i] = tap[(channel + static_cast<int32_t>(i)) / multiplier];
  }
  return wasm_v128_load(values);
}

}  // namespace depthwise_internal

namespace depthwise_internal {

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
  auto* const weights = static_cast<int16_t*>(scratch);
  int16_t* const columns = weights + band.WeightElements(w);
  In* const fill = reinterpret_cast<In*>(columns + band.ColumnElements());
  std::fill_n(fill, w.in_c, static_cast<In>(params.input_zero_point));
  // Columns outside the image are the same for all rows and channels.
  const v128_t outside = wasm_i16x8_splat(static_cast<int16_t>(params.input_zero_point));
  for (size_t i = 0; i < band.ColumnElements(); i += 8) wasm_v128_store(columns + i, outside);
  const auto compute_band = [&](const In* image, int32_t out_y, In* out) {
    for (int32_t c = 0; c < w.out_c; c += kDepthwiseChannels) {
      const auto left = static_cast<size_t>(w.out_c - c);
      const Weight* block = packed_filter + c * w.kernel_h * w.kernel_w;
      WidenDepthwiseWeights(w, band.row_pairs, 0, block, weights);
      if (band.filters == 2) {
        WidenDepthwiseWeights(w, band.row_pairs, -1, block,
                              weights + w.kernel_w * band.row_pairs * kDepthwisePair);
      }
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
      ComputeDepthwiseBand<kKernel, kStride>(w, columns, weights, bias + c, scale + c, requantize,
                                             out + c, left);
    }
  };
  ForEachDepthwiseBand(w, band.rows, input, output, compute_band);
}

// As Convolve, of int8 by int8 and a window of kPixels.
template <int kKernel, int kStride, DepthwisePixels kPixels>
WRANGLET_NOINLINE inline void ConvolveInt8(const DepthwiseConv2dParams<int8_t, int8_t>& params,
                                           const int8_t* input, const int8_t* packed_filter,
                                           const int32_t* bias, const float* scale, int8_t* output,
                                           void* scratch) {
  if (!use_byte_dot) {
    return Convolve<kKernel, kStride>(params, input, packed_filter, bias, scale, output, scratch);
  }
  DepthwiseByBytes<kKernel, kStride, kPixels>(params.window, params.input_zero_point,
                                              RequantizeInt8(params.output), input, packed_filter,
                                              bias, scale, output, scratch);
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
        depthwise_internal::ConvolveInt8<kKernel, kStride, kPixels>(params, input, packed_filter,
                                                                    bias, scale, output, scratch);
      });
    }
    depthwise_internal::Convolve<kKernel, kStride>(params, input, packed_filter, bias, scale,
                                                   output, scratch);
  });
}

// As DepthwiseConv2d, packed by PackDepthwiseFloat32; `scratch` has
// DepthwiseFloat32ScratchElements.
inline void DepthwiseConv2dFloat32(const DepthwiseConv2dFloat32Params& params, const float* input,
                                   const float* packed_filter, const float* bias, float* output,
                                   float* scratch) {
  const WindowShape& window = params.window;
  const int32_t tap_count = window.kernel_h * window.kernel_w;
  const int32_t multiplier = window.out_c / window.in_c;
  const ClampFloat32x4 clamp(params.output);
  const auto compute = [&](const float* const* taps, float* out) {
    const float* weights = packed_filter;
    for (int32_t channel = 0; channel < window.out_c; channel += 4) {
      const auto left = static_cast<size_t>(window.out_c - channel);
      v128_t sum = wasm_v128_load(bias + channel);
      for (int32_t tap = 0; tap < tap_count; ++tap, weights += 4) {
        const v128_t value = depthwise_internal::LoadChannels(taps[tap], channel, left, multiplier);
        sum = wasm_f32x4_add(sum, wasm_f32x4_mul(value, wasm_v128_load(weights)));
      }
      StoreUpTo4(out + channel, clamp(sum), left);
    }
  };
  ForEachDepthwisePixel(window, input, 0.0f, output, scratch, compute);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_CONV2D_H_
