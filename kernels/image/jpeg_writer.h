// JPEG files of every kind that tests want to read.

#ifndef WRANGLET_KERNELS_IMAGE_JPEG_WRITER_H_
#define WRANGLET_KERNELS_IMAGE_JPEG_WRITER_H_

#include <cstdint>
#include <vector>

#include "kernels/image/picture.h"

namespace wranglet {

struct JpegOptions {
  int quality = 90;
  bool progressive = false;
  // Every coefficient in two scans of its own: 128 scans of a grey picture.
  bool many_scans = false;
  // Colour at half the resolution, both ways.
  bool subsampled = false;
  // Without it, RGB is stored as it is, and CMYK too (else as YCbCr and YCCK).
  bool transformed = true;
  // Marks CMYK as Adobe's, whose values are the absence of ink.
  bool adobe = true;
};

// Encodes with libjpeg-turbo; aborts on what it refuses.
std::vector<uint8_t> WriteJpeg(const Picture& picture, const JpegOptions& options = {});

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_JPEG_WRITER_H_
