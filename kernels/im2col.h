// Patches of an image as rows of a matrix, a few at a time, so that a convolution is a matrix
// product (Chellapilla et al., "High Performance Convolutional Neural Networks for Document
// Processing", 2006).

#ifndef WRANGLET_KERNELS_IM2COL_H_
#define WRANGLET_KERNELS_IM2COL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// How far apart outputs lie, in elements, and where the first is.
struct GridSteps {
  ptrdiff_t first, pixel, row, image;

  constexpr GridSteps(const WindowShape& w, const PixelGrid& grid) {
    const bool is_whole = grid.image_w == 0;
    const ptrdiff_t image_h = is_whole ? w.out_h : grid.image_h;
    const ptrdiff_t image_w = is_whole ? w.out_w : grid.image_w;
    first = (grid.first_y * image_w + grid.first_x) * w.out_c;
    pixel = static_cast<ptrdiff_t>(grid.step_w) * w.out_c;
    row = grid.step_h * image_w * w.out_c;
    image = image_h * image_w * w.out_c;
  }
};

// Writes the patch whose top left tap is at pixel (y0, x0): kernel_h x kernel_w x `channels`
// elements, of which `from` is the first channel of the image's first pixel. `fill` stands where
// the window leaves the image.
template <typename T>
inline void GatherPatch(const WindowShape& window, int32_t channels, const T* from, int32_t y0,
                        int32_t x0, T fill, T* patch) {
  // In locals, because the patch may be bytes, which may alias the window.
  const int32_t kernel_h = window.kernel_h, kernel_w = window.kernel_w;
  const int32_t dilation_h = window.dilation_h, dilation_w = window.dilation_w;
  const int32_t in_h = window.in_h, in_w = window.in_w;
  const auto pixel = static_cast<ptrdiff_t>(window.in_c), row = pixel * in_w;
  const auto width = static_cast<size_t>(channels);

  // A row of the patch lies in one piece when it is inside the image and nothing is left out.
  const bool whole = y0 >= 0 && y0 + (kernel_h - 1) * dilation_h < in_h && x0 >= 0 &&
                     x0 + kernel_w <= in_w && dilation_w == 1 && channels == pixel;
  if (whole) {
    const size_t count = static_cast<size_t>(kernel_w) * width;
    from += y0 * row + x0 * pixel;
    for (int32_t ky = 0; ky < kernel_h; ++ky, patch += count, from += dilation_h * row) {
      CopyBytes(patch, from, count * sizeof(T));
    }
    return;
  }
  for (int32_t ky = 0; ky < kernel_h; ++ky) {
    const int32_t y = y0 + ky * dilation_h;
    for (int32_t kx = 0; kx < kernel_w; ++kx, patch += width) {
      const int32_t x = x0 + kx * dilation_w;
      if (y >= 0 && y < in_h && x >= 0 && x < in_w) {
        CopyBytes(patch, from + y * row + x * pixel, width * sizeof(T));
      } else {
        std::fill_n(patch, width, fill);
      }
    }
  }
}

// Output pixels in the order of their rows: the next one, and where its results go.
template <typename T>
struct PatchCursor {
  int32_t out_x, y0;
  T *to, *row;
};

// Gathers the patches of the next `count` output pixels one behind the other, and tells where each
// begins and where its results go; those lie `pixel_step` apart, rows of them `row_step`.
template <int32_t kRows, typename T>
WRANGLET_NOINLINE inline void GatherTile(const WindowShape& all, int32_t channels, const T* from,
                                         T fill, int32_t count, ptrdiff_t pixel_step,
                                         ptrdiff_t row_step, T* scratch, PatchCursor<T>& cursor,
                                         const T* (&rows)[kRows], T* (&out)[kRows]) {
  // In locals, because patches may be bytes, which may alias them.
  const WindowShape window = all;
  PatchCursor<T> at = cursor;
  const ptrdiff_t depth = static_cast<ptrdiff_t>(window.kernel_h) * window.kernel_w * channels;
  for (int32_t i = 0; i < count; ++i, scratch += depth) {
    const int32_t x0 = at.out_x * window.stride_w - window.pad_left;
    GatherPatch(window, channels, from, at.y0, x0, fill, scratch);
    rows[i] = scratch, out[i] = at.to;
    at.to += pixel_step;
    if (++at.out_x == window.out_w) {
      at.out_x = 0, at.y0 += window.stride_h, at.to = at.row += row_step;
    }
  }
  cursor = at;
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IM2COL_H_
