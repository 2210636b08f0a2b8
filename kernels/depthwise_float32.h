// Depthwise convolution of float32. Usual windows are computed two by two outputs at a time, which
// share what they read of the image and of the filter; any other pixel by pixel. The taps of a
// window are addresses, those outside the image the address of a pixel of zeros (an "indirection
// buffer", Dukhan 2019, "The Indirect Convolution Algorithm").
//
// 2x2 outputs were chosen by measuring in V8 on x86-64, as GMAC/s of MobileNetV2's layers: 1x1 9.8,
// 1x2 12.0, 1x4 12.4, 2x1 11.4, 2x2 13.2, 2x3 13.5; by rows with the filter in registers 11.6.

#ifndef WRANGLET_KERNELS_DEPTHWISE_FLOAT32_H_
#define WRANGLET_KERNELS_DEPTHWISE_FLOAT32_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/depthwise_row.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"

namespace wranglet {

struct DepthwiseConv2dFloat32Params {
  WindowShape window;
  FloatOutput output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("output", output);
  }
};

// The scratch buffer: a pixel of zeros.
constexpr size_t DepthwiseFloat32ScratchElements(const WindowShape& window) {
  return static_cast<size_t>(window.in_c);
}

namespace depthwise_internal {

// Outputs that are computed together, in each direction.
inline constexpr int kTileOutputs = 2;

// 4 input channels for the output channels from `channel` on, `count` of them.
inline v128_t LoadChannels(const float* tap, int32_t channel, size_t count, int32_t multiplier) {
  if (multiplier == 1) return LoadUpTo4(tap + channel, count);
  alignas(16) float values[4] = {};
  for (size_t i = 0; i < std::min<size_t>(count, 4); ++i) {
    values[i] = tap[(channel + static_cast<int32_t>(i)) / multiplier];
  }
  return wasm_v128_load(values);
}

// Any window: calls `sum(taps, out)` for each output pixel, taps[i] being the address of channel 0
// under the i-th tap (row by row), and out that of the pixel's channel 0.
template <typename Sum>
inline void ForEachPixelFloat32(const WindowShape& window, const float* input, float* output,
                                const float* zeros, Sum&& sum) {
  for (int32_t batch = 0; batch < window.batch; ++batch) {
    for (int32_t out_y = 0; out_y < window.out_h; ++out_y) {
      for (int32_t out_x = 0; out_x < window.out_w; ++out_x) {
        const float* taps[kMaxDepthwiseTaps];
        const float** tap = taps;
        for (int32_t ky = 0; ky < window.kernel_h; ++ky) {
          const int32_t y = out_y * window.stride_h - window.pad_top + ky * window.dilation_h;
          for (int32_t kx = 0; kx < window.kernel_w; ++kx) {
            const int32_t x = out_x * window.stride_w - window.pad_left + kx * window.dilation_w;
            const bool inside = y >= 0 && y < window.in_h && x >= 0 && x < window.in_w;
            *tap++ = inside ? input + (static_cast<ptrdiff_t>(y) * window.in_w + x) * window.in_c
                            : zeros;
          }
        }
        sum(taps, output);
        output += window.out_c;
      }
    }
    input += static_cast<size_t>(window.in_h) * static_cast<size_t>(window.in_w * window.in_c);
  }
}

WRANGLET_NOINLINE inline void ConvolvePixels(const DepthwiseConv2dFloat32Params& params,
                                             const float* input, const float* packed_filter,
                                             const float* bias, float* output, const float* zeros) {
  const WindowShape& window = params.window;
  const int32_t tap_count = window.kernel_h * window.kernel_w;
  const int32_t multiplier = window.out_c / window.in_c;
  const ClampFloat32x4 clamp(params.output);
  ForEachPixelFloat32(window, input, output, zeros, [&](const float* const* taps, float* out) {
    const float* weights = packed_filter;
    for (int32_t channel = 0; channel < window.out_c; channel += 4) {
      const auto left = static_cast<size_t>(window.out_c - channel);
      v128_t sum = wasm_v128_load(bias + channel);
      for (int32_t tap = 0; tap < tap_count; ++tap, weights += 4) {
        const v128_t value = LoadChannels(taps[tap], channel, left, multiplier);
        sum = wasm_f32x4_add(sum, wasm_f32x4_mul(value, wasm_v128_load(weights)));
      }
      StoreUpTo4(out + channel, clamp(sum), left);
    }
  });
}

// kRows by kTileOutputs outputs, all channels of each: a multiple of 4. taps[y][x] is the address
// of channel 0 of a pixel under their windows; rows of outputs lie `out_row` elements apart.
template <int kKernel, int kStride, int kRows, int kTapRows, int kTapColumns>
WRANGLET_NOINLINE inline void ConvolveTile(const float* const (&all_taps)[kTapRows][kTapColumns],
                                           int32_t channels, const float* weights,
                                           const float* bias, const ClampFloat32x4& clamp,
                                           float* out, int32_t out_row) {
  static_assert(kTapRows == (kRows - 1) * kStride + kKernel);
  static_assert(kTapColumns == (kTileOutputs - 1) * kStride + kKernel);
  const float* taps[kTapRows][kTapColumns];  // in locals, as they are not written any more
#pragma clang loop unroll(full)
  for (int y = 0; y < kTapRows; ++y) {
#pragma clang loop unroll(full)
    for (int x = 0; x < kTapColumns; ++x) taps[y][x] = all_taps[y][x];
  }
  for (int32_t channel = 0; channel < channels; channel += 4, weights += 4 * kKernel * kKernel) {
    v128_t sums[kRows][kTileOutputs];
#pragma clang loop unroll(full)
    for (int row = 0; row < kRows; ++row) {
#pragma clang loop unroll(full)
      for (int i = 0; i < kTileOutputs; ++i) sums[row][i] = wasm_v128_load(bias + channel);
    }
#pragma clang loop unroll(full)
    for (int y = 0; y < kTapRows; ++y) {
      v128_t values[kTapColumns];
#pragma clang loop unroll(full)
      for (int x = 0; x < kTapColumns; ++x) values[x] = wasm_v128_load(taps[y][x] + channel);
#pragma clang loop unroll(full)
      for (int kx = 0; kx < kKernel; ++kx) {
#pragma clang loop unroll(full)
        for (int row = 0; row < kRows; ++row) {
          const int ky = y - row * kStride;
          if (ky < 0 || ky >= kKernel) continue;
          const v128_t weight = wasm_v128_load(weights + 4 * (ky * kKernel + kx));
#pragma clang loop unroll(full)
          for (int i = 0; i < kTileOutputs; ++i) {
            const v128_t product = wasm_f32x4_mul(values[i * kStride + kx], weight);
            sums[row][i] = wasm_f32x4_add(sums[row][i], product);
          }
        }
      }
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < kRows; ++row) {
#pragma clang loop unroll(full)
      for (int i = 0; i < kTileOutputs; ++i) {
        wasm_v128_store(out + row * out_row + i * channels + channel, clamp(sums[row][i]));
      }
    }
  }
}

// kRows rows of outputs from `out_y` on, which begin at `out`.
template <int kKernel, int kStride, int kRows>
WRANGLET_NOINLINE inline void ConvolveTileRow(const WindowShape& w, const float* image,
                                              int32_t out_y, const float* packed_filter,
                                              const float* bias, const ClampFloat32x4& clamp,
                                              const float* zeros, float* out) {
  constexpr int kTapRows = (kRows - 1) * kStride + kKernel;
  constexpr int kTapColumns = (kTileOutputs - 1) * kStride + kKernel;
  const float* rows[kTapRows];  // null outside the image
  for (int j = 0; j < kTapRows; ++j) {
    const int32_t y = out_y * kStride - w.pad_top + j;
    rows[j] = y >= 0 && y < w.in_h ? image + static_cast<ptrdiff_t>(y) * w.in_w * w.in_c : nullptr;
  }
  for (int32_t tile_x = 0; tile_x < w.out_w; tile_x += kTileOutputs) {
    const int32_t out_x = std::min(tile_x, w.out_w - kTileOutputs);  // the last may overlap
    const float* taps[kTapRows][kTapColumns];
    for (int i = 0; i < kTapColumns; ++i) {
      const int32_t x = out_x * kStride - w.pad_left + i;
      const bool inside = x >= 0 && x < w.in_w;
      for (int j = 0; j < kTapRows; ++j) {
        taps[j][i] = inside && rows[j] != nullptr ? rows[j] + x * w.in_c : zeros;
      }
    }
    ConvolveTile<kKernel, kStride, kRows>(taps, w.out_c, packed_filter, bias, clamp,
                                          out + out_x * w.out_c, w.out_w * w.out_c);
  }
}

// A window of the DepthwiseCase {kKernel, kStride}.
template <int kKernel, int kStride>
WRANGLET_NOINLINE inline void ConvolveTiles(const DepthwiseConv2dFloat32Params& params,
                                            const float* input, const float* packed_filter,
                                            const float* bias, float* output, const float* zeros) {
  const WindowShape& w = params.window;
  const ClampFloat32x4 clamp(params.output);
  const int32_t row = w.out_w * w.out_c;
  for (int32_t batch = 0; batch < w.batch; ++batch) {
    int32_t y = 0;
    for (; y + kTileOutputs <= w.out_h; y += kTileOutputs, output += kTileOutputs * row) {
      ConvolveTileRow<kKernel, kStride, kTileOutputs>(w, input, y, packed_filter, bias, clamp,
                                                      zeros, output);
    }
    for (; y < w.out_h; ++y, output += row) {
      ConvolveTileRow<kKernel, kStride, 1>(w, input, y, packed_filter, bias, clamp, zeros, output);
    }
    input += static_cast<size_t>(w.in_h) * static_cast<size_t>(w.in_w * w.in_c);
  }
}

}  // namespace depthwise_internal

// As DepthwiseConv2d, packed by PackDepthwiseFloat32; outside the image lies 0. `scratch` has
// DepthwiseFloat32ScratchElements.
WRANGLET_INLINE inline void DepthwiseConv2dFloat32(const DepthwiseConv2dFloat32Params& params,
                                                   const float* input, const float* packed_filter,
                                                   const float* bias, float* output,
                                                   float* scratch) {
  using namespace depthwise_internal;
  const WindowShape& w = params.window;
  std::fill_n(scratch, w.in_c, 0.0f);
  const bool fills_tiles = w.in_c == w.out_c && w.in_c % 4 == 0 && w.out_w >= kTileOutputs;
  if (!fills_tiles) return ConvolvePixels(params, input, packed_filter, bias, output, scratch);
  WithDepthwiseCase(w, [&]<int kKernel, int kStride>() WRANGLET_INLINE {
    if constexpr (kKernel > 0) {
      ConvolveTiles<kKernel, kStride>(params, input, packed_filter, bias, output, scratch);
    } else {
      ConvolvePixels(params, input, packed_filter, bias, output, scratch);
    }
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_FLOAT32_H_
