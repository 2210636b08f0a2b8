// Convolution of int8 by int8 where ByteDotAdd takes unsigned bytes, of windows whose rows lie in
// one piece. Rows of the image are copied once, moved by 128 to be unsigned and with what lies
// outside the image beside them; then a row of any window is a run of bytes there, which is
// multiplied where it lies: no patch is gathered.

#ifndef WRANGLET_KERNELS_CONV2D_BYTES_H_
#define WRANGLET_KERNELS_CONV2D_BYTES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/byte_dot.h"
#include "kernels/im2col.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_quads.h"

namespace wranglet {

// How outputs are computed: all constants of the network.
struct Conv2dByteBand {
  // Output pixels that are worth a band.
  static constexpr int32_t kPixels = 48;

  int32_t rows;        // of outputs
  int32_t image_rows;  // under their windows
  int32_t pitch;       // bytes from one of those to the next
  int32_t run;         // bytes of a row of a window, and those that packed weights have for it
  int32_t packed_run;

  constexpr explicit Conv2dByteBand(const WindowShape& w)
      : rows(std::min(w.out_h, (kPixels + w.out_w - 1) / w.out_w)),
        image_rows((rows - 1) * w.stride_h + (w.kernel_h - 1) * w.dilation_h + 1),
        pitch((((w.out_w - 1) * w.stride_w + w.kernel_w) * w.in_c + 15) / 16 * 16),
        run(w.kernel_w * w.in_c),
        packed_run((run + 3) / 4 * 4) {}

  // Whether a row of a window lies in one piece.
  static constexpr bool Serves(const WindowShape& w, int32_t groups) {
    return groups == 1 && w.dilation_w == 1;
  }
  constexpr size_t ImageBytes() const {
    // The last quad of the last run may read beyond.
    return static_cast<size_t>(image_rows * pitch + 16);
  }
  // Weights are packed by quads of the whole window; where its rows are not whole quads, anew.
  constexpr size_t WeightBytes(const WindowShape& w) const {
    const int32_t columns = (w.out_c + kTileColumns - 1) / kTileColumns * kTileColumns;
    return run == packed_run ? 0 : static_cast<size_t>(columns * w.kernel_h * packed_run);
  }
};

constexpr size_t Conv2dByteScratch(const WindowShape& w) {
  const Conv2dByteBand band(w);
  return band.ImageBytes() + band.WeightBytes(w);
}

namespace conv2d_bytes_internal {

// Copies the rows of `image` from `y0` on, from column -pad_left on.
WRANGLET_NOINLINE inline void CopyRows(const WindowShape& w, const Conv2dByteBand& band,
                                       const int8_t* image, int32_t y0, int8_t zero_point,
                                       uint8_t* to) {
  const v128_t sign = wasm_i8x16_splat(-128);
  const v128_t outside = wasm_v128_xor(wasm_i8x16_splat(zero_point), sign);
  const int32_t pitch = band.pitch, before = w.pad_left * w.in_c;
  const int32_t bytes = std::min(w.in_w * w.in_c, pitch - before);
  for (int32_t row = 0; row < band.image_rows; ++row, to += pitch) {
    const int32_t y = y0 + row;
    for (int32_t i = 0; i < pitch; i += 16) wasm_v128_store(to + i, outside);
    if (y < 0 || y >= w.in_h) continue;
    const int8_t* from = image + static_cast<ptrdiff_t>(y) * w.in_w * w.in_c;
    CopyUnsigned(from, bytes, to + before);
  }
}

// PackGemm's weights with each row of the window in quads of its own: what begins in one of the
// packed quads and ends in the next is shifted together.
WRANGLET_NOINLINE inline void PackRuns(const WindowShape& w, const Conv2dByteBand& band,
                                       const int8_t* packed, int8_t* to) {
  constexpr int32_t kQuad = 4 * kTileColumns;
  const int32_t kernel_h = w.kernel_h, run = band.run, columns = w.out_c;
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

// `rows` rows of outputs from `output` on, whose windows begin with `image_rows`.
inline void MultiplyBand(const WindowShape& w, const Conv2dByteBand& band, const GridSteps& steps,
                         int32_t rows, const uint8_t* image_rows, const int8_t* weights,
                         const int32_t* bias, const float* scale, const RequantizeInt8& requantize,
                         int8_t* output) {
  constexpr int32_t kRows = QuadTile::kRows;
  const Runs runs{w.kernel_h, w.dilation_h * band.pitch, band.packed_run};
  const int32_t pixels = rows * w.out_w, window_step = w.stride_w * w.in_c;
  int32_t x = 0;
  for (int32_t pixel = 0; pixel < pixels; pixel += kRows) {
    const int32_t count = std::min(kRows, pixels - pixel);
    const uint8_t* windows[kRows];
    int8_t* out[kRows];
    for (int32_t i = 0; i < kRows; ++i) {
      windows[i] = image_rows + x * window_step, out[i] = output + x * steps.pixel;
      if (i + 1 < count || count == kRows) ++x;  // those beyond the last are it, again
      if (x < w.out_w) continue;
      x = 0, image_rows += w.stride_h * band.pitch, output += steps.row;
    }
    MultiplyRuns(windows, count, runs, w.out_c, weights, bias, scale, requantize, out);
  }
}

}  // namespace conv2d_bytes_internal

// Conv2d by bytes of a window that Conv2dByteBand serves. Pixel (y, x) of image b of the outputs
// is at output[b * steps.image + y * steps.row + x * steps.pixel]. `scratch` has Conv2dByteScratch.
inline void Conv2dByBytes(const WindowShape& w, const GridSteps& steps, int32_t input_zero_point,
                          const RequantizeInt8& requantize, const int8_t* input,
                          const int8_t* packed_filter, const int32_t* bias, const float* scale,
                          int8_t* output, int8_t* scratch) {
  using namespace conv2d_bytes_internal;
  const Conv2dByteBand band(w);
  auto* const image_rows = reinterpret_cast<uint8_t*>(scratch);
  if (band.run != band.packed_run) {
    int8_t* const weights = scratch + band.ImageBytes();
    PackRuns(w, band, packed_filter, weights);
    packed_filter = weights;
  }
  for (int32_t batch = 0; batch < w.batch; ++batch) {
    for (int32_t out_y = 0; out_y < w.out_h; out_y += band.rows) {
      CopyRows(w, band, input, out_y * w.stride_h - w.pad_top,
               static_cast<int8_t>(input_zero_point), image_rows);
      MultiplyBand(w, band, steps, std::min(band.rows, w.out_h - out_y), image_rows, packed_filter,
                   bias, scale, requantize, output + out_y * steps.row);
    }
    input += static_cast<size_t>(w.in_h) * static_cast<size_t>(w.in_w * w.in_c);
    output += steps.image;
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_CONV2D_BYTES_H_
