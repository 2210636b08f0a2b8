// Reads a WebP in memory, at a fraction of its size: libwebp behind RowSource.

#ifndef WRANGLET_KERNELS_IMAGE_WEBP_DECODER_H_
#define WRANGLET_KERNELS_IMAGE_WEBP_DECODER_H_

#include <cstdint>
#include <span>

#include "kernels/image/array.h"
#include "kernels/image/row_source.h"

namespace wranglet {

// Whether the file begins as every WebP does.
bool IsWebp(std::span<const uint8_t> encoded);

// Still pictures are decoded, lossy and lossless; what is transparent is composed over white, after
// scaling. Animations are kUnknownFormat. A lossless picture exists whole, at 4 bytes a pixel, and
// so may the alpha of a lossy one, at 5: they are kOutOfMemory beyond kMaxWholePictureBytes.
class WebpDecoder : public RowSource {
 public:
  // `encoded` must outlive the decoder.
  explicit WebpDecoder(std::span<const uint8_t> encoded) : encoded_(encoded) {}

  ImageStatus ReadHeader(ImageInfo* info) override;
  // At eighths/8 of the size, rounded up, by libwebp's scaler (an average over areas), which is
  // less work than the pixels at full size. Decodes everything.
  ImageStatus Start(Pixels pixels, int eighths, SourceRows* rows) override;
  ImageStatus ReadRow(uint8_t* row) override;
  ImageStatus Finish() override { return ImageStatus::kOk; }

 private:
  std::span<const uint8_t> encoded_;
  ImageInfo size_;
  int64_t picture_bytes_ = 0;  // what exists whole
  Pixels pixels_ = Pixels::kRgbx;
  bool has_alpha_ = false;
  int64_t row_bytes_ = 0;
  Array<uint8_t> rgba_;
  uint8_t* next_row_ = nullptr;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_WEBP_DECODER_H_
