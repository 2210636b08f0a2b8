// The inner loops of the quantised depthwise convolution: one row of outputs by 8 channels. Two
// rows of the image at a time are interleaved and widened, column by column, so that one
// i32x4.dot_i16x8_s takes two taps of a channel that lie above each other, and all windows that a
// column is in share it.

#ifndef WRANGLET_KERNELS_DEPTHWISE_ROW_H_
#define WRANGLET_KERNELS_DEPTHWISE_ROW_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_quantized.h"

namespace wranglet {

// Channels a packed block of a depthwise filter holds, and are computed together.
inline constexpr int32_t kDepthwiseChannels = 8;

// Elements (int16) a pair of taps takes when it is interleaved and widened: 8 channels by 2.
inline constexpr int32_t kDepthwisePair = 16;

// How a row of a window's outputs is computed: all constants of the network.
struct DepthwiseRowShape {
  int32_t pairs;    // of rows of the kernel; of an odd number the last is paired with weights of 0
  int32_t columns;  // of the image, padding included, that the row's windows cover

  constexpr explicit DepthwiseRowShape(const WindowShape& w)
      : pairs((w.kernel_h + 1) / 2),
        columns((w.out_w - 1) * w.stride_w + (w.kernel_w - 1) * w.dilation_w + 1) {}

  // In int16.
  constexpr size_t WeightElements(const WindowShape& w) const { return Elements(w.kernel_w); }
  constexpr size_t ColumnElements() const { return Elements(columns); }

 private:
  constexpr size_t Elements(int32_t count) const {
    return static_cast<size_t>(count) * static_cast<size_t>(pairs * kDepthwisePair);
  }
};

// Writes what two taps, or two columns of weights, of 8 channels are to the dot product: int16,
// first and second in turn.
inline void StoreDepthwisePair(v128_t first, v128_t second, int16_t* to) {
  wasm_v128_store(to, wasm_i16x8_shuffle(first, second, 0, 8, 1, 9, 2, 10, 3, 11));
  wasm_v128_store(to + 8, wasm_i16x8_shuffle(first, second, 4, 12, 5, 13, 6, 14, 7, 15));
}

// Writes a packed block of weights, [kernel_h][kernel_w][8], as [kernel_w][pairs] pairs.
template <typename Weight>
inline void WidenDepthwiseWeights(const WindowShape& w, const Weight* block, int16_t* to) {
  using tile_internal::LoadWide;
  const int32_t kernel_h = w.kernel_h, kernel_w = w.kernel_w;
  for (int32_t kx = 0; kx < kernel_w; ++kx) {
    for (int32_t ky = 0; ky < kernel_h; ky += 2, to += kDepthwisePair) {
      const Weight* tap = block + (ky * kernel_w + kx) * kDepthwiseChannels;
      const v128_t second =
          ky + 1 < kernel_h ? LoadWide(tap + kernel_w * kDepthwiseChannels) : wasm_i16x8_splat(0);
      StoreDepthwisePair(LoadWide(tap), second, to);
    }
  }
}

// Interleaves the rows of `image` under the windows of output row `out_y`, by twos, into `columns`,
// for 8 output channels from `channel` on, which `load` (pixel -> int16) fetches. Only columns
// inside the image are written. `fill` is a pixel of zero points, which stands for rows outside the
// image.
template <typename In, typename Load>
inline void InterleaveDepthwiseRows(const WindowShape& w, const In* image, int32_t out_y,
                                    const In* fill, int16_t* columns, Load&& load) {
  const DepthwiseRowShape shape(w);
  const int32_t step = shape.pairs * kDepthwisePair;
  const int32_t width = std::min(w.in_w, shape.columns - w.pad_left);
  for (int32_t pair = 0; pair < shape.pairs; ++pair) {
    const In* rows[2] = {fill, fill};
    int32_t steps[2] = {0, 0};
    for (int32_t i = 0; i < 2; ++i) {
      const int32_t ky = pair * 2 + i;
      const int32_t y = out_y * w.stride_h - w.pad_top + ky * w.dilation_h;
      if (ky >= w.kernel_h || y < 0 || y >= w.in_h) continue;
      rows[i] = image + static_cast<ptrdiff_t>(y) * w.in_w * w.in_c;
      steps[i] = w.in_c;
    }
    const In *first = rows[0], *second = rows[1];
    const int32_t first_step = steps[0], second_step = steps[1];
    int16_t* to = columns + w.pad_left * step + pair * kDepthwisePair;
    for (int32_t x = 0; x < width; ++x, to += step) {
      StoreDepthwisePair(load(first), load(second), to);
      first += first_step, second += second_step;
    }
  }
}

// A row of outputs, 8 channels of each, of which `count` are stored from `out` on. `columns` and
// `weights` are interleaved, `bias` and `scale` a packed block. A known size of a square kernel
// unrolls; kKernel = 0 serves any.
template <int kKernel, typename In>
inline void ComputeDepthwiseRow(const WindowShape& w, const int16_t* columns,
                                const int16_t* weights, const BiasOf<In>* bias,
                                const ScaleOf<In>* scale,
                                typename Quantized<In>::Requantize requantize, In* out,
                                size_t count) {
  using Requantize = typename Quantized<In>::Requantize;
  // All in locals: results are bytes, which may alias anything that is not.
  const int32_t kernel_w = kKernel > 0 ? kKernel : w.kernel_w;
  const int32_t pairs = kKernel > 0 ? (kKernel + 1) / 2 : DepthwiseRowShape(w).pairs;
  const int32_t tap_step = w.dilation_w * pairs * kDepthwisePair;
  const int32_t output_step = w.stride_w * pairs * kDepthwisePair;
  const int32_t out_w = w.out_w, out_c = w.out_c;
  const typename Requantize::Scales scales(scale);
  // `kOutputs` neighbours from `x` on.
  const auto compute = [=]<int kOutputs>(int32_t x) {
    typename Requantize::template Sums<kOutputs> sums(bias);
    v128_t(&low)[kOutputs] = sums.low, (&high)[kOutputs] = sums.high;
    const int16_t* taps = columns + x * output_step;
    const int16_t* tap_weights = weights;
    for (int32_t kx = 0; kx < kernel_w; ++kx, taps += tap_step) {
      for (int32_t pair = 0; pair < pairs; ++pair, tap_weights += kDepthwisePair) {
        const v128_t weights_low = wasm_v128_load(tap_weights);
        const v128_t weights_high = wasm_v128_load(tap_weights + 8);
        for (int i = 0; i < kOutputs; ++i) {
          const int16_t* tap = taps + i * output_step + pair * kDepthwisePair;
          low[i] = wasm_i32x4_add(low[i], wasm_i32x4_dot_i16x8(wasm_v128_load(tap), weights_low));
          high[i] =
              wasm_i32x4_add(high[i], wasm_i32x4_dot_i16x8(wasm_v128_load(tap + 8), weights_high));
        }
      }
    }
    for (int i = 0; i < kOutputs; ++i) {
      StoreUpTo8(out + (x + i) * out_c, requantize(sums, i, scales), count);
    }
  };
  if (out_w == 1) return compute.template operator()<1>(0);
  int32_t x = 0;
  for (; x + 4 <= out_w; x += 4) compute.template operator()<4>(x);
  // The last two may include one for the second time.
  for (; x < out_w; x += 2) compute.template operator()<2>(std::min(x, out_w - 2));
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_ROW_H_
