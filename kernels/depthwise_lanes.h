// Depthwise convolution of int8 by int8 whose sums fit int16, bias included: they stay there from
// the products (PairDot) to the requantisation (requantize_lanes.h), 8 channels in a vector. Two
// rows of the image at a time are interleaved, column by column, so that PairDot takes two taps
// that lie above each other. The next band of outputs begins two rows further down, so each row is
// interleaved once.

#ifndef WRANGLET_KERNELS_DEPTHWISE_LANES_H_
#define WRANGLET_KERNELS_DEPTHWISE_LANES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/depthwise_pixels.h"
#include "kernels/depthwise_row.h"
#include "kernels/pair_dot.h"
#include "kernels/params.h"
#include "kernels/requantize_lanes.h"
#include "kernels/simd.h"

namespace wranglet {

// How outputs are computed: all constants of the network.
struct DepthwiseLaneBand {
  // Pairs of rows that any window lies in.
  static constexpr int32_t kMostPairs = 3;
  // Bytes that two taps of 8 channels take.
  static constexpr int32_t kPair = 2 * kDepthwiseChannels;

  int32_t rows;         // of outputs
  int32_t pairs;        // of rows of the image that their windows lie in
  int32_t columns;      // of the image, padding included, that the windows cover
  int32_t column_step;  // bytes from a column to the next
  int32_t pair_step;    // bytes from a pair of rows to the next

  constexpr explicit DepthwiseLaneBand(const WindowShape& w)
      : rows(w.stride_h == 1 ? 2 : 1),
        pairs((w.kernel_h + rows) / 2),
        columns((w.out_w - 1) * w.stride_w + w.kernel_w),
        column_step(2 * std::min(w.in_c, kDepthwiseGroup)),
        pair_step((columns * column_step + 15) / 16 * 16 + 2 * kDepthwiseGroup) {}

  // Whether the window is of a case that loops are unrolled for.
  static constexpr bool Serves(const WindowShape& w) {
    return DepthwiseCase(w).kernel > 0 && w.in_c == w.out_c;
  }

  // Of 8 channels: [kernel_w][pairs][rows].
  constexpr int32_t WeightBytes(const WindowShape& w) const {
    return w.kernel_w * pairs * rows * kPair;
  }
};

// Pairs of rows, weights of a group of channels, fill values.
constexpr size_t DepthwiseLaneScratch(const WindowShape& w) {
  const DepthwiseLaneBand band(w);
  return static_cast<size_t>(band.pairs * band.pair_step + 2 * band.WeightBytes(w) +
                             kDepthwiseGroup);
}

namespace depthwise_lanes_internal {

// 8 bytes of each, from the kFirst-th on, in turn.
template <int kFirst>
inline v128_t Interleaved(v128_t a, v128_t b) {
  constexpr int i = kFirst, j = kFirst + 16;
  return wasm_i8x16_shuffle(a, b, i, j, i + 1, j + 1, i + 2, j + 2, i + 3, j + 3, i + 4, j + 4,
                            i + 5, j + 5, i + 6, j + 6, i + 7, j + 7);
}

// Where the sums of 8 channels start, the bias less what moving activations by 128 adds, and their
// multipliers. (Saturating is for channels whose weights are all 0.)
inline void StoreLaneConstants(const int8_t* block, int32_t taps, const int32_t* bias,
                               const float* scale, int16_t* starts, int16_t* multipliers) {
  v128_t sum = wasm_i16x8_splat(0);
  for (int32_t tap = 0; tap < taps; ++tap) {
    sum = wasm_i16x8_add(sum, wasm_i16x8_load8x8(block + tap * kDepthwiseChannels));
  }
  const auto moved = [&](v128_t of, int32_t first) {
    return wasm_i32x4_sub(wasm_v128_load(bias + first), wasm_i32x4_shl(of, 7));
  };
  wasm_v128_store(starts, wasm_i16x8_narrow_i32x4(moved(wasm_i32x4_extend_low_i16x8(sum), 0),
                                                  moved(wasm_i32x4_extend_high_i16x8(sum), 4)));
  const auto rounded = [&](int32_t first) {
    return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(
        wasm_f32x4_mul(wasm_v128_load(scale + first), wasm_f32x4_splat(kLaneUnit))));
  };
  wasm_v128_store(multipliers, wasm_i16x8_narrow_i32x4(rounded(0), rounded(4)));
}

// Interleaves a packed block of weights, [kernel_h][kernel_w][8].
template <int kKernel, int kRows>
inline void InterleaveWeights(const int8_t* block, int8_t* weights) {
  for (int kx = 0; kx < kKernel; ++kx) {
    v128_t taps[kKernel];
    for (int ky = 0; ky < kKernel; ++ky) {
      taps[ky] = wasm_v128_load64_zero(block + (ky * kKernel + kx) * kDepthwiseChannels);
    }
    const auto tap = [&](int ky) {
      return ky >= 0 && ky < kKernel ? taps[ky] : wasm_i8x16_splat(0);
    };
    for (int pair = 0; pair < (kKernel + kRows) / 2; ++pair) {
      for (int row = 0; row < kRows; ++row, weights += DepthwiseLaneBand::kPair) {
        wasm_v128_store(weights, Interleaved<0>(tap(2 * pair - row), tap(2 * pair - row + 1)));
      }
    }
  }
}

// Interleaves row `y` of the image, from its byte `first` on, and the next into `to`; `load`
// fetches a piece of them. Only columns inside the image are written. `fill` are zero points, which
// stand for rows outside the image.
template <bool kIsStream, typename Load>
WRANGLET_NOINLINE inline void InterleavePair(const WindowShape& w, const int8_t* image,
                                             int32_t first, int32_t y, const int8_t* fill,
                                             const Pieces& pieces, uint8_t* to, Load load) {
  const v128_t sign = wasm_i8x16_splat(-128);
  const int8_t* rows[2];
  int32_t steps[2], overlaps[2];
  for (int32_t i = 0; i < 2; ++i) {
    const bool inside = y + i >= 0 && y + i < w.in_h;
    rows[i] = inside ? image + first + static_cast<ptrdiff_t>(y + i) * w.in_w * w.in_c : fill;
    steps[i] = inside ? pieces.step : 0;
    overlaps[i] = inside ? pieces.overlap : 0;
  }
  const auto interleave = [=](const int8_t* above, const int8_t* below, uint8_t* into) {
    const v128_t a = wasm_v128_xor(load(above), sign), b = wasm_v128_xor(load(below), sign);
    wasm_v128_store(into, Interleaved<0>(a, b));
    wasm_v128_store(into + 16, Interleaved<8>(a, b));
  };
  const int8_t *above = rows[0], *below = rows[1];
  const int32_t above_step = steps[0], below_step = steps[1];
  const int32_t evenly_spaced = pieces.count - (kIsStream ? 1 : 0);
  for (int32_t i = 0; i < evenly_spaced; ++i, to += 2 * kDepthwiseGroup) {
    interleave(above, below, to);
    above += above_step, below += below_step;
  }
  if (kIsStream) interleave(above - overlaps[0], below - overlaps[1], to - 2 * pieces.overlap);
}

// A band of outputs, 8 channels of each, of which `count` are stored from `out` on; the second row
// `row_step` further. The windows lie in `pairs`.
template <int kKernel, int kStride, bool kIsStream>
WRANGLET_NOINLINE inline void ComputeLanes(const WindowShape& w, const uint8_t* const* pairs,
                                           const int8_t* weights, const int16_t* bias,
                                           const int16_t* multiplier,
                                           const RequantizeLanes& requantize, int8_t* out,
                                           int32_t row_step, size_t count) {
  // All in locals: results are bytes, which may alias anything that is not.
  constexpr int kRows = kStride == 1 ? 2 : 1, kPairs = (kKernel + kRows) / 2;
  const int32_t column_step = 2 * (kIsStream ? w.in_c : kDepthwiseGroup);
  const int32_t out_w = w.out_w, out_c = w.out_c;
  const uint8_t* rows[kPairs];
  for (int pair = 0; pair < kPairs; ++pair) rows[pair] = pairs[pair];
  // `kOutputs` neighbours from `x` on, in each row.
  const auto compute = [=, &requantize]<int kOutputs>(int32_t x) {
    v128_t sums[kRows][kOutputs];
    const v128_t start = wasm_v128_load(bias);
    for (auto& row : sums) std::fill_n(row, kOutputs, start);
    const int8_t* at = weights;
    // Unrolled, columns that windows share would be loaded once, and spilled.
#pragma clang loop unroll(disable)
    for (int32_t column = x * kStride; column < x * kStride + kKernel; ++column) {
      for (int pair = 0; pair < kPairs; ++pair, at += kRows * DepthwiseLaneBand::kPair) {
        v128_t weight[kRows];
        for (int row = 0; row < kRows; ++row) {
          weight[row] = wasm_v128_load(at + row * DepthwiseLaneBand::kPair);
        }
        const uint8_t* const taps = rows[pair] + column * column_step;
        for (int i = 0; i < kOutputs; ++i) {
          const v128_t tap = wasm_v128_load(taps + i * kStride * column_step);
          for (int row = 0; row < kRows; ++row) {
            sums[row][i] = wasm_i16x8_add(sums[row][i], PairDot(weight[row], tap));
          }
        }
      }
    }
    ReloadConstants();
    const RequantizeLanes constants = requantize;
    const v128_t factor = wasm_v128_load(multiplier);
    // Where there is no second row left, what is stored for it is the first's, and stored over.
    for (int row = kRows - 1; row >= 0; --row) {
      for (int i = 0; i < kOutputs; i += 2) {
        const v128_t both =
            constants(sums[row][i], sums[row][std::min(i + 1, kOutputs - 1)], factor);
        int8_t* const to = out + row * row_step + (x + i) * out_c;
        StoreUpTo8(to, both, count);
        if (i + 1 < kOutputs) StoreUpperUpTo8(to + out_c, both, count);
      }
    }
  };
  ForEachDepthwiseOutputs<true>(out_w, compute);
}

}  // namespace depthwise_lanes_internal

// DepthwiseConv2d of a window that DepthwiseLaneBand serves, where use_pair_dot; LaneSums tells
// which filters. `scratch`, of DepthwiseLaneScratch, begins at a multiple of 16.
template <int kKernel, int kStride, DepthwisePixels kPixels>
WRANGLET_NOINLINE inline void DepthwiseByLanes(const WindowShape& w, int32_t input_zero_point,
                                               const Int8Output& output, const int8_t* input,
                                               const int8_t* packed_filter, const int32_t* bias,
                                               const float* scale, int8_t* out, void* scratch) {
  using namespace depthwise_lanes_internal;
  constexpr bool kIsStream = kPixels == DepthwisePixels::kStream;
  constexpr int kRows = kStride == 1 ? 2 : 1, kBlocks = kDepthwiseGroup / kDepthwiseChannels;
  const DepthwiseLaneBand band(w);
  const RequantizeLanes requantize(output);
  auto* const ring = static_cast<uint8_t*>(scratch);
  const int32_t ring_bytes = band.pairs * band.pair_step, block_weights = band.WeightBytes(w);
  auto* const weights = reinterpret_cast<int8_t*>(ring + ring_bytes);
  int8_t* const fill = weights + kBlocks * block_weights;
  std::fill_n(fill, kDepthwiseGroup, static_cast<int8_t>(input_zero_point));
  // Columns outside the image are the same for all rows and channels.
  std::fill_n(ring, ring_bytes, static_cast<uint8_t>(input_zero_point + 128));
  const int32_t width = std::min(w.in_w, band.columns - w.pad_left);
  const int32_t taps = w.kernel_h * w.kernel_w;
  alignas(16) int16_t starts[kBlocks][kDepthwiseChannels], multipliers[kBlocks][kDepthwiseChannels];
  for (int32_t group = 0; group < w.out_c; group += kDepthwiseGroup) {
    const int32_t blocks = (std::min(w.out_c - group, kDepthwiseGroup) + 7) / 8;
    for (int32_t b = 0; b < blocks; ++b) {
      const int32_t c = group + b * kDepthwiseChannels;
      InterleaveWeights<kKernel, kRows>(packed_filter + c * taps, weights + b * block_weights);
      StoreLaneConstants(packed_filter + c * taps, taps, bias + c, scale + c, starts[b],
                         multipliers[b]);
    }
    for (int32_t batch = 0; batch < w.batch; ++batch) {
      const int8_t* const image =
          input + static_cast<size_t>(batch) * static_cast<size_t>(w.in_h * w.in_w * w.in_c);
      int8_t* to = out +
                   static_cast<size_t>(batch) * static_cast<size_t>(w.out_h * w.out_w * w.out_c) +
                   group;
      // `pair` counts the rows of the image by twos from the first, of the padding, on.
      int32_t first = 0;
      const auto slot = [&](int32_t pair) { return ring + pair % band.pairs * band.pair_step; };
      const auto interleave = [&](int32_t pair) {
        first = ForGroup<kPixels>(
            w, group, width, fill, [&](int32_t channel, const Pieces& pieces, auto load) {
              InterleavePair<kIsStream>(w, image, channel, 2 * pair - w.pad_top, fill, pieces,
                                        slot(pair) + w.pad_left * band.column_step, load);
            });
      };
      for (int32_t pair = 0; pair + 1 < band.pairs; ++pair) interleave(pair);
      for (int32_t y = 0, pair = 0; y < w.out_h; y += kRows, ++pair) {
        interleave(pair + band.pairs - 1);
        for (int32_t b = 0; b < blocks; ++b) {
          const int32_t c = group + b * kDepthwiseChannels;
          const uint8_t* rows[DepthwiseLaneBand::kMostPairs];
          for (int32_t i = 0; i < band.pairs; ++i) rows[i] = slot(pair + i) + 2 * (c - first);
          ComputeLanes<kKernel, kStride, kIsStream>(
              w, rows, weights + b * block_weights, starts[b], multipliers[b], requantize,
              to + b * kDepthwiseChannels, y + 1 < w.out_h ? w.out_w * w.out_c : 0,
              static_cast<size_t>(w.out_c - c));
        }
        to += kRows * w.out_w * w.out_c;
      }
    }
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_LANES_H_
