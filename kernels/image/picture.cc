#include "kernels/image/picture.h"

#include <random>

namespace wranglet {

Picture MakePicture(int32_t width, int32_t height, int32_t channels, uint32_t seed) {
  std::mt19937 random(seed);
  Picture picture = {.width = width, .height = height, .channels = channels, .pixels = {}};
  for (int32_t y = 0; y < height; ++y) {
    for (int32_t x = 0; x < width; ++x) {
      for (int32_t c = 0; c < channels; ++c) {
        const int32_t slope = (x * (3 + c) + y * (5 - c) + 40 * c) % 512;
        const int32_t value =
            (slope < 256 ? slope : 511 - slope) + static_cast<int32_t>(random() % 16) - 8;
        picture.pixels.push_back(static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value));
      }
    }
  }
  return picture;
}

Picture MakeFlatPicture(int32_t width, int32_t height, const std::vector<uint8_t>& pixel) {
  Picture picture = {.width = width,
                     .height = height,
                     .channels = static_cast<int32_t>(pixel.size()),
                     .pixels = {}};
  for (int64_t i = 0; i < int64_t{width} * height; ++i) {
    picture.pixels.insert(picture.pixels.end(), pixel.begin(), pixel.end());
  }
  return picture;
}

}  // namespace wranglet
