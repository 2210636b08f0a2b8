// The inner loops of the quantised depthwise convolution: a band of one or two rows of outputs by 8
// channels. Two rows of the image at a time are interleaved and widened, column by column, so that
// one i32x4.dot_i16x8_s takes two taps of a channel that lie above each other, and all windows that
// a column is in share it, those of both rows of the band too.

#ifndef WRANGLET_KERNELS_DEPTHWISE_ROW_H_
#define WRANGLET_KERNELS_DEPTHWISE_ROW_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/quantized.h"
#include "kernels/simd.h"
#include "kernels/tile_pairs.h"

namespace wranglet {

// Channels a packed block of a depthwise filter holds, and are computed together.
inline constexpr int32_t kDepthwiseChannels = 8;

// The most taps a window may have (11x11 and then some): the float32 kernel has their addresses on
// the stack.
inline constexpr int32_t kMaxDepthwiseTaps = 128;

// Elements (int16) a pair of taps takes when it is interleaved and widened: 8 channels by 2.
inline constexpr int32_t kDepthwisePair = 16;

// The side of a square kernel, and the stride in both directions, that loops are unrolled for; 0
// where they are not.
struct DepthwiseCase {
  int32_t kernel = 0, stride = 0;

  constexpr explicit DepthwiseCase(const WindowShape& w) {
    const bool is_square = w.kernel_h == w.kernel_w && w.stride_h == w.stride_w;
    const bool is_usual = (w.kernel_h == 3 || w.kernel_h == 5) && w.stride_h <= 2;
    if (is_square && is_usual && w.dilation_h == 1 && w.dilation_w == 1 && w.out_h > 1) {
      kernel = w.kernel_h, stride = w.stride_h;
    }
  }
};

// Calls `use.operator()<kernel, stride>()` with the window's case. Inlined where the window is a
// constant, so that a module has the cases it needs.
template <typename Use>
WRANGLET_INLINE inline void WithDepthwiseCase(const WindowShape& w, Use&& use) {
  const DepthwiseCase unrolled(w);
  if (unrolled.kernel == 3 && unrolled.stride == 1) return use.template operator()<3, 1>();
  if (unrolled.kernel == 3) return use.template operator()<3, 2>();
  if (unrolled.kernel == 5 && unrolled.stride == 1) return use.template operator()<5, 1>();
  if (unrolled.kernel == 5) return use.template operator()<5, 2>();
  use.template operator()<0, 0>();
}

// How a band is computed: all constants of the network. In the unrolled cases it has two rows,
// whose windows overlap: with stride 1 both read the same pairs, the second row's window beginning
// with the second half of the first pair; with stride 2 it begins with the second pair.
struct DepthwiseBand {
  int32_t rows;       // of outputs
  int32_t pairs;      // of rows of the image; what is odd is paired with a row whose weights are 0
  int32_t row_pairs;  // of these, in the windows of one row of outputs
  int32_t columns;    // of the image, padding included, that the windows cover
  int32_t filters;    // forms of the filter: one, or one for each row

  constexpr explicit DepthwiseBand(const WindowShape& w)
      : rows(DepthwiseCase(w).kernel > 0 ? 2 : 1),
        pairs((w.kernel_h + (rows - 1) * w.stride_h + 1) / 2),
        row_pairs(DepthwiseCase(w).stride == 1 ? pairs : (w.kernel_h + 1) / 2),
        columns((w.out_w - 1) * w.stride_w + (w.kernel_w - 1) * w.dilation_w + 1),
        filters(DepthwiseCase(w).stride == 1 ? 2 : 1) {}

  // In int16: weights [filters][kernel_w][row_pairs], columns [columns][pairs].
  constexpr size_t WeightElements(const WindowShape& w) const {
    return Elements(filters * w.kernel_w * row_pairs);
  }
  constexpr size_t ColumnElements() const { return Elements(columns * pairs); }

 private:
  static constexpr size_t Elements(int32_t count) {
    return static_cast<size_t>(count) * static_cast<size_t>(kDepthwisePair);
  }
};

// Calls `compute(image, out_y, out)` for each band of `rows` rows of outputs: the first is out_y,
// and begins at out. The last band may include a row for the second time.
template <typename In, typename Compute>
inline void ForEachDepthwiseBand(const WindowShape& w, int32_t rows, const In* input, In* output,
                                 Compute&& compute) {
  for (int32_t batch = 0; batch < w.batch; ++batch) {
    for (int32_t y = 0; y < w.out_h; y += rows) {
      const int32_t out_y = std::min(y, w.out_h - rows);
      compute(input, out_y, output + out_y * w.out_w * w.out_c);
    }
    input += static_cast<size_t>(w.in_h) * static_cast<size_t>(w.in_w * w.in_c);
    output += static_cast<size_t>(w.out_h) * static_cast<size_t>(w.out_w * w.out_c);
  }
}

// Calls `compute.operator()<count>(x)` until all outputs of a row are computed, `count` neighbours
// from x on at a time: by fours, where their sums fit in registers, else by twos. The last two may
// include one for the second time.
template <bool kByFours, typename Compute>
inline void ForEachDepthwiseOutputs(int32_t out_w, Compute&& compute) {
  if (out_w == 1) return compute.template operator()<1>(0);
  int32_t x = 0;
  if constexpr (kByFours) {
    for (; x + 4 <= out_w; x += 4) compute.template operator()<4>(x);
  }
  for (; x < out_w; x += 2) compute.template operator()<2>(std::min(x, out_w - 2));
}

// Writes what two taps, or two columns of weights, of 8 channels are to the dot product: int16,
// first and second in turn.
inline void StoreDepthwisePair(v128_t first, v128_t second, int16_t* to) {
  wasm_v128_store(to, wasm_i16x8_shuffle(first, second, 0, 8, 1, 9, 2, 10, 3, 11));
  wasm_v128_store(to + 8, wasm_i16x8_shuffle(first, second, 4, 12, 5, 13, 6, 14, 7, 15));
}

// Writes a packed block of weights, [kernel_h][kernel_w][8], as [kernel_w][row_pairs] pairs, of
// which the first begins with `first` (0 or -1), a row of the kernel; rows that it has not weigh 0.
template <typename Weight>
inline void WidenDepthwiseWeights(const WindowShape& w, int32_t row_pairs, int32_t first,
                                  const Weight* block, int16_t* to) {
  const int32_t kernel_h = w.kernel_h, kernel_w = w.kernel_w;
  const auto row_of = [=](int32_t ky, int32_t kx) {
    return ky >= 0 && ky < kernel_h
               ? tile_internal::LoadWide(block + (ky * kernel_w + kx) * kDepthwiseChannels)
               : wasm_i16x8_splat(0);
  };
  for (int32_t kx = 0; kx < kernel_w; ++kx) {
    for (int32_t pair = 0; pair < row_pairs; ++pair, to += kDepthwisePair) {
      StoreDepthwisePair(row_of(first + 2 * pair, kx), row_of(first + 2 * pair + 1, kx), to);
    }
  }
}

// Interleaves the rows of `image` under the windows of the band from output row `out_y` on, by
// twos, into `columns`, for 8 output channels, which `load` (pixel -> int16) fetches. Only columns
// inside the image are written. `fill` is a pixel of zero points, which stands for rows outside the
// image.
template <typename In, typename Load>
WRANGLET_NOINLINE inline void InterleaveDepthwiseRows(const WindowShape& w,
                                                      const DepthwiseBand& band, const In* image,
                                                      int32_t out_y, const In* fill,
                                                      int16_t* columns, Load&& load) {
  const int32_t step = band.pairs * kDepthwisePair;
  const int32_t width = std::min(w.in_w, band.columns - w.pad_left);
  const int32_t kernel_rows = w.kernel_h + (band.rows - 1) * w.stride_h;
  for (int32_t pair = 0; pair < band.pairs; ++pair) {
    const In* rows[2] = {fill, fill};
    int32_t steps[2] = {0, 0};
    for (int32_t i = 0; i < 2; ++i) {
      const int32_t ky = pair * 2 + i;
      const int32_t y = out_y * w.stride_h - w.pad_top + ky * w.dilation_h;
      if (ky >= kernel_rows || y < 0 || y >= w.in_h) continue;
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

// Rows of outputs that read the same pairs, 8 channels of each, of which `count` are stored from
// `out` on: two with stride 1, else one. `columns` and `weights` are interleaved, `bias` and
// `scale` a packed block. kKernel and kStride are those of a DepthwiseCase.
template <int kKernel, int kStride, typename Requantize>
WRANGLET_NOINLINE inline void ComputeDepthwiseRows(const WindowShape& w, const int16_t* columns,
                                                   const int16_t* weights,
                                                   const typename Requantize::Bias* bias,
                                                   const typename Requantize::Scale* scale,
                                                   const Requantize& requantize,
                                                   typename Requantize::Out* out, size_t count) {
  // All in locals: results are bytes, which may alias anything that is not.
  constexpr int kRows = kStride == 1 ? 2 : 1;
  const DepthwiseBand band(w);
  const int32_t kernel_w = kKernel > 0 ? kKernel : w.kernel_w;
  const int32_t pairs = kKernel > 0 ? (kKernel + kStride + 1) / 2 : band.pairs;
  const int32_t row_pairs = kKernel > 0 ? (kKernel + kRows) / 2 : band.row_pairs;
  const int32_t row_weights = kernel_w * row_pairs * kDepthwisePair;
  const int32_t tap_step = (kKernel > 0 ? 1 : w.dilation_w) * pairs * kDepthwisePair;
  const int32_t output_step = (kStride > 0 ? kStride : w.stride_w) * pairs * kDepthwisePair;
  const int32_t out_w = w.out_w, out_c = w.out_c;
  // `kOutputs` neighbours from `x` on, in each row.
  const auto compute = [=, &requantize]<int kOutputs>(int32_t x) {
    typename Requantize::template Sums<kRows * kOutputs> sums(bias);
    const int16_t* taps = columns + x * output_step;
    const int16_t* tap_weights = weights;
#pragma clang loop unroll(disable)
    for (int32_t kx = 0; kx < kernel_w; ++kx, taps += tap_step) {
#pragma clang loop unroll(disable)
      for (int32_t pair = 0; pair < row_pairs; ++pair, tap_weights += kDepthwisePair) {
        // One half of the channels after the other, so that all operands fit in registers.
        for (int half = 0; half < 2; ++half) {
          v128_t weight[kRows];
          for (int row = 0; row < kRows; ++row) {
            weight[row] = wasm_v128_load(tap_weights + row * row_weights + half * 8);
          }
          v128_t* const sum = half == 0 ? sums.low : sums.high;
          for (int i = 0; i < kOutputs; ++i) {
            const v128_t tap =
                wasm_v128_load(taps + i * output_step + pair * kDepthwisePair + half * 8);
            for (int row = 0; row < kRows; ++row) {
              v128_t& at = sum[row * kOutputs + i];
              at = wasm_i32x4_add(at, wasm_i32x4_dot_i16x8(tap, weight[row]));
            }
          }
        }
      }
    }
    ReloadConstants();
    const Requantize constants = requantize;
    const typename Requantize::Scales scales(scale);
    FinishSums(constants, sums, scales);
    for (int row = 0; row < kRows; ++row) {
      for (int i = 0; i < kOutputs; ++i) {
        StoreUpTo8(out + (row * out_w + x + i) * out_c, constants(sums, row * kOutputs + i, scales),
                   count);
      }
    }
  };
  ForEachDepthwiseOutputs<kRows == 1>(out_w, compute);
}

// The band from `out` on.
template <int kKernel, int kStride, typename Requantize>
inline void ComputeDepthwiseBand(const WindowShape& w, const int16_t* columns,
                                 const int16_t* weights, const typename Requantize::Bias* bias,
                                 const typename Requantize::Scale* scale,
                                 const Requantize& requantize, typename Requantize::Out* out,
                                 size_t count) {
  ComputeDepthwiseRows<kKernel, kStride>(w, columns, weights, bias, scale, requantize, out, count);
  if (kStride != 2) return;
  ComputeDepthwiseRows<kKernel, kStride>(w, columns + kDepthwisePair, weights, bias, scale,
                                         requantize, out + w.out_w * w.out_c, count);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_ROW_H_
