// JPEG files of every kind that tests want to read.

#ifndef WRANGLET_KERNELS_IMAGE_JPEG_WRITER_H_
#define WRANGLET_KERNELS_IMAGE_JPEG_WRITER_H_

#include <cstdint>
#include <vector>

namespace wranglet {

// Pixels of 1 (grey), 3 (RGB) or 4 (CMYK) interleaved channels.
struct Picture {
  int32_t width = 0, height = 0, channels = 3;
  std::vector<uint8_t> pixels;
};

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

// A picture of smooth slopes and some noise, the same for the same arguments.
Picture MakePicture(int32_t width, int32_t height, int32_t channels, uint32_t seed = 1);

// A picture of one colour.
Picture MakeFlatPicture(int32_t width, int32_t height, const std::vector<uint8_t>& pixel);

// Encodes with libjpeg-turbo; aborts on what it refuses.
std::vector<uint8_t> WriteJpeg(const Picture& picture, const JpegOptions& options = {});

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_JPEG_WRITER_H_
