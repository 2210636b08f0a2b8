// Tells files which way up they are, for tests.

#ifndef WRANGLET_KERNELS_IMAGE_EXIF_WRITER_H_
#define WRANGLET_KERNELS_IMAGE_EXIF_WRITER_H_

#include <cstdint>
#include <vector>

namespace wranglet {

// An EXIF directory of a few entries, among them the orientation.
std::vector<uint8_t> MakeExif(uint32_t orientation, bool big_endian);

// `file`, a JPEG, a PNG or a WebP of its writer, with `exif` where the format has it.
std::vector<uint8_t> WithExif(std::vector<uint8_t> file, const std::vector<uint8_t>& exif);

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_EXIF_WRITER_H_
