// Pictures that tests encode, and compare what was decoded with.

#ifndef WRANGLET_KERNELS_IMAGE_PICTURE_H_
#define WRANGLET_KERNELS_IMAGE_PICTURE_H_

#include <cstdint>
#include <vector>

namespace wranglet {

// Pixels of 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (CMYK or RGBA) interleaved channels.
struct Picture {
  int32_t width = 0, height = 0, channels = 3;
  std::vector<uint8_t> pixels;
};

// A picture of smooth slopes and some noise, the same for the same arguments.
Picture MakePicture(int32_t width, int32_t height, int32_t channels, uint32_t seed = 1);

// A picture of one colour.
Picture MakeFlatPicture(int32_t width, int32_t height, const std::vector<uint8_t>& pixel);

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_PICTURE_H_
