// Patches of an image as rows of a matrix, a few at a time, so that a convolution is a matrix
// product (Chellapilla et al., "High Performance Convolutional Neural Networks for Document
// Processing", 2006).

#ifndef WRANGLET_KERNELS_IM2COL_H_
#define WRANGLET_KERNELS_IM2COL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/params.h"

namespace wranglet {

// Writes the patch under the window at output pixel (out_y, out_x): kernel_h x kernel_w x
// `channels` elements, of which `from` is the first channel's first pixel. `fill` stands where the
// window leaves the image.
template <typename T>
inline void GatherPatch(const WindowShape& window, int32_t channels, const T* from, int32_t out_y,
                        int32_t out_x, T fill, T* patch) {
  const auto width = static_cast<size_t>(channels);
  const int32_t x0 = out_x * window.stride_w - window.pad_left;
  for (int32_t ky = 0; ky < window.kernel_h; ++ky) {
    const int32_t y = out_y * window.stride_h - window.pad_top + ky * window.dilation_h;
    const bool row_inside = y >= 0 && y < window.in_h;
    const T* row = from + static_cast<ptrdiff_t>(y) * window.in_w * window.in_c;
    // A row of the patch lies in one piece when it is inside the image and nothing is left out.
    const bool whole = row_inside && x0 >= 0 && x0 + window.kernel_w <= window.in_w &&
                       window.dilation_w == 1 && channels == window.in_c;
    if (whole) {
      const size_t count = static_cast<size_t>(window.kernel_w) * width;
      std::memcpy(patch, row + static_cast<ptrdiff_t>(x0) * window.in_c, count * sizeof(T));
      patch += count;
      continue;
    }
    for (int32_t kx = 0; kx < window.kernel_w; ++kx, patch += width) {
      const int32_t x = x0 + kx * window.dilation_w;
      if (row_inside && x >= 0 && x < window.in_w) {
        std::memcpy(patch, row + static_cast<ptrdiff_t>(x) * window.in_c, width * sizeof(T));
      } else {
        std::fill_n(patch, width, fill);
      }
    }
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IM2COL_H_
