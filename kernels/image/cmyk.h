// CMYK pixels, as Adobe's programs put them into JPEGs, to what models take.

#ifndef WRANGLET_KERNELS_IMAGE_CMYK_H_
#define WRANGLET_KERNELS_IMAGE_CMYK_H_

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

// One CMYK pixel as RGB, without a colour profile: each ink and black absorb light one after the
// other. `absence` tells that 255 means no ink (as Adobe writes them), not full ink (as the
// standard has it).
struct CmykToRgb {
  bool absence;

  void operator()(const uint8_t* cmyk, uint8_t* rgb) const {
    const uint8_t flip = absence ? 0 : 255;
    for (int i = 0; i < 3; ++i) rgb[i] = MultiplyBytes(cmyk[i] ^ flip, cmyk[3] ^ flip);
  }
};

// Converts `width` pixels in place; 4 bytes a pixel before and after.
inline void CmykRowToRgbx(uint8_t* row, int32_t width, bool absence) {
  const CmykToRgb convert{absence};
  for (int32_t x = 0; x < width; ++x) convert(row + 4 * x, row + 4 * x);
}

// Converts `width` pixels of 4 bytes to 1 byte each.
inline void CmykRowToGray(const uint8_t* cmyk, uint8_t* gray, int32_t width, bool absence) {
  const CmykToRgb convert{absence};
  for (int32_t x = 0; x < width; ++x) {
    uint8_t rgb[3];
    convert(cmyk + 4 * x, rgb);
    gray[x] = Luma(rgb[0], rgb[1], rgb[2]);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_CMYK_H_
