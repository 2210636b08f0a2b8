// The inner loops of the int8 depthwise convolution: one row of outputs by 8 channels. Two rows of
// the image at a time are interleaved and widened, column by column, so that one i32x4.dot_i16x8_s
// takes two taps of a channel that lie above each other, and all windows that a column is in share
// it.

#ifndef WRANGLET_KERNELS_DEPTHWISE_ROW_INT8_H_
#define WRANGLET_KERNELS_DEPTHWISE_ROW_INT8_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/requantize.h"
#include "kernels/simd.h"

namespace wranglet {

// Channels a packed block of a depthwise filter holds, and are computed together.
inline constexpr int32_t kDepthwiseChannels = 8;

// Bytes a pair of taps takes when it is interleaved and widened: 8 channels by 2 by int16.
inline constexpr int32_t kDepthwisePairBytes = 32;

// How a row of a window's outputs is computed: all constants of the network.
struct DepthwiseRowShape {
  int32_t pairs;    // of rows of the kernel; of an odd number the last is paired with weights of 0
  int32_t columns;  // of the image, padding included, that the row's windows cover

  constexpr explicit DepthwiseRowShape(const WindowShape& w)
      : pairs((w.kernel_h + 1) / 2),
        columns((w.out_w - 1) * w.stride_w + (w.kernel_w - 1) * w.dilation_w + 1) {}

  constexpr size_t WeightBytes(const WindowShape& w) const { return Bytes(w.kernel_w); }
  constexpr size_t ColumnBytes() const { return Bytes(columns); }

 private:
  constexpr size_t Bytes(int32_t count) const {
    return static_cast<size_t>(count) * static_cast<size_t>(pairs * kDepthwisePairBytes);
  }
};

// Writes what two taps, or two columns of weights, of 8 channels are to the dot product: int16,
// first and second in turn.
inline void StoreDepthwisePair(v128_t first, v128_t second, int8_t* to) {
  wasm_v128_store(to, wasm_i16x8_shuffle(first, second, 0, 8, 1, 9, 2, 10, 3, 11));
  wasm_v128_store(to + 16, wasm_i16x8_shuffle(first, second, 4, 12, 5, 13, 6, 14, 7, 15));
}

// Writes a packed block of weights, [kernel_h][kernel_w][8], as [kernel_w][pairs] pairs.
inline void WidenDepthwiseWeights(const WindowShape& w, const int8_t* block, int8_t* to) {
  const int32_t kernel_h = w.kernel_h, kernel_w = w.kernel_w;
  for (int32_t kx = 0; kx < kernel_w; ++kx) {
    for (int32_t ky = 0; ky < kernel_h; ky += 2, to += kDepthwisePairBytes) {
      const int8_t* tap = block + (ky * kernel_w + kx) * kDepthwiseChannels;
      const v128_t second = ky + 1 < kernel_h
                                ? wasm_i16x8_load8x8(tap + kernel_w * kDepthwiseChannels)
                                : wasm_i16x8_splat(0);
      StoreDepthwisePair(wasm_i16x8_load8x8(tap), second, to);
    }
  }
}

// Interleaves the rows of `image` under the windows of output row `out_y`, by twos, into `columns`,
// for 8 output channels from `channel` on, which `load` (pixel -> int16) fetches. Only columns
// inside the image are written. `fill` is a pixel of zero points, which stands for rows outside the
// image.
template <typename Load>
inline void InterleaveDepthwiseRows(const WindowShape& w, const int8_t* image, int32_t out_y,
                                    const int8_t* fill, int8_t* columns, Load&& load) {
  const DepthwiseRowShape shape(w);
  const int32_t step = shape.pairs * kDepthwisePairBytes;
  const int32_t width = std::min(w.in_w, shape.columns - w.pad_left);
  for (int32_t pair = 0; pair < shape.pairs; ++pair) {
    const int8_t* rows[2] = {fill, fill};
    int32_t steps[2] = {0, 0};
    for (int32_t i = 0; i < 2; ++i) {
      const int32_t ky = pair * 2 + i;
      const int32_t y = out_y * w.stride_h - w.pad_top + ky * w.dilation_h;
      if (ky >= w.kernel_h || y < 0 || y >= w.in_h) continue;
      rows[i] = image + static_cast<ptrdiff_t>(y) * w.in_w * w.in_c;
      steps[i] = w.in_c;
    }
    const int8_t *first = rows[0], *second = rows[1];
    const int32_t first_step = steps[0], second_step = steps[1];
    int8_t* to = columns + w.pad_left * step + pair * kDepthwisePairBytes;
    for (int32_t x = 0; x < width; ++x, to += step) {
      StoreDepthwisePair(load(first), load(second), to);
      first += first_step, second += second_step;
    }
  }
}

// A row of outputs, 8 channels of each, of which `count` are stored from `out` on. `columns` and
// `weights` are interleaved, `bias` and `scale` a packed block. A known size of a square kernel
// unrolls; kKernel = 0 serves any.
template <int kKernel>
inline void ComputeDepthwiseRowInt8(const WindowShape& w, const int8_t* columns,
                                    const int8_t* weights, const int32_t* bias, const float* scale,
                                    RequantizeInt8 requantize, int8_t* out, size_t count) {
  // All in locals: results are bytes, which may alias anything that is not.
  const int32_t kernel_w = kKernel > 0 ? kKernel : w.kernel_w;
  const int32_t pairs = kKernel > 0 ? (kKernel + 1) / 2 : DepthwiseRowShape(w).pairs;
  const int32_t tap_step = w.dilation_w * pairs * kDepthwisePairBytes;
  const int32_t output_step = w.stride_w * pairs * kDepthwisePairBytes;
  const int32_t out_w = w.out_w, out_c = w.out_c;
  const v128_t bias_low = wasm_v128_load(bias), bias_high = wasm_v128_load(bias + 4);
  const v128_t scale_low = wasm_v128_load(scale), scale_high = wasm_v128_load(scale + 4);
  // `kOutputs` neighbours from `x` on.
  const auto compute = [=]<int kOutputs>(int32_t x) {
    v128_t low[kOutputs], high[kOutputs];
    for (int i = 0; i < kOutputs; ++i) low[i] = bias_low, high[i] = bias_high;
    const int8_t* taps = columns + x * output_step;
    const int8_t* tap_weights = weights;
    for (int32_t kx = 0; kx < kernel_w; ++kx, taps += tap_step) {
      for (int32_t pair = 0; pair < pairs; ++pair, tap_weights += kDepthwisePairBytes) {
        const v128_t weights_low = wasm_v128_load(tap_weights);
        const v128_t weights_high = wasm_v128_load(tap_weights + 16);
        for (int i = 0; i < kOutputs; ++i) {
          const int8_t* tap = taps + i * output_step + pair * kDepthwisePairBytes;
          low[i] = wasm_i32x4_add(low[i], wasm_i32x4_dot_i16x8(wasm_v128_load(tap), weights_low));
          high[i] =
              wasm_i32x4_add(high[i], wasm_i32x4_dot_i16x8(wasm_v128_load(tap + 16), weights_high));
        }
      }
    }
    for (int i = 0; i < kOutputs; ++i) {
      StoreUpTo8(out + (x + i) * out_c, requantize(low[i], high[i], scale_low, scale_high), count);
    }
  };
  if (out_w == 1) return compute.template operator()<1>(0);
  int32_t x = 0;
  for (; x + 4 <= out_w; x += 4) compute.template operator()<4>(x);
  // The last two may include one for the second time.
  for (; x < out_w; x += 2) compute.template operator()<2>(std::min(x, out_w - 2));
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_ROW_INT8_H_
