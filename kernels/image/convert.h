// From the bytes of an image file to a model's input tensor: the one function that the compiler
// (for calibration and `wranglet run`) and image.wasm (for the Worker) share, so that both get the
// same bytes.

#ifndef WRANGLET_KERNELS_IMAGE_CONVERT_H_
#define WRANGLET_KERNELS_IMAGE_CONVERT_H_

#include <cstdint>
#include <span>

#include "kernels/image/image_types.h"

namespace wranglet {

// Decodes `encoded` (JPEG, PNG or WebP), turns it as its EXIF says, crops, resizes to `spec`, and
// writes to `out` (spec.TensorBytes() bytes), for each pixel value v of channel c, the element
// table[c * 256 + v].
//
// `table` is spec.TableBytes() long, in the manifest's layout. `info`, unless null, gets the size
// of the source, as it is stored, as soon as it is known, also when the conversion fails later.
// Rows go from the decoder (of JPEG and WebP, at the smallest eighth of the size that serves)
// straight to the resizer; only of what can't be read row by row do all pixels exist
// (row_source.h).
//
// On any status but kOk the contents of `out` are unspecified. Nothing stays allocated.
ImageStatus ConvertImage(std::span<const uint8_t> encoded, const ImageSpec& spec,
                         std::span<const uint8_t> table, uint8_t* out, ImageInfo* info = nullptr);

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_CONVERT_H_
