// What tests of every RowSource need.

#ifndef WRANGLET_KERNELS_IMAGE_ROW_SOURCE_TESTING_H_
#define WRANGLET_KERNELS_IMAGE_ROW_SOURCE_TESTING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/image/row_source.h"

namespace wranglet {

struct Decoded {
  ImageStatus status = ImageStatus::kOk;
  ImageInfo info;
  SourceRows rows;
  std::vector<uint8_t> pixels;

  // Channel c of pixel (x, y), of kRgbx.
  int At(int32_t x, int32_t y, int32_t c) const {
    return pixels[(static_cast<size_t>(y) * rows.width + x) * 4 + c];
  }
};

// Reads the whole picture, up to the first call that fails.
inline Decoded DecodeAll(RowSource& source, Pixels pixels, int eighths) {
  Decoded result;
  result.status = source.ReadHeader(&result.info);
  if (result.status != ImageStatus::kOk) return result;
  result.status = source.Start(pixels, eighths, &result.rows);
  if (result.status != ImageStatus::kOk) return result;
  const size_t row_bytes = static_cast<size_t>(result.rows.width) * BytesOf(pixels);
  result.pixels.resize(row_bytes * static_cast<size_t>(result.rows.height));
  for (int32_t y = 0; y < result.rows.height && result.status == ImageStatus::kOk; ++y) {
    result.status = source.ReadRow(result.pixels.data() + static_cast<size_t>(y) * row_bytes);
  }
  if (result.status == ImageStatus::kOk) result.status = source.Finish();
  return result;
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_ROW_SOURCE_TESTING_H_
