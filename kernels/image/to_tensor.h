// From pixels to the stored values of the model's input, by table: normalisation and quantisation
// are in it.

#ifndef WRANGLET_KERNELS_IMAGE_TO_TENSOR_H_
#define WRANGLET_KERNELS_IMAGE_TO_TENSOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/image/image_types.h"

namespace wranglet {

// Byte of the pixel, of 4 bytes or 1, that holds the tensor's channel.
constexpr std::array<int, 3> ChannelBytes(ColorOrder color) {
  return color == ColorOrder::kBgr ? std::array{2, 1, 0} : std::array{0, 1, 2};
}

// Writes `count` pixels' values, `step` pixels of the tensor apart: for each channel the element
// table[channel * 256 + pixel value], of kElementBytes. Pixels have 1 byte where the tensor has 1
// channel, else 4 (RGBX).
template <int kElementBytes, int kChannels>
void LookUpPixels(const uint8_t* pixels, int32_t count, int32_t step,
                  std::array<int, 3> channel_bytes, const uint8_t* table, uint8_t* out) {
  constexpr int kPixelBytes = kChannels == 1 ? 1 : 4;
  for (int32_t i = 0; i < count; ++i) {
    uint8_t* element = out + int64_t{i} * step * (kChannels * kElementBytes);
    for (int channel = 0; channel < kChannels; ++channel) {
      const size_t entry =
          static_cast<size_t>(channel) * 256 + pixels[i * kPixelBytes + channel_bytes[channel]];
      std::memcpy(element, table + entry * kElementBytes, kElementBytes);
      element += kElementBytes;
    }
  }
}

// LookUpPixels for the spec's element size and colour.
inline void PixelsToTensor(const uint8_t* pixels, int32_t count, int32_t step,
                           const ImageSpec& spec, const uint8_t* table, uint8_t* out) {
  using Function = decltype(&LookUpPixels<1, 1>);
  constexpr Function kFunctions[3][2] = {{LookUpPixels<1, 1>, LookUpPixels<1, 3>},
                                         {LookUpPixels<2, 1>, LookUpPixels<2, 3>},
                                         {LookUpPixels<4, 1>, LookUpPixels<4, 3>}};
  kFunctions[spec.element_size / 2][spec.Channels() / 3](pixels, count, step,
                                                         ChannelBytes(spec.color), table, out);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_TO_TENSOR_H_
