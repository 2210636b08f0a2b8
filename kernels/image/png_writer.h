// PNG files of every kind that tests want to read.

#ifndef WRANGLET_KERNELS_IMAGE_PNG_WRITER_H_
#define WRANGLET_KERNELS_IMAGE_PNG_WRITER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/image/picture.h"

namespace wranglet {

struct PngOptions {
  // 1, 2 or 4: the picture has one channel, with values below 1 << bit_depth. 16: the values are
  // the upper bytes, the lower ones are noise.
  int bit_depth = 8;
  bool interlaced = false;
  // Not empty: the picture has one channel, of indices into these RGBA colours.
  std::vector<std::array<uint8_t, 4>> palette = {};
  // The colour, grey in all three or RGB, that is transparent, as samples of the file.
  std::optional<std::array<uint16_t, 3>> transparent = std::nullopt;
};

// Encodes with libspng; aborts on what it refuses. 2 channels are grey and alpha, 4 are RGBA.
std::vector<uint8_t> WritePng(const Picture& picture, const PngOptions& options = {});

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_PNG_WRITER_H_
