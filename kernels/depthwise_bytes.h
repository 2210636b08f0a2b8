// Depthwise convolution of int8 by int8 where products of unsigned bytes have an instruction: 8
// channels of one or two rows of outputs at a time. Four rows of the image are interleaved, column
// by column, so that ByteDotAdd takes four taps of a channel that lie above each other, or PairDot
// twice two, and all windows that a column is in share it, those of both rows of outputs too: the
// second row's filter is the first's, moved down by one. Pairs are every other row, since the taps
// in the middle of a filter are its largest. Where pixels have fewer than 16 channels, a vector
// holds several of them.

#ifndef WRANGLET_KERNELS_DEPTHWISE_BYTES_H_
#define WRANGLET_KERNELS_DEPTHWISE_BYTES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/byte_dot.h"
#include "kernels/depthwise_pixels.h"
#include "kernels/depthwise_row.h"
#include "kernels/pair_dot.h"
#include "kernels/params.h"
#include "kernels/quantized.h"
#include "kernels/simd.h"

namespace wranglet {

// How outputs are computed: all constants of the network.
struct DepthwiseByteBand {
  // Bytes that four taps of 8 channels take.
  static constexpr int32_t kQuad = 4 * kDepthwiseChannels;
  static constexpr int32_t kGroup = kDepthwiseGroup;

  int32_t rows;         // of outputs: two where they share most of their input
  int32_t quads;        // of rows of the image; rows that there are not weigh 0
  int32_t columns;      // of the image, padding included, that the windows cover
  int32_t column_step;  // bytes from a column to the next
  int32_t quad_step;    // bytes from a quad of rows to the next

  constexpr explicit DepthwiseByteBand(const WindowShape& w)
      : rows(DepthwiseCase(w).stride == 1 ? 2 : 1),
        quads((w.kernel_h + rows - 1 + 3) / 4),
        columns((w.out_w - 1) * w.stride_w + (w.kernel_w - 1) * w.dilation_w + 1),
        column_step(4 * (DepthwisePixelsOf(w) == DepthwisePixels::kStream ? w.in_c : kGroup)),
        quad_step((columns * column_step + 15) / 16 * 16 + 4 * kGroup) {}

  static constexpr int32_t Blocks(const WindowShape& w) {
    return (w.out_c + kDepthwiseChannels - 1) / kDepthwiseChannels;
  }
  // Of a block of channels: [rows][kernel_w][quads].
  constexpr size_t WeightBytes(const WindowShape& w) const {
    return static_cast<size_t>(rows * w.kernel_w * quads * kQuad);
  }
  // [quads][columns], behind each quad's some that are written or multiplied by 0, but mean
  // nothing.
  constexpr size_t ColumnBytes() const { return static_cast<size_t>(quads * quad_step); }
};

// Weights and biases of all channels, interleaved; a group of columns; fill values.
constexpr size_t DepthwiseByteScratch(const WindowShape& w) {
  const DepthwiseByteBand band(w);
  return static_cast<size_t>(band.Blocks(w)) *
             (band.WeightBytes(w) + sizeof(int32_t) * kDepthwiseChannels) +
         band.ColumnBytes() + DepthwiseByteBand::kGroup;
}

namespace depthwise_bytes_internal {

// Writes four rows of 8 bytes, the lower or the upper ones, as 8 lanes of four: rows 0, 2, 1, 3.
template <int kHalf>
inline void StoreQuad(const v128_t (&rows)[4], void* to) {
  constexpr int b = kHalf * 8;
  const v128_t even =
      wasm_i8x16_shuffle(rows[0], rows[2], b, b + 16, b + 1, b + 17, b + 2, b + 18, b + 3, b + 19,
                         b + 4, b + 20, b + 5, b + 21, b + 6, b + 22, b + 7, b + 23);
  const v128_t odd =
      wasm_i8x16_shuffle(rows[1], rows[3], b, b + 16, b + 1, b + 17, b + 2, b + 18, b + 3, b + 19,
                         b + 4, b + 20, b + 5, b + 21, b + 6, b + 22, b + 7, b + 23);
  auto* const bytes = static_cast<uint8_t*>(to);
  wasm_v128_store(bytes, wasm_i16x8_shuffle(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
  wasm_v128_store(bytes + 16, wasm_i16x8_shuffle(even, odd, 4, 12, 5, 13, 6, 14, 7, 15));
}

// Interleaves a packed block of weights, [kernel_h][kernel_w][8], for each row of outputs, and
// takes off the bias what moving activations by 128 adds.
inline void InterleaveWeights(const WindowShape& w, const DepthwiseByteBand& band,
                              const int8_t* block, const int32_t* bias, int8_t* weights,
                              int32_t* moved_bias) {
  const v128_t none = wasm_i32x4_splat(0);
  v128_t sums[2] = {none, none};
  for (int32_t row = 0; row < band.rows; ++row) {
    for (int32_t kx = 0; kx < w.kernel_w; ++kx) {
      for (int32_t quad = 0; quad < band.quads; ++quad, weights += band.kQuad) {
        v128_t taps[4];
        for (int32_t i = 0; i < 4; ++i) {
          const int32_t ky = 4 * quad + i - row;
          taps[i] = ky >= 0 && ky < w.kernel_h
                        ? wasm_v128_load64_zero(block + (ky * w.kernel_w + kx) * kDepthwiseChannels)
                        : none;
        }
        StoreQuad<0>(taps, weights);
        for (int half = 0; half < 2 && row == 0; ++half) {
          const v128_t pairs =
              wasm_i16x8_extadd_pairwise_i8x16(wasm_v128_load(weights + half * 16));
          sums[half] = wasm_i32x4_add(sums[half], wasm_i32x4_extadd_pairwise_i16x8(pairs));
        }
      }
    }
  }
  for (int half = 0; half < 2; ++half) {
    wasm_v128_store(moved_bias + half * 4,
                    wasm_i32x4_sub(wasm_v128_load(bias + half * 4), wasm_i32x4_shl(sums[half], 7)));
  }
}

// Interleaves the rows of `image`, from its byte `first` on, under the windows of the band from
// output row `out_y` on into `columns`; `load` (address -> vector) fetches a piece. Only columns
// inside the image are written. `fill` are zero points, which stand for rows outside the image.
template <bool kIsStream, typename Load>
WRANGLET_NOINLINE inline void InterleaveRows(const WindowShape& w, const DepthwiseByteBand& band,
                                             const int8_t* image, int32_t first, int32_t out_y,
                                             const int8_t* fill, const Pieces& pieces,
                                             uint8_t* columns, Load load) {
  const int32_t kernel_rows = w.kernel_h + (band.rows - 1) * w.stride_h;
  const int32_t evenly_spaced = pieces.count - (kIsStream ? 1 : 0);
  const v128_t sign = wasm_i8x16_splat(-128);
  for (int32_t quad = 0; quad < band.quads; ++quad) {
    const int8_t* rows[4];
    int32_t steps[4];
    for (int32_t i = 0; i < 4; ++i) {
      const int32_t ky = quad * 4 + i;
      const int32_t y = out_y * w.stride_h - w.pad_top + ky * w.dilation_h;
      const bool inside = ky < kernel_rows && y >= 0 && y < w.in_h;
      rows[i] = inside ? image + first + static_cast<ptrdiff_t>(y) * w.in_w * w.in_c : fill;
      steps[i] = inside ? pieces.step : 0;
    }
    const auto interleave = [=](const int8_t* row0, const int8_t* row1, const int8_t* row2,
                                const int8_t* row3, uint8_t* to) {
      const v128_t bytes[4] = {wasm_v128_xor(load(row0), sign), wasm_v128_xor(load(row1), sign),
                               wasm_v128_xor(load(row2), sign), wasm_v128_xor(load(row3), sign)};
      StoreQuad<0>(bytes, to);
      StoreQuad<1>(bytes, to + DepthwiseByteBand::kQuad);
    };
    const int8_t *row0 = rows[0], *row1 = rows[1], *row2 = rows[2], *row3 = rows[3];
    const int32_t step0 = steps[0], step1 = steps[1], step2 = steps[2], step3 = steps[3];
    uint8_t* to = columns + w.pad_left * band.column_step + quad * band.quad_step;
    for (int32_t i = 0; i < evenly_spaced; ++i, to += 4 * DepthwiseByteBand::kGroup) {
      interleave(row0, row1, row2, row3, to);
      row0 += step0, row1 += step1, row2 += step2, row3 += step3;
    }
    if constexpr (kIsStream) {
      const auto nearer = [&](const int8_t* row, int32_t row_step) {
        return row_step == 0 ? row : row - pieces.overlap;
      };
      interleave(nearer(row0, step0), nearer(row1, step1), nearer(row2, step2), nearer(row3, step3),
                 to - 4 * pieces.overlap);
    }
  }
}

// A band of outputs, 8 channels of each, of which `count` are stored from `out` on. kKernel and
// kStride are those of a DepthwiseCase; kByPairs tells which instruction multiplies.
template <int kKernel, int kStride, DepthwisePixels kPixels, bool kByPairs>
WRANGLET_NOINLINE inline void ComputeBand(const WindowShape& w, const DepthwiseByteBand& band,
                                          const uint8_t* columns, const int8_t* weights,
                                          const int32_t* bias, const float* scale,
                                          const RequantizeInt8& requantize, int8_t* out,
                                          size_t count) {
  // All in locals: results are bytes, which may alias anything that is not.
  constexpr int kRows = kStride == 1 ? 2 : 1;
  constexpr int32_t kQuad = DepthwiseByteBand::kQuad;
  const int32_t kernel_w = kKernel > 0 ? kKernel : w.kernel_w;
  const int32_t quads = kKernel > 0 ? (kKernel + kRows + 2) / 4 : band.quads;
  const int32_t row_weights = kernel_w * quads * kQuad;
  const int32_t column_step =
      kPixels == DepthwisePixels::kStream ? band.column_step : 4 * DepthwiseByteBand::kGroup;
  const int32_t tap_step = (kKernel > 0 ? 1 : w.dilation_w) * column_step;
  const int32_t output_step = (kStride > 0 ? kStride : w.stride_w) * column_step;
  const int32_t quad_step = band.quad_step;
  const int32_t out_w = w.out_w, out_c = w.out_c;
  // `kOutputs` neighbours from `x` on, in each row.
  const auto compute = [=, &requantize]<int kOutputs>(int32_t x) {
    RequantizeInt8::Sums<kRows * kOutputs> sums(bias);
    const AddProducts<kByPairs> add;
    const uint8_t* taps = columns + x * output_step;
    const int8_t* tap_weights = weights;
#pragma clang loop unroll(disable)
    for (int32_t kx = 0; kx < kernel_w; ++kx, taps += tap_step) {
      for (int32_t quad = 0; quad < quads; ++quad, tap_weights += kQuad) {
        // One half of the channels after the other, so that all operands fit in registers.
        for (int half = 0; half < 2; ++half) {
          v128_t weight[kRows];
          for (int row = 0; row < kRows; ++row) {
            weight[row] = wasm_v128_load(tap_weights + row * row_weights + half * 16);
          }
          v128_t* const sum = half == 0 ? sums.low : sums.high;
          for (int i = 0; i < kOutputs; ++i) {
            const v128_t tap =
                wasm_v128_load(taps + i * output_step + quad * quad_step + half * 16);
            for (int row = 0; row < kRows; ++row) {
              v128_t& at = sum[row * kOutputs + i];
              at = add(weight[row], tap, at);
            }
          }
        }
      }
    }
    ReloadConstants();
    const RequantizeInt8 constants = requantize;
    const RequantizeInt8::Scales scales(scale);
    for (int row = 0; row < kRows; ++row) {
      for (int i = 0; i < kOutputs; i += 2) {
        v128_t wide[2];
        for (int j = 0; j < 2; ++j) {
          const int at = row * kOutputs + std::min(i + j, kOutputs - 1);
          wide[j] = constants.WidenBounded(sums.low[at], sums.high[at], scales.low, scales.high);
        }
        const v128_t both = constants.NarrowBounded(wide[0], wide[1]);
        int8_t* const to = out + (row * out_w + x + i) * out_c;
        StoreUpTo8(to, both, count);
        if (i + 1 < kOutputs) StoreUpperUpTo8(to + out_c, both, count);
      }
    }
  };
  // Four outputs at a time would gain 4 % of a stride of 2 by pairs too, and take a kilobyte more.
  ForEachDepthwiseOutputs<!kByPairs && kRows == 1>(out_w, compute);
}

// Interleaves the channels of output channels `c` to `c` + kGroup - 1, or all where pixels have
// fewer. Returns which of the output channels is first in `columns`.
template <DepthwisePixels kPixels>
inline int32_t InterleaveGroup(const WindowShape& w, const DepthwiseByteBand& band,
                               const int8_t* image, int32_t c, int32_t out_y, const int8_t* fill,
                               uint8_t* columns) {
  const int32_t width = std::min(w.in_w, band.columns - w.pad_left);
  return ForGroup<kPixels>(w, c, width, fill, [&](int32_t first, const Pieces& pieces, auto load) {
    InterleaveRows<kPixels == DepthwisePixels::kStream>(w, band, image, first, out_y, fill, pieces,
                                                        columns, load);
  });
}

}  // namespace depthwise_bytes_internal

// ComputeBand of any case.
using DepthwiseBandFunction = void (*)(const WindowShape& w, const DepthwiseByteBand& band,
                                       const uint8_t* columns, const int8_t* weights,
                                       const int32_t* bias, const float* scale,
                                       const RequantizeInt8& requantize, int8_t* out, size_t count);

// The one of {kKernel, kStride}, a DepthwiseCase, that computes here; where
// MultipliesBytes<kFit>().
template <int kKernel, int kStride, DepthwisePixels kPixels, bool kFit>
inline DepthwiseBandFunction DepthwiseBandBy() {
  using namespace depthwise_bytes_internal;
  if (MultipliesPairs<kFit>()) return ComputeBand<kKernel, kStride, kPixels, true>;
  return ComputeBand<kKernel, kStride, kPixels, false>;
}

// DepthwiseConv2d by bytes, `compute` being DepthwiseBandBy; `scratch`, of DepthwiseByteScratch,
// begins at a multiple of 16. kPixels is the window's DepthwisePixelsOf.
template <DepthwisePixels kPixels>
WRANGLET_NOINLINE inline void DepthwiseByBytes(const WindowShape& w, int32_t input_zero_point,
                                               const RequantizeInt8& requantize,
                                               const int8_t* input, const int8_t* packed_filter,
                                               const int32_t* bias, const float* scale,
                                               int8_t* output, void* scratch,
                                               DepthwiseBandFunction compute) {
  using namespace depthwise_bytes_internal;
  const DepthwiseByteBand band(w);
  const int32_t blocks = band.Blocks(w);
  const size_t block_weights = band.WeightBytes(w);
  auto* const moved_bias = static_cast<int32_t*>(scratch);
  auto* const weights = reinterpret_cast<int8_t*>(moved_bias + blocks * kDepthwiseChannels);
  auto* const columns = reinterpret_cast<uint8_t*>(weights + blocks * block_weights);
  auto* const fill = reinterpret_cast<int8_t*>(columns + band.ColumnBytes());
  std::fill_n(fill, band.kGroup, static_cast<int8_t>(input_zero_point));
  // Columns outside the image are the same for all rows and channels.
  std::fill_n(columns, band.ColumnBytes(), static_cast<uint8_t>(input_zero_point + 128));
  for (int32_t block = 0; block < blocks; ++block) {
    const int32_t c = block * kDepthwiseChannels;
    InterleaveWeights(w, band, packed_filter + c * w.kernel_h * w.kernel_w, bias + c,
                      weights + block * block_weights, moved_bias + c);
  }
  const auto compute_band = [&](const int8_t* image, int32_t out_y, int8_t* out) {
    for (int32_t group = 0; group < w.out_c; group += band.kGroup) {
      const int32_t first = InterleaveGroup<kPixels>(w, band, image, group, out_y, fill, columns);
      const int32_t end = std::min(group + band.kGroup, w.out_c);
      for (int32_t c = group; c < end; c += kDepthwiseChannels) {
        compute(w, band, columns + 4 * (c - first),
                weights + c / kDepthwiseChannels * block_weights, moved_bias + c, scale + c,
                requantize, out + c, static_cast<size_t>(w.out_c - c));
      }
    }
  };
  ForEachDepthwiseBand(w, band.rows, input, output, compute_band);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_BYTES_H_
