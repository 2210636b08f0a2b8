// Reads a PNG in memory row by row: libspng behind RowSource.

#ifndef WRANGLET_KERNELS_IMAGE_PNG_DECODER_H_
#define WRANGLET_KERNELS_IMAGE_PNG_DECODER_H_

#include <cstdint>
#include <span>

#include "kernels/image/array.h"
#include "kernels/image/row_source.h"

struct spng_ctx;

namespace wranglet {

// What text, profiles and other chunks beside the picture may take, in bytes; decompressed too.
inline constexpr int64_t kMaxPngChunkBytes = 4'000'000;

// Deflate makes up to 1032 bytes of one, so that a small file may be a large picture, and hours of
// work. What a picture unpacks to is limited to the first of these, and beyond the second to so
// many times the file's own size.
inline constexpr int64_t kMaxPngBytes = 200'000'000;
inline constexpr int64_t kCheapPngBytes = 40'000'000;
inline constexpr int64_t kMaxPngRatio = 200;

// Whether the file begins as every PNG does.
bool IsPng(std::span<const uint8_t> encoded);

// Every PNG is decoded: grey, colour and palette of 1 to 16 bits, of which the upper 8 count,
// interlaced or not. What is transparent, by alpha or tRNS, is composed over white. Gamma and
// profiles are not heeded. An interlaced picture exists whole, at 4 bytes a pixel, and is
// kOutOfMemory beyond kMaxWholePictureBytes. Wrong checksums are kCorrupt.
class PngDecoder : public RowSource {
 public:
  // `encoded` must outlive the decoder.
  explicit PngDecoder(std::span<const uint8_t> encoded) : encoded_(encoded) {}
  ~PngDecoder() override;
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;

  ImageStatus ReadHeader(ImageInfo* info) override;
  // At full size, whatever `eighths`.
  ImageStatus Start(Pixels pixels, int eighths, SourceRows* rows) override;
  ImageStatus ReadRow(uint8_t* row) override;
  ImageStatus Finish() override;

 private:
  int64_t RowBytes() const { return int64_t{4} * width_; }
  ImageStatus ReadInterlaced();

  std::span<const uint8_t> encoded_;
  spng_ctx* png_ = nullptr;
  int32_t width_ = 0, height_ = 0;
  bool interlaced_ = false, has_alpha_ = false;
  Pixels pixels_ = Pixels::kRgbx;
  Array<uint8_t> rgba_;   // the whole picture, interlaced; a row, to become grey; else none
  int32_t next_row_ = 0;  // of an interlaced picture
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_PNG_DECODER_H_
