// What every pool shares: which pixels a window holds, and blocks of neighbouring channels, as many
// as a vector has. Callers are average_pool.h and max_pool.h.

#ifndef WRANGLET_KERNELS_POOL_H_
#define WRANGLET_KERNELS_POOL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// The pixels that the window of output `out` holds in one dimension of an image: begin, begin +
// step, ... below end. Windows hold at least one.
struct PoolRange {
  PoolRange(int32_t out, int32_t stride, int32_t padding, int32_t kernel, int32_t dilation,
            int32_t size)
      : step(dilation) {
    const int32_t start = out * stride - padding;
    begin = start >= 0 ? start : start + (dilation - 1 - start) / dilation * dilation;
    end = std::min(start + (kernel - 1) * dilation + 1, size);
  }
  int32_t Count() const { return (end - begin + step - 1) / step; }

  int32_t begin, end, step;
};

// The window of one output pixel.
struct PoolWindow {
  PoolRange ys, xs;
};

template <typename T>
inline constexpr size_t kPoolLanes = 16 / sizeof(T);

// A vector of the `count` elements at `from`, zeros above; reads none beyond them.
template <typename T>
inline v128_t LoadPoolLanes(const T* from, size_t count) {
  if (count >= kPoolLanes<T>) return wasm_v128_load(from);
  T lanes[kPoolLanes<T>] = {};
  CopyBytes(lanes, from, count * sizeof(T));
  return wasm_v128_load(lanes);
}

// Stores the low `count` elements of `value`, kPoolLanes of them where count is more.
template <typename T>
inline void StorePoolLanes(T* to, v128_t value, size_t count) {
  if (count >= kPoolLanes<T>) {
    wasm_v128_store(to, value);
    return;
  }
  T lanes[kPoolLanes<T>];
  wasm_v128_store(lanes, value);
  CopyBytes(to, lanes, count * sizeof(T));
}

// Calls add(lanes) with a vector of each pixel of one row of a window; row points to the block's
// channels in the row's pixel 0.
template <typename T, typename Add>
inline void ForEachPoolPixel(const PoolRange& xs, size_t channels, const T* row, size_t count,
                             Add&& add) {
  const size_t step = static_cast<size_t>(xs.step) * channels;
  const T* pixel = row + static_cast<size_t>(xs.begin) * channels;
  for (int32_t x = xs.begin; x < xs.end; x += xs.step, pixel += step) {
    add(LoadPoolLanes(pixel, count));
  }
}

// Calls pool(window, first pixel of the image at the block's channels, how many channels these are)
// for each block of each output pixel, and stores the vector it returns. The last block overlaps
// the one before it where channels are no multiple of a vector.
template <typename T, typename Pool>
inline void ForEachPoolBlock(const WindowShape& w, const T* input, T* output, Pool&& pool) {
  constexpr size_t kLanes = kPoolLanes<T>;
  const auto channels = static_cast<size_t>(w.in_c);
  const size_t image = static_cast<size_t>(w.in_h) * static_cast<size_t>(w.in_w) * channels;
  const size_t last = channels < kLanes ? 0 : channels - kLanes;
  for (int32_t batch = 0; batch < w.batch; ++batch, input += image) {
    for (int32_t y = 0; y < w.out_h; ++y) {
      const PoolRange ys(y, w.stride_h, w.pad_top, w.kernel_h, w.dilation_h, w.in_h);
      for (int32_t x = 0; x < w.out_w; ++x, output += channels) {
        const PoolWindow window = {
            ys, PoolRange(x, w.stride_w, w.pad_left, w.kernel_w, w.dilation_w, w.in_w)};
        for (size_t block = 0; block < channels; block += kLanes) {
          const size_t c = std::min(block, last);
          StorePoolLanes(output + c, pool(window, input + c, channels - c), channels - c);
        }
      }
    }
  }
}

// For definitions: calls tap(input index) for every pixel in the image of the window of output
// element i.
template <typename Tap>
inline void ForEachPoolTap(const WindowShape& w, int32_t i, Tap&& tap) {
  const int32_t c = i % w.in_c, x = i / w.in_c % w.out_w, y = i / w.in_c / w.out_w % w.out_h;
  const int32_t batch = i / w.in_c / w.out_w / w.out_h;
  for (int32_t k = 0; k < w.kernel_h * w.kernel_w; ++k) {
    const int32_t in_y = y * w.stride_h - w.pad_top + k / w.kernel_w * w.dilation_h;
    const int32_t in_x = x * w.stride_w - w.pad_left + k % w.kernel_w * w.dilation_w;
    if (in_y < 0 || in_y >= w.in_h || in_x < 0 || in_x >= w.in_w) continue;
    tap(((batch * w.in_h + in_y) * w.in_w + in_x) * w.in_c + c);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_POOL_H_
