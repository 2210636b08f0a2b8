// Arithmetic of 8-bit pixels, as decoders need it.

#ifndef WRANGLET_KERNELS_IMAGE_PIXELS_H_
#define WRANGLET_KERNELS_IMAGE_PIXELS_H_

#include <cstdint>

namespace wranglet {

// round(a * b / 255), exact for all bytes: (t + t/256) / 256 with t = a*b + 128 (Blinn, "Three
// wrongs make a right").
inline uint8_t MultiplyBytes(uint32_t a, uint32_t b) {
  uint32_t t = a * b + 128;
  return static_cast<uint8_t>((t + (t >> 8)) >> 8);
}

// BT.601 luma in 16-bit fixed point, weights and rounding as libjpeg's rgb_gray_convert:
// round(65536 * {0.299, 0.587, 0.114}), whose sum is 65536.
inline uint8_t Luma(uint32_t r, uint32_t g, uint32_t b) {
  return static_cast<uint8_t>((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
}

// One channel, not premultiplied, over white: round((value * alpha + 255 * (255 - alpha)) / 255).
inline uint8_t OverWhite(uint32_t value, uint32_t alpha) {
  return static_cast<uint8_t>(MultiplyBytes(value, alpha) + 255 - alpha);
}

// Composes `width` RGBA pixels over white, in place; their fourth byte means nothing afterwards.
inline void RgbaRowToRgbx(uint8_t* row, int32_t width) {
  for (int32_t x = 0; x < width; ++x) {
    const uint32_t alpha = row[4 * x + 3];
    for (int i = 0; i < 3; ++i) row[4 * x + i] = OverWhite(row[4 * x + i], alpha);
  }
}

// Writes the luma of `width` pixels of 4 bytes, 1 byte each. `gray` may be where `rgbx` is.
inline void RgbxRowToGray(const uint8_t* rgbx, uint8_t* gray, int32_t width) {
  for (int32_t x = 0; x < width; ++x) gray[x] = Luma(rgbx[4 * x], rgbx[4 * x + 1], rgbx[4 * x + 2]);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_PIXELS_H_
