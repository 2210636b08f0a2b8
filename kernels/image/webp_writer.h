// WebP files of every kind that tests want to read.

#ifndef WRANGLET_KERNELS_IMAGE_WEBP_WRITER_H_
#define WRANGLET_KERNELS_IMAGE_WEBP_WRITER_H_

#include <cstdint>
#include <vector>

#include "kernels/image/picture.h"

namespace wranglet {

struct WebpOptions {
  // Not lossless: 0 to 100.
  bool lossless = false;
  float quality = 90;
};

// Encodes RGB or RGBA with libwebp, lossless also what is transparent; aborts on what it refuses.
std::vector<uint8_t> WriteWebp(const Picture& picture, const WebpOptions& options = {});

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_WEBP_WRITER_H_
