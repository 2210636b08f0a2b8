// CMYK pixels, as Adobe's programs put them into JPEGs, to what models take.

#ifndef WRANGLET_KERNELS_IMAGE_CMYK_H_
#define WRANGLET_KERNELS_IMAGE_CMYK_H_

#include <cstdint>

#include "kernels/image/pixels.h"

namespace wranglet {

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
