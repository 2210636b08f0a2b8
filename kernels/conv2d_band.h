// Bands of an image, for convolutions of windows whose rows lie in one piece. A few rows of the
// image are copied once, with what lies outside of it beside them; then a row of any window is a
// run of elements there, which is multiplied where it lies: no patch is gathered.

#ifndef WRANGLET_KERNELS_CONV2D_BAND_H_
#define WRANGLET_KERNELS_CONV2D_BAND_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/im2col.h"
#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// Whether a row of a window lies in one piece.
constexpr bool HasWholeRows(const WindowShape& w, int32_t groups) {
  return groups == 1 && w.dilation_w == 1;
}

// Rows of the image under the windows of so many rows of outputs, and columns under a row of them.
constexpr int32_t RowsUnder(const WindowShape& w, int32_t out_rows) {
  return (out_rows - 1) * w.stride_h + (w.kernel_h - 1) * w.dilation_h + 1;
}
constexpr int32_t ColumnsUnder(const WindowShape& w) {
  return (w.out_w - 1) * w.stride_w + w.kernel_w;
}

// Whether no window leaves the image, so that none of it has to be copied.
constexpr bool StaysInside(const WindowShape& w) {
  return w.pad_top <= 0 && RowsUnder(w, w.out_h) - w.pad_top <= w.in_h && w.pad_left <= 0 &&
         ColumnsUnder(w) - w.pad_left <= w.in_w;
}

// A band: the rows of the image that some rows of outputs are computed from, as elements of T.
template <typename T>
struct Conv2dBand {
  // Output pixels that are worth a band.
  static constexpr int32_t kPixels = 48;
  static constexpr int32_t kLanes = 16 / sizeof(T);

  bool is_copied;  // else all of the image is a band, as it lies
  int32_t rows;    // of outputs
  int32_t pitch;   // elements from one row of the image to the next

  // Bytes are always copied, for they are changed.
  constexpr explicit Conv2dBand(const WindowShape& w)
      : is_copied(sizeof(T) == 1 || !StaysInside(w)),
        rows(is_copied ? std::min(w.out_h, (kPixels + w.out_w - 1) / w.out_w) : w.out_h),
        pitch(is_copied ? (ColumnsUnder(w) * w.in_c + kLanes - 1) / kLanes * kLanes
                        : w.in_w * w.in_c) {}

  constexpr size_t CopiedElements(const WindowShape& w) const {
    return is_copied ? static_cast<size_t>(RowsUnder(w, rows) * pitch) : 0;
  }
};

namespace conv2d_internal {

// Copies `rows` rows of `image` from y0 on, from column -pad_left on, each by
// `copy(from, count, to)`. `outside` stands where they leave the image.
template <typename In, typename T, typename Copy>
WRANGLET_NOINLINE inline void CopyRows(const WindowShape& w, int32_t pitch, int32_t rows,
                                       const In* image, int32_t y0, v128_t outside, T* to,
                                       const Copy& copy) {
  constexpr int32_t kLanes = Conv2dBand<T>::kLanes;
  const int32_t row_size = w.in_w * w.in_c, left = w.pad_left * w.in_c;
  const int32_t before = std::clamp(left, 0, pitch), skipped = std::max(0, -left);
  const int32_t count = std::max(0, std::min(row_size - skipped, pitch - before));
  const int32_t in_h = w.in_h;
  for (int32_t y = y0; y < y0 + rows; ++y, to += pitch) {
    const auto fill = [&](int32_t from, int32_t end) {
#pragma clang loop unroll(disable)
      for (; from < end; from += kLanes) wasm_v128_store(to + from, outside);
    };
    if (y < 0 || y >= in_h) {
      fill(0, pitch);
      continue;
    }
    // By whole vectors, of which what is copied takes some back.
    fill(0, before);
    fill((before + count) / kLanes * kLanes, pitch);
    copy(image + static_cast<ptrdiff_t>(y) * row_size + skipped, count, to + before);
  }
}

// Calls `multiply(windows, count, out)` for each kRows windows of `rows` rows of outputs, of which
// the first begins at `from`. Windows from `count` up to a multiple of kTile are the last, again.
template <int32_t kRows, int32_t kTile, typename T, typename Out, typename Multiply>
inline void ForEachWindowTile(const WindowShape& w, int32_t pitch, const GridSteps& steps,
                              int32_t rows, const T* from, Out* output, const Multiply& multiply) {
  const int32_t pixels = rows * w.out_w, window_step = w.stride_w * w.in_c, out_w = w.out_w;
  const ptrdiff_t row_step = w.stride_h * pitch, out_step = steps.row, pixel_step = steps.pixel;
  int32_t x = 0;
  for (int32_t pixel = 0; pixel < pixels; pixel += kRows) {
    const int32_t count = std::min(kRows, pixels - pixel);
    const T* windows[kRows];
    Out* out[kRows];
    int32_t i = 0;
    for (; i < count; ++i) {
      windows[i] = from + x * window_step, out[i] = output + x * pixel_step;
      if (++x == out_w) x = 0, from += row_step, output += out_step;
    }
    for (; i % kTile > 0; ++i) windows[i] = windows[count - 1], out[i] = out[count - 1];
    multiply(windows, count, out);
  }
}

// ForEachWindowTile of all outputs, by bands, which are copied to `scratch`.
template <int32_t kRows, int32_t kTile = kRows, typename In, typename T, typename Copy,
          typename Multiply>
inline void ForEachBandTile(const WindowShape& w, const GridSteps& steps, const In* input,
                            v128_t outside, In* output, T* scratch, const Copy& copy,
                            const Multiply& multiply) {
  const Conv2dBand<T> band(w);
  output += steps.first;
  for (int32_t batch = 0; batch < w.batch; ++batch) {
    for (int32_t out_y = 0; out_y < w.out_h; out_y += band.rows) {
      const int32_t rows = std::min(band.rows, w.out_h - out_y);
      const T* from = scratch;
      if (band.is_copied) {
        CopyRows(w, band.pitch, RowsUnder(w, rows), input, out_y * w.stride_h - w.pad_top, outside,
                 scratch, copy);
      } else if constexpr (std::is_same_v<In, T>) {
        from = input - w.pad_top * band.pitch - w.pad_left * w.in_c;
      }
      ForEachWindowTile<kRows, kTile>(w, band.pitch, steps, rows, from, output + out_y * steps.row,
                                      multiply);
    }
    input += static_cast<size_t>(w.in_h) * static_cast<size_t>(w.in_w * w.in_c);
    output += steps.image;
  }
}

}  // namespace conv2d_internal

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_CONV2D_BAND_H_
