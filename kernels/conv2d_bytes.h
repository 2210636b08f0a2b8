// Convolution of int8 by int8 by bands (conv2d_band.h): of bytes that are moved by 128 to be
// unsigned, where their products have an instruction; else of bytes as they are, whose windows are
// widened by panels.

#ifndef WRANGLET_KERNELS_CONV2D_BYTES_H_
#define WRANGLET_KERNELS_CONV2D_BYTES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/byte_dot.h"
#include "kernels/conv2d_band.h"
#include "kernels/im2col.h"
#include "kernels/params.h"
#include "kernels/runs.h"
#include "kernels/simd.h"
#include "kernels/tile_quads.h"
#include "kernels/tile_words.h"

namespace wranglet {

struct Conv2dByteBand : Conv2dBand<uint8_t> {
  Runs runs;           // of a window
  int32_t packed_run;  // bytes that packed weights have for one

  constexpr explicit Conv2dByteBand(const WindowShape& w)
      : Conv2dBand(w),
        runs{w.kernel_h, w.dilation_h * pitch, w.kernel_w * w.in_c},
        packed_run((runs.length + 3) / 4 * 4) {}

  constexpr size_t ImageBytes(const WindowShape& w) const {
    // Up to 7 bytes behind the last run are read.
    return CopiedElements(w) + 16;
  }
  // Weights are packed by quads of the whole window; where its rows are not whole quads, anew.
  constexpr size_t WeightBytes(const WindowShape& w) const {
    const int32_t columns = (w.out_c + kTileColumns - 1) / kTileColumns * kTileColumns;
    return runs.length == packed_run ? 0 : static_cast<size_t>(columns * w.kernel_h * packed_run);
  }
};

constexpr size_t Conv2dByteScratch(const WindowShape& w) {
  const Conv2dByteBand band(w);
  return band.ImageBytes(w) + band.WeightBytes(w) +
         static_cast<size_t>(WordPanel(band.runs).ScratchElements()) * sizeof(int16_t);
}

namespace conv2d_internal {

// PackGemm's weights with each row of the window in quads of its own: what begins in one of the
// packed quads and ends in the next is shifted together.
WRANGLET_NOINLINE inline void PackRuns(const WindowShape& w, const Conv2dByteBand& band,
                                       const int8_t* packed, int8_t* to) {
  constexpr int32_t kQuad = 4 * kTileColumns;
  const int32_t kernel_h = w.kernel_h, run = band.runs.length, columns = w.out_c;
  const int32_t quads = (kernel_h * run + 3) / 4;
  for (int32_t column = 0; column < columns; column += kTileColumns, packed += quads * kQuad) {
    for (int32_t ky = 0; ky < kernel_h; ++ky) {
      for (int32_t k = 0; k < run; k += 4, to += kQuad) {
        const int32_t at = ky * run + k, shift = 8 * (at % 4), quad = at / 4;
        const int8_t* const from = packed + quad * kQuad;
        const bool is_split = shift > 0 && quad + 1 < quads;
        const v128_t mask = wasm_u32x4_shr(wasm_i32x4_splat(-1), 8 * std::max(0, k + 4 - run));
        for (int32_t half = 0; half < kQuad; half += 16) {
          v128_t taps = wasm_u32x4_shr(wasm_v128_load(from + half), shift);
          if (is_split) {
            const v128_t rest = wasm_i32x4_shl(wasm_v128_load(from + kQuad + half), 32 - shift);
            taps = wasm_v128_or(taps, rest);
          }
          wasm_v128_store(to + half, wasm_v128_and(taps, mask));
        }
      }
    }
  }
}

// Calls `multiply(windows, count, runs, packed_weights, out)` for each kRows windows, of T, which
// `copy` makes of the image's bytes; `outside` stands where windows leave the image.
template <int32_t kRows, int32_t kTile, typename T, typename Copy, typename Multiply>
inline void ForEachRunTile(const WindowShape& w, const GridSteps& steps, v128_t outside,
                           const int8_t* input, const int8_t* packed_filter, int8_t* output,
                           int8_t* scratch, const Copy& copy, const Multiply& multiply) {
  const Conv2dByteBand band(w);
  if (band.runs.length != band.packed_run) {
    int8_t* const weights = scratch + band.ImageBytes(w);
    PackRuns(w, band, packed_filter, weights);
    packed_filter = weights;
  }
  ForEachBandTile<kRows, kTile>(w, steps, input, outside, output, reinterpret_cast<T*>(scratch),
                                copy, [&](const auto& windows, int32_t count, const auto& out) {
                                  multiply(windows, count, band.runs, packed_filter, out);
                                });
}

}  // namespace conv2d_internal

// Conv2d of a window that HasWholeRows, where MultipliesBytes<kFit>(). `scratch` has
// Conv2dByteScratch, and begins at a multiple of 16.
template <bool kFit>
inline void Conv2dByBytes(const WindowShape& w, const GridSteps& steps, int32_t input_zero_point,
                          const RequantizeInt8& requantize, const int8_t* input,
                          const int8_t* packed_filter, const int32_t* bias, const float* scale,
                          int8_t* output, int8_t* scratch) {
  const v128_t outside = wasm_i8x16_splat(static_cast<int8_t>(input_zero_point + 128));
  WithBytes<kFit>([&]<typename By>() {
    conv2d_internal::ForEachRunTile<By::kRows, By::kRows, uint8_t>(
        w, steps, outside, input, packed_filter, output, scratch, CopyUnsigned,
        [&](const auto& windows, int32_t count, const Runs& runs, const int8_t* weights,
            const auto& out) {
          MultiplyRuns<By>(windows, count, runs, w.out_c, weights, bias, scale, requantize, out);
        });
  });
}

// The same where not.
inline void Conv2dByWords(const WindowShape& w, const GridSteps& steps, int32_t input_zero_point,
                          const RequantizeInt8& requantize, const int8_t* input,
                          const int8_t* packed_filter, const int32_t* bias, const float* scale,
                          int8_t* output, int8_t* scratch) {
  const Conv2dByteBand band(w);
  const WordPanel panel(band.runs);
  auto* const words =
      reinterpret_cast<int16_t*>(scratch + band.ImageBytes(w) + band.WeightBytes(w));
  const auto copy = [](const int8_t* from, int32_t count, int8_t* to) {
    CopyBytes(to, from, static_cast<size_t>(count));
  };
  conv2d_internal::ForEachRunTile<WordPanel::kMostRows, WordPanel::kTile, int8_t>(
      w, steps, wasm_i8x16_splat(static_cast<int8_t>(input_zero_point)), input, packed_filter,
      output, scratch, copy,
      [&](const auto& windows, int32_t count, const Runs& runs, const int8_t* weights,
          const auto& out) {
        const int32_t step = panel.RowsOf(count);
        for (int32_t first = 0; first < count; first += step) {
          MultiplyByWords(panel, windows + first, std::min(step, count - first), runs, w.out_c,
                          weights, bias, scale, requantize, out + first, words);
        }
      });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_CONV2D_BYTES_H_
