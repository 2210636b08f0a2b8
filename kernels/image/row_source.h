// What every format's decoder is to convert.cc: a picture that is read once, row by row.
//
//   source.ReadHeader(&info);
//   source.Start(Pixels::kRgbx, /*eighths=*/2, &rows);
//   for (y < rows.height) source.ReadRow(row);
//   source.Finish();
//
// Each returns a status, and after any but kOk the object is only good for destruction.

#ifndef WRANGLET_KERNELS_IMAGE_ROW_SOURCE_H_
#define WRANGLET_KERNELS_IMAGE_ROW_SOURCE_H_

#include <cstdint>

#include "kernels/image/image_types.h"

namespace wranglet {

// What a picture may take that can't be read row by row, in bytes: the coefficients of a
// progressive JPEG, the pixels of an interlaced PNG or a lossless WebP. Beside most bodies it fits
// into image.wasm's 64 MiB; beside the largest a decoder may lack memory before this, which is
// kOutOfMemory too.
inline constexpr int64_t kMaxWholePictureBytes = 42'000'000;

enum class Pixels {
  kGray,  // 1 byte: BT.601 luma
  kRgbx,  // 4 bytes: red, green, blue, and one without meaning
};

constexpr int32_t BytesOf(Pixels pixels) { return pixels == Pixels::kGray ? 1 : 4; }

// The rows that a source gives: how many pixels, and how many of them a pixel of the file became.
struct SourceRows {
  int32_t width = 0, height = 0;
  double scale_x = 1, scale_y = 1;
};

class RowSource {
 public:
  virtual ~RowSource() = default;

  // Reads how large the picture is; nothing of that size is allocated yet. kTooManyPixels above
  // kMaxImagePixels and kTooCostly where decoding would take too long, with `info` filled in.
  virtual ImageStatus ReadHeader(ImageInfo* info) = 0;

  // Begins to decode, at no less than eighths/8 of the size, 1 <= eighths <= 8: a source that can
  // do with less work for a smaller picture does.
  virtual ImageStatus Start(Pixels pixels, int eighths, SourceRows* rows) = 0;

  // Writes the next row. To be called exactly `rows.height` times.
  virtual ImageStatus ReadRow(uint8_t* row) = 0;

  // Reads to the end of the file's image, and so finds out whether it has one.
  virtual ImageStatus Finish() = 0;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_ROW_SOURCE_H_
