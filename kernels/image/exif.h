// What of EXIF a model must know: which way up the picture is.

#ifndef WRANGLET_KERNELS_IMAGE_EXIF_H_
#define WRANGLET_KERNELS_IMAGE_EXIF_H_

#include <cstdint>
#include <span>

namespace wranglet {

// The orientation, 1 to 8, that a JPEG's APP1 segment, a PNG's eXIf chunk or a WebP's EXIF chunk
// tells; 1 where there is none, or none that can be understood. Reads headers only.
uint32_t ExifOrientation(std::span<const uint8_t> encoded);

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_EXIF_H_
