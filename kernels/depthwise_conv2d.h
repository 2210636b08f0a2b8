// Depthwise convolution: each channel has a filter of its own. No im2col: for each output pixel the
// taps of its window are addresses, those outside the image the address of a row of fill values (an
// "indirection buffer", Dukhan 2019, "The Indirect Convolution Algorithm"). Called by steps.cc.

#ifndef WRANGLET_KERNELS_DEPTHWISE_CONV2D_H_
#define WRANGLET_KERNELS_DEPTHWISE_CONV2D_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/requantize.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"

namespace wranglet {

// Channels a packed block of a depthwise filter holds.
inline constexpr int32_t kDepthwiseChannels = 8;

// The most taps a window may have (11x11 and then some): their addresses lie on the stack.
inline constexpr int32_t kMaxDepthwiseTaps = 128;

struct DepthwiseConv2dInt8Params {
  WindowShape window;
  int32_t input_zero_point = 0;
  Int8Output output;

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

// Elements of the scratch buffer: one pixel of fill values.
constexpr size_t DepthwiseScratchElements(const WindowShape& window) {
  return static_cast<size_t>(window.in_c);
}

// Calls `compute(taps, out)` for each output pixel, taps[i] being the address of channel 0 under
// the i-th tap (row by row), and out that of the pixel's channel 0.
template <typename T, typename Compute>
inline void ForEachDepthwisePixel(const WindowShape& window, const T* input, T fill, T* output,
                                  T* scratch, Compute&& compute) {
  std::fill_n(scratch, DepthwiseScratchElements(window), fill);
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

// 8 input channels for the output channels from `channel` on; with a multiplier of 1 they are the
// same.
inline v128_t LoadChannels(const int8_t* tap, int32_t channel, size_t count, int32_t multiplier) {
  if (multiplier == 1) return LoadUpTo8(tap + channel, count);
  alignas(8) int8_t bytes[8] = {};
  for (size_t i = 0; i < std::min<size_t>(count, 8); ++i) {
    bytes[i] = tap[(channel + static_cast<int32_t>(i)) / multiplier];
  }
  return wasm_v128_load64_zero(bytes);
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

// input [batch,in_h,in_w,in_c], output [batch,out_h,out_w,out_c]; output channel c reads input
// channel c / (out_c / in_c). `packed_filter`, `bias` and `scale` are PackDepthwiseInt8's.
// `scratch` has DepthwiseScratchElements. Two taps a time go through one i32x4.dot_i16x8_s.
inline void DepthwiseConv2dInt8(const DepthwiseConv2dInt8Params& params, const int8_t* input,
                                const int8_t* packed_filter, const int32_t* bias,
                                const float* scale, int8_t* output, int8_t* scratch) {
  using depthwise_internal::LoadChannels;
  const WindowShape& window = params.window;
  const int32_t tap_count = window.kernel_h * window.kernel_w;
  const int32_t multiplier = window.out_c / window.in_c;
  const RequantizeInt8 requantize(params.output);
  const auto compute = [&](const int8_t* const* taps, int8_t* out) {
    const int8_t* weights = packed_filter;
    for (int32_t channel = 0; channel < window.out_c; channel += kDepthwiseChannels) {
      const auto left = static_cast<size_t>(window.out_c - channel);
      v128_t low = wasm_v128_load(bias + channel);
      v128_t high = wasm_v128_load(bias + channel + 4);
      for (int32_t tap = 0; tap < tap_count; tap += 2, weights += 2 * kDepthwiseChannels) {
        // Of an odd number of taps the last is its own partner, with weights of 0.
        const v128_t first = LoadChannels(taps[tap], channel, left, multiplier);
        const v128_t second =
            tap + 1 < tap_count ? LoadChannels(taps[tap + 1], channel, left, multiplier) : first;
        const v128_t pairs = wasm_i8x16_shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                                21, 6, 22, 7, 23);
        low = wasm_i32x4_add(low, wasm_i32x4_dot_i16x8(wasm_i16x8_extend_low_i8x16(pairs),
                                                       wasm_i16x8_load8x8(weights)));
        high = wasm_i32x4_add(high, wasm_i32x4_dot_i16x8(wasm_i16x8_extend_high_i8x16(pairs),
                                                         wasm_i16x8_load8x8(weights + 8)));
      }
      const v128_t bytes = requantize(low, high, wasm_v128_load(scale + channel),
                                      wasm_v128_load(scale + channel + 4));
      StoreUpTo8(out + channel, bytes, left);
    }
  };
  ForEachDepthwisePixel(window, input, static_cast<int8_t>(params.input_zero_point), output,
                        scratch, compute);
}

// As DepthwiseConv2dInt8, packed by PackDepthwiseFloat32.
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
