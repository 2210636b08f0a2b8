// The vectors of 16 channels in which depthwise convolutions read the pixels of an image, for loops
// that interleave its rows (depthwise_bytes.h, depthwise_lanes.h).

#ifndef WRANGLET_KERNELS_DEPTHWISE_PIXELS_H_
#define WRANGLET_KERNELS_DEPTHWISE_PIXELS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// Channels that are interleaved at once, as many as a vector has bytes.
inline constexpr int32_t kDepthwiseGroup = 16;

// How the pixels of an image are interleaved.
enum class DepthwisePixels {
  kStream,      // those of fewer than 16 channels: rows as they are, wherever a pixel begins
  kGroups,      // 16 channels of each at a time
  kMultiplied,  // those that make several output channels of each: byte by byte
};

constexpr DepthwisePixels DepthwisePixelsOf(const WindowShape& w) {
  if (w.in_c != w.out_c) return DepthwisePixels::kMultiplied;
  return w.in_c < 16 ? DepthwisePixels::kStream : DepthwisePixels::kGroups;
}

// Calls `use.operator()<pixels>()`. Inlined where the window is a constant, so that a module has
// what it needs.
template <typename Use>
WRANGLET_INLINE inline void WithDepthwisePixels(const WindowShape& w, Use&& use) {
  constexpr auto kStream = DepthwisePixels::kStream, kGroups = DepthwisePixels::kGroups;
  if (DepthwisePixelsOf(w) == kStream) return use.template operator()<kStream>();
  if (DepthwisePixelsOf(w) == kGroups) return use.template operator()<kGroups>();
  use.template operator()<DepthwisePixels::kMultiplied>();
}

// The vectors of a row of the image: `count` of them, `step` bytes apart; of a stream, the last one
// is nearer by `overlap`.
struct Pieces {
  int32_t count, step, overlap = 0;
};

// Calls `interleave(first, pieces, load)` for output channels `c` to `c` + kDepthwiseGroup - 1, or
// all where pixels have fewer: with the input channel they begin with, the pieces of `width` pixels
// of a row, and what loads (address -> vector) one of them, or of `fill`. Not at all of no pixels.
// Returns which of the output channels is the first.
template <DepthwisePixels kPixels, typename Interleave>
inline int32_t ForGroup(const WindowShape& w, int32_t c, int32_t width, const int8_t* fill,
                        Interleave&& interleave) {
  constexpr int32_t kGroup = kDepthwiseGroup;
  const auto whole = [](const int8_t* piece) { return wasm_v128_load(piece); };
  if constexpr (kPixels == DepthwisePixels::kStream) {
    const int32_t bytes = width * w.in_c, count = (bytes + kGroup - 1) / kGroup;
    if (bytes >= kGroup) {
      interleave(0, Pieces{count, kGroup, count * kGroup - bytes}, whole);
    } else if (bytes > 0) {
      interleave(0, Pieces{1, 1}, [=](const int8_t* row) {
        int8_t piece[kGroup];
        CopyBytes(piece, fill, kGroup);
        if (row != fill) CopyBytes(piece, row, static_cast<size_t>(bytes));
        return wasm_v128_load(piece);
      });
    }
    return 0;
  } else if constexpr (kPixels == DepthwisePixels::kGroups) {
    const int32_t first = std::min(c, w.in_c - kGroup);
    if (width > 0) interleave(first, Pieces{width, w.in_c}, whole);
    return first;
  } else {
    const int32_t count = std::min(kGroup, w.out_c - c), multiplier = w.out_c / w.in_c;
    if (width > 0) {
      interleave(0, Pieces{width, w.in_c}, [=](const int8_t* pixel) {
        int8_t bytes[kGroup] = {};
        for (int32_t i = 0; i < count; ++i)
          bytes[i] = pixel[pixel == fill ? 0 : (c + i) / multiplier];
        return wasm_v128_load(bytes);
      });
    }
    return c;
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_DEPTHWISE_PIXELS_H_
