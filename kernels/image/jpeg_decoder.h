// Reads a JPEG in memory row by row, at a fraction of its size: libjpeg-turbo without its exits,
// behind RowSource.

#ifndef WRANGLET_KERNELS_IMAGE_JPEG_DECODER_H_
#define WRANGLET_KERNELS_IMAGE_JPEG_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/image/row_source.h"

namespace wranglet {

// More scans than any encoder writes (libjpeg's own script has 10); without a bound, a small file
// of many empty scans over a large picture would cost minutes.
inline constexpr int kMaxJpegScans = 64;
// And what the scans that are read may be together, in pixels of the picture.
inline constexpr int64_t kMaxJpegScanPixels = 500'000'000;

// Whether the file begins as every JPEG does.
bool IsJpeg(std::span<const uint8_t> encoded);

// What is decoded: baseline and progressive Huffman JPEG of 8 bits; grey, YCbCr, RGB, CMYK and
// YCCK. Others are kUnknownFormat. A file that ends early or whose entropy-coded data is damaged is
// kCorrupt, at the first sign of it; what cannot spoil pixels (bytes between segments, odd version
// numbers) is let pass. A progressive picture's coefficients exist all at once, and are
// kOutOfMemory beyond kMaxWholePictureBytes: at 14 megapixels, if its colour is subsampled by two
// both ways. Not at an eighth of the size, for which jpeg_dc_only.h keeps a 64th of them. Scans
// beyond the bounds above are kTooCostly.
class JpegDecoder : public RowSource {
 public:
  // `encoded` must outlive the decoder.
  explicit JpegDecoder(std::span<const uint8_t> encoded);
  ~JpegDecoder() override;
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  ImageStatus ReadHeader(ImageInfo* info) override;
  // At eighths/8 of the size, rounded up.
  ImageStatus Start(Pixels pixels, int eighths, SourceRows* rows) override;
  ImageStatus ReadRow(uint8_t* row) override;
  ImageStatus Finish() override;

 private:
  struct State;

  template <typename Call>
  ImageStatus Guarded(Call call);

  std::unique_ptr<State> state_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_JPEG_DECODER_H_
