// WinogradTiles: how a convolution is cut into tiles for Winograd's algorithm (conv2d_winograd.h).
// For the kernel, and for the compiler and the quantiser, which choose it.

#ifndef WRANGLET_KERNELS_WINOGRAD_TILES_H_
#define WRANGLET_KERNELS_WINOGRAD_TILES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/even_part.h"
#include "kernels/params.h"

namespace wranglet {

// The outputs of a window in tiles of 4x4, these in groups and panels; and what lies in scratch
// memory.
struct WinogradTiles {
  static constexpr int32_t kSide = 4, kInputSide = 6;
  static constexpr int32_t kPoints = kInputSide * kInputSide;  // products of a tile and channel
  static constexpr int32_t kGroup = 4;                         // tiles that are multiplied at once
  static constexpr int32_t kMost = 64;                         // tiles of a panel
  static constexpr int32_t kColumns = 8;                       // of a block of packed weights
  // The most that a sum may be, either way, bias included, whatever the input.
  static constexpr int32_t kMostSum = (1 << 25) - 1;

  int32_t across, down;  // all tiles
  int32_t in_c;
  int32_t panel;  // tiles of one, at most
  int32_t rows;   // of tiles in a band
  int32_t pitch;  // bytes of a band's row

  // Whether a window can be cut so.
  static constexpr bool Serves(const WindowShape& w, int32_t groups) {
    return groups == 1 && w.kernel_h == 3 && w.kernel_w == 3 && w.stride_h == 1 &&
           w.stride_w == 1 && w.dilation_h == 1 && w.dilation_w == 1 && w.in_c % 8 == 0;
  }

  // Whether that is faster than products by pairs of the window as it is, in V8 on x86-64 without
  // AVX-VNNI: where groups are as full as they are with 7x7 outputs. By the tiles and by pairs, in
  // GMAC/s of the window: 32x32x16 by 16 80 and 60, 56x56x64 by 64 109 and 65, 8x8x64 by 64 78 and
  // 65, 7x7x512 by 512 79 and 63, 7x7x64 by 64 70 and 62, 12x12x16 by 16 59 and 55; and 4x4x64 by
  // 64 24 and 65.
  static constexpr bool Pays(const WindowShape& w, int32_t groups) {
    if (!Serves(w, groups) || w.out_c < kColumns) return false;
    const WinogradTiles by(w);
    const int32_t filled = (by.across * by.down + kGroup - 1) / kGroup * kGroup * kSide * kSide;
    return 4 * w.out_h * w.out_w >= 3 * filled;
  }

  constexpr explicit WinogradTiles(const WindowShape& w)
      : across((w.out_w + kSide - 1) / kSide),
        down((w.out_h + kSide - 1) / kSide),
        in_c(w.in_c),
        panel(std::clamp(kPanelElements / GroupElements() * kGroup, kLeast, kMost)),
        rows(EvenPart(down, std::max(1, panel / across))),
        pitch(((across * kSide + 2) * w.in_c + 15) / 16 * 16) {}

  // Tiles of each panel that a band of `tile_rows` makes.
  constexpr int32_t PanelOf(int32_t tile_rows) const {
    return EvenPart(across * tile_rows, panel, kGroup);
  }
  constexpr size_t BandBytes() const { return static_cast<size_t>((rows * kSide + 2) * pitch); }
  // Elements from one point's to the next's, of a group and of a block of weights.
  constexpr int32_t GroupStep() const { return kGroup * in_c + kApart; }
  constexpr int32_t WeightStep() const { return kColumns * in_c + kApart; }
  constexpr int32_t GroupElements() const { return kPoints * GroupStep(); }
  constexpr int32_t PanelElements() const {
    return std::min(panel / kGroup, (across * rows + kGroup - 1) / kGroup) * GroupElements();
  }
  constexpr size_t ScratchBytes() const {
    const int32_t elements = PanelElements() + kPoints * WeightStep();
    return BandBytes() + static_cast<size_t>(elements) * sizeof(int16_t);
  }

 private:
  // int16 elements of a panel, unless there are fewer tiles than are worth transforming weights.
  static constexpr int32_t kPanelElements = 32768, kLeast = 16;
  // A cache line: powers of two apart, the points would share a few of a cache's sets.
  static constexpr int32_t kApart = 32;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_WINOGRAD_TILES_H_
