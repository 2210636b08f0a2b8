// Convolution of int8 by int8 and windows of 3x3 by Winograd's F(4x4, 3x3): 16 outputs take 36
// products a channel instead of 144 (Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks", 2015). All of it is done in integers, and the bytes are those of the plain sums.
//
// At the points 0, 1, -1, 2, -2 and infinity the fractions have the denominators 4, 6 and 24. The
// filter's transformation is multiplied by 24, or 12 for the point at infinity, so that it is
// whole: then 24 outputs a direction are what comes out, 24 * 24 = 9 * 64 in both. Bytes
// transformed are below 2^15, for each of two transformations has coefficients that add up to -5 to
// 5, -2 to 8, or less; so are weights, as 12 * 12 * 128. Products are summed up modulo 2^32. The
// sum wanted, if it lies within 26 bits, is what these bits tell when they are divided by 9, which
// is to multiply by its inverse modulo 2^32, and by 64, a shift.

#ifndef WRANGLET_KERNELS_CONV2D_WINOGRAD_H_
#define WRANGLET_KERNELS_CONV2D_WINOGRAD_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/byte_dot.h"
#include "kernels/conv2d_band.h"
#include "kernels/im2col.h"
#include "kernels/params.h"
#include "kernels/quantized.h"
#include "kernels/requantize.h"
#include "kernels/simd.h"
#include "kernels/winograd_tiles.h"
#include "kernels/word_pairs.h"

namespace wranglet {

namespace winograd_internal {

using Tiles = WinogradTiles;
inline constexpr int32_t kSide = Tiles::kSide, kInputSide = Tiles::kInputSide;
inline constexpr int32_t kPoints = Tiles::kPoints, kGroup = Tiles::kGroup;
static_assert(Tiles::kColumns == kTileColumns && Tiles::kGroup == kWordRows);

inline v128_t Load(const int16_t* from, int32_t vector) {
  return wasm_v128_load(from + 8 * vector);
}
inline void Store(int16_t* to, int32_t vector, v128_t value) {
  wasm_v128_store(to + 8 * vector, value);
}

// 6 inputs in a row become their values at the points, of int16; those at 1 and -1 negative, as
// their weights are.
inline void TransformInputs(const v128_t (&d)[kInputSide], int16_t* to, int32_t step) {
  const auto twice = [](v128_t v) { return wasm_i16x8_add(v, v); };
  const auto four = [](v128_t v) { return wasm_i16x8_shl(v, 2); };
  const v128_t even = wasm_i16x8_sub(four(d[2]), d[4]), odd = wasm_i16x8_sub(four(d[1]), d[3]);
  wasm_v128_store(to + step, wasm_i16x8_add(even, odd));
  wasm_v128_store(to + 2 * step, wasm_i16x8_sub(even, odd));
  const v128_t d42 = wasm_i16x8_sub(d[4], d[2]), d31 = twice(wasm_i16x8_sub(d[3], d[1]));
  wasm_v128_store(to + 3 * step, wasm_i16x8_add(d42, d31));
  wasm_v128_store(to + 4 * step, wasm_i16x8_sub(d42, d31));
  wasm_v128_store(to, wasm_i16x8_add(four(wasm_i16x8_sub(d[0], d[2])), d42));
  wasm_v128_store(to + 5 * step, wasm_i16x8_sub(wasm_i16x8_sub(d[5], d[3]), twice(d31)));
}

// 3 weights in a row, `step` vectors apart, become 24 times their values at the points, -24 times
// at 1 and -1, 12 times at infinity.
inline void TransformWeights(const int16_t* from, int32_t step, int16_t* to, int32_t to_step) {
  const v128_t g0 = Load(from, 0), g1 = Load(from, step), g2 = Load(from, 2 * step);
  const auto four = [](v128_t v) { return wasm_i16x8_shl(v, 2); };
  const auto six = [=](v128_t v) { return wasm_i16x8_add(four(v), wasm_i16x8_add(v, v)); };
  const v128_t ends = wasm_i16x8_add(g0, g2), wide = wasm_i16x8_add(g0, four(g2));
  const v128_t middle = wasm_i16x8_add(g1, g1);
  wasm_v128_store(to, six(g0));
  wasm_v128_store(to + to_step, four(wasm_i16x8_add(ends, g1)));
  wasm_v128_store(to + 2 * to_step, four(wasm_i16x8_sub(ends, g1)));
  wasm_v128_store(to + 3 * to_step, wasm_i16x8_add(wide, middle));
  wasm_v128_store(to + 4 * to_step, wasm_i16x8_sub(wide, middle));
  wasm_v128_store(to + 5 * to_step, six(wasm_i16x8_add(g2, g2)));
}

// Sums at the 6 points of a row become 24 times its 4 outputs, of int32.
inline void TransformSums(const int32_t* from, int32_t step, v128_t (&to)[kSide]) {
  const auto load = [=](int32_t point) { return wasm_v128_load(from + 4 * point * step); };
  const v128_t m1 = load(1), m2 = load(2), m3 = load(3), m4 = load(4);
  const v128_t one = wasm_i32x4_add(m1, m2), one_odd = wasm_i32x4_sub(m1, m2);
  const v128_t two = wasm_i32x4_add(m3, m4), two_odd = wasm_i32x4_sub(m3, m4);
  to[0] = wasm_i32x4_add(wasm_i32x4_add(load(0), two), one);
  to[1] = wasm_i32x4_add(wasm_i32x4_shl(two_odd, 1), one_odd);
  to[2] = wasm_i32x4_add(wasm_i32x4_shl(two, 2), one);
  to[3] = wasm_i32x4_add(wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_shl(two_odd, 2), load(5)), 1),
                         one_odd);
}

// Transforms the bytes of 4 tiles, from their top left ones on: [36 points][pairs of channels][4
// tiles][2].
WRANGLET_NOINLINE inline void TransformTiles(const uint8_t* const* tiles, const Tiles& by,
                                             int16_t* to) {
  const uint8_t *const a = tiles[0], *const b = tiles[1], *const c = tiles[2], *const d = tiles[3];
  constexpr int32_t kPairs = 4;  // of channels, at once
  alignas(16) int16_t columns[kPairs * kPoints * 8];
  const int32_t in_c = by.in_c, pitch = by.pitch, step = by.GroupStep();
  for (int32_t channel = 0; channel < in_c; channel += 2 * kPairs, to += kPairs * 8) {
#pragma clang loop unroll(disable)
    for (int32_t x = 0; x < kInputSide; ++x) {
      v128_t low[kInputSide], high[kInputSide], column[kInputSide];
      for (int32_t y = 0; y < kInputSide; ++y) {
        const int32_t at = y * pitch + x * in_c + channel;
        InterleavePairs(a + at, b + at, c + at, d + at, low[y], high[y]);
      }
      int16_t* pair = columns + x * 8;
      const auto transform = [&](const auto& widened) {
        for (int32_t y = 0; y < kInputSide; ++y) column[y] = widened(y);
        TransformInputs(column, pair, kInputSide * 8);
        pair += kPoints * 8;
      };
      transform([&](int32_t y) { return wasm_u16x8_extend_low_u8x16(low[y]); });
      transform([&](int32_t y) { return wasm_u16x8_extend_high_u8x16(low[y]); });
      transform([&](int32_t y) { return wasm_u16x8_extend_low_u8x16(high[y]); });
      transform([&](int32_t y) { return wasm_u16x8_extend_high_u8x16(high[y]); });
    }
    for (int32_t pair = 0; pair < kPairs; ++pair) {
#pragma clang loop unroll(disable)
      for (int32_t y = 0; y < kInputSide; ++y) {
        v128_t row[kInputSide];
        for (int32_t x = 0; x < kInputSide; ++x) {
          row[x] = Load(columns, pair * kPoints + y * kInputSide + x);
        }
        TransformInputs(row, to + y * kInputSide * step + pair * 8, step);
      }
    }
  }
}

// Transforms a block of packed weights, quads of depth: [36 points][pairs of channels][8
// columns][2].
WRANGLET_NOINLINE inline void TransformBlock(const int8_t* weights, const Tiles& by, int16_t* to) {
  constexpr int32_t kVectors = 4, kTaps = 9;  // of a quad by 8 columns
  alignas(16) int16_t taps[kVectors * kTaps * 8], columns[3 * kInputSide * 8];
  const int32_t quads = by.in_c / 4, tap_step = by.in_c * kTileColumns, step = by.WeightStep();
  for (int32_t quad = 0; quad < quads; ++quad, weights += 4 * kTileColumns) {
    const int8_t* from = weights;
#pragma clang loop unroll(disable)
    for (int32_t tap = 0; tap < kTaps; ++tap, from += tap_step) {
      for (int32_t half = 0; half < 2; ++half) {
        const v128_t a = wasm_i16x8_load8x8(from + 16 * half);
        const v128_t b = wasm_i16x8_load8x8(from + 16 * half + 8);
        Store(taps, half * kTaps + tap, wasm_i32x4_shuffle(a, b, 0, 2, 4, 6));
        Store(taps, (half + 2) * kTaps + tap, wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
      }
    }
#pragma clang loop unroll(disable)
    for (int32_t vector = 0; vector < kVectors; ++vector, to += 8) {
      const int16_t* const its = taps + vector * kTaps * 8;
      for (int32_t x = 0; x < 3; ++x) TransformWeights(its + x * 8, 3, columns + x * 8, 3 * 8);
      for (int32_t y = 0; y < kInputSide; ++y) {
        TransformWeights(columns + y * 3 * 8, 1, to + y * kInputSide * step, step);
      }
    }
  }
}

// Multiplies 4 tiles by 8 columns: [2 halves of the columns][4 tiles][36 points][4].
WRANGLET_NOINLINE inline void MultiplyPoints(const int16_t* tiles, const int16_t* weights,
                                             const Tiles& by, int32_t* sums) {
  const int32_t size = by.in_c * kGroup, step = by.GroupStep(), weight_step = by.WeightStep();
  const int32_t* const end = sums + kPoints * 4;
  for (; sums < end; sums += 4, tiles += step, weights += weight_step) {
    v128_t low[kGroup], high[kGroup];
    for (int tile = 0; tile < kGroup; ++tile) low[tile] = high[tile] = wasm_i32x4_splat(0);
    AddPairs(tiles, size, weights, low, high);
    for (int tile = 0; tile < kGroup; ++tile) {
      wasm_v128_store(sums + tile * kPoints * 4, low[tile]);
      wasm_v128_store(sums + (tile + kGroup) * kPoints * 4, high[tile]);
    }
  }
}

// The part of a tile that lies within the output.
struct TileOutputs {
  int8_t* to;  // its first pixel
  int32_t rows, columns;
};

// Makes 8 columns of a tile's outputs of its sums, as MultiplyPoints has made them of one of 4
// tiles, and stores the first `count`.
//
// The bias is added where both directions are at 1: it counts once in each output there. What is
// left undivided of it all, 64, is divided out of the scale, which changes no bit of the product.
WRANGLET_NOINLINE inline void FinishTile(int32_t* sums, const int32_t* bias, const float* scale,
                                         const RequantizeInt8& requantize, const GridSteps& steps,
                                         const TileOutputs& outputs, int32_t column, size_t count) {
  constexpr int32_t kNinth = 0x38e38e39;  // times 9 it is 1, modulo 2^32
  constexpr int32_t kHalf = kSide * kInputSide * 4, kAtOne = (kInputSide + 1) * 4;
  alignas(16) int32_t halves[2 * kHalf];
  for (int32_t half = 0; half < 2; ++half) {
    int32_t* const its = sums + half * kGroup * kPoints * 4;
    const v128_t whole_bias =
        MultiplyWrapping(wasm_v128_load(bias + column + 4 * half), wasm_i32x4_splat(24 * 24));
    wasm_v128_store(its + kAtOne, wasm_i32x4_add(wasm_v128_load(its + kAtOne), whole_bias));
#pragma clang loop unroll(disable)
    for (int32_t x = 0; x < kInputSide; ++x) {
      v128_t rows[kSide];
      TransformSums(its + 4 * x, kInputSide, rows);
      int32_t* const to = halves + half * kHalf + 4 * x;
      for (int32_t y = 0; y < kSide; ++y) wasm_v128_store(to + 4 * y * kInputSide, rows[y]);
    }
  }
  const RequantizeInt8 constants = requantize;
  const v128_t part = wasm_f32x4_splat(1.0f / 64);
  const v128_t scale_low = wasm_f32x4_mul(wasm_v128_load(scale + column), part);
  const v128_t scale_high = wasm_f32x4_mul(wasm_v128_load(scale + column + 4), part);
  const v128_t ninth = wasm_i32x4_splat(kNinth);
  const int32_t rows = outputs.rows, columns = outputs.columns;
  const ptrdiff_t pixel_step = steps.pixel, row_step = steps.row;
  int8_t* to = outputs.to + column;
  const int32_t* from = halves;
#pragma clang loop unroll(disable)
  for (int32_t y = 0; y < rows; ++y, to += row_step, from += 4 * kInputSide) {
    v128_t low[kSide], high[kSide], wide[kSide];
    TransformSums(from, 1, low);
    TransformSums(from + kHalf, 1, high);
    for (int32_t x = 0; x < kSide; ++x) {
      wide[x] = constants.WidenBounded(MultiplyWrapping(low[x], ninth),
                                       MultiplyWrapping(high[x], ninth), scale_low, scale_high);
    }
    const v128_t first = constants.NarrowBounded(wide[0], wide[1]);
    const v128_t second = constants.NarrowBounded(wide[2], wide[3]);
    StoreUpTo8(to, first, count);
    if (columns > 1) StoreUpperUpTo8(to + pixel_step, first, count);
    if (columns > 2) StoreUpTo8(to + 2 * pixel_step, second, count);
    if (columns > 3) StoreUpperUpTo8(to + 3 * pixel_step, second, count);
  }
}

// Convolves `count` tiles. Those from there up to a multiple of kGroup are the last, again.
inline void ConvolvePanel(const Tiles& by, const uint8_t* const* tiles, const TileOutputs* outputs,
                          int32_t count, int32_t out_c, const GridSteps& steps,
                          const RequantizeInt8& requantize, const int8_t* packed_filter,
                          const int32_t* bias, const float* scale, int16_t* scratch) {
  const int32_t in_c = by.in_c, group_size = by.GroupElements();
  int16_t* const weights = scratch + by.PanelElements();
  alignas(16) int32_t sums[2 * kGroup * kPoints * 4];
  for (int32_t first = 0; first < count; first += kGroup) {
    TransformTiles(tiles + first, by, scratch + first / kGroup * group_size);
  }
  for (int32_t column = 0; column < out_c; column += kTileColumns) {
    TransformBlock(packed_filter, by, weights);
    packed_filter += PackedElements(9 * in_c, 4);
    const auto left = static_cast<size_t>(std::min(kTileColumns, out_c - column));
    for (int32_t first = 0; first < count; first += kGroup) {
      MultiplyPoints(scratch + first / kGroup * group_size, weights, by, sums);
      for (int32_t tile = 0; tile < std::min(kGroup, count - first); ++tile) {
        FinishTile(sums + tile * kPoints * 4, bias, scale, requantize, steps, outputs[first + tile],
                   column, left);
      }
    }
  }
}

}  // namespace winograd_internal

// Conv2d of a window that WinogradTiles::Serves, by a filter and bias whose sums are within
// WinogradTiles::kMostSum. `scratch` has WinogradTiles(w).ScratchBytes, and begins at a multiple of
// 16.
WRANGLET_NOINLINE inline void Conv2dWinograd(const WindowShape& w, const GridSteps& steps,
                                             int32_t input_zero_point,
                                             const RequantizeInt8& requantize, const int8_t* input,
                                             const int8_t* packed_filter, const int32_t* bias,
                                             const float* scale, int8_t* output, int8_t* scratch) {
  using namespace winograd_internal;
  const WinogradTiles by(w);
  const v128_t outside = wasm_i8x16_splat(static_cast<int8_t>(input_zero_point + 128));
  auto* const band = reinterpret_cast<uint8_t*>(scratch);
  auto* const panel = reinterpret_cast<int16_t*>(scratch + by.BandBytes());
  output += steps.first;
  for (int32_t batch = 0; batch < w.batch; ++batch) {
    for (int32_t y = 0; y < by.down; y += by.rows) {
      const int32_t rows = std::min(by.rows, by.down - y), tiles = rows * by.across;
      conv2d_internal::CopyRows(w, by.pitch, rows * kSide + 2, input, y * kSide - w.pad_top,
                                outside, band, CopyUnsigned);
      const int32_t step = by.PanelOf(rows);
      for (int32_t first = 0; first < tiles; first += step) {
        const int32_t count = std::min(step, tiles - first);
        const uint8_t* from[WinogradTiles::kMost];
        TileOutputs outputs[WinogradTiles::kMost];
        for (int32_t i = 0; i < (count + kGroup - 1) / kGroup * kGroup; ++i) {
          const int32_t tile = std::min(first + i, tiles - 1);
          const int32_t down = tile / by.across * kSide, across = tile % by.across * kSide;
          const int32_t out_y = y * kSide + down;
          from[i] = band + down * by.pitch + across * w.in_c;
          outputs[i] = {output + out_y * steps.row + across * steps.pixel,
                        std::min(kSide, w.out_h - out_y), std::min(kSide, w.out_w - across)};
        }
        ConvolvePanel(by, from, outputs, count, w.out_c, steps, requantize, packed_filter, bias,
                      scale, panel);
      }
    }
    input += static_cast<size_t>(w.in_h) * static_cast<size_t>(w.in_w * w.in_c);
    output += steps.image;
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_CONV2D_WINOGRAD_H_
