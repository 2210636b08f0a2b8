// Reads a JPEG in memory row by row, at a fraction of its size: libjpeg-turbo without its exits.
//
//   JpegDecoder decoder(encoded);
//   decoder.ReadHeader(&info);
//   decoder.Start(JpegDecoder::Pixels::kRgbx, /*eighths=*/2);
//   for (y < decoder.height()) decoder.ReadRow(row);
//   decoder.Finish();
//
// Each returns a status, and after any but kOk the object is only good for destruction.

#ifndef WRANGLET_KERNELS_IMAGE_JPEG_DECODER_H_
#define WRANGLET_KERNELS_IMAGE_JPEG_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/image/image_types.h"

namespace wranglet {

// More scans than any encoder writes (libjpeg's own script has 10); without a bound, a small file
// of many empty scans over a large picture would cost minutes.
inline constexpr int kMaxJpegScans = 64;

// What the coefficients of a progressive JPEG, which can't be read row by row, may take, in bytes.
// The picture is 14 megapixels then, if its colour is subsampled by two both ways.
inline constexpr int64_t kMaxJpegCoefficientBytes = 42'000'000;

// Whether the file begins as every JPEG does.
bool IsJpeg(std::span<const uint8_t> encoded);

// What is decoded: baseline and progressive Huffman JPEG of 8 bits; grey, YCbCr, RGB, CMYK and
// YCCK. Others are kUnknownFormat. A file that ends early or whose entropy-coded data is damaged is
// kCorrupt, at the first sign of it; what cannot spoil pixels (bytes between segments, odd version
// numbers) is let pass.
class JpegDecoder {
 public:
  enum class Pixels {
    kGray,  // 1 byte: BT.601 luma
    kRgbx,  // 4 bytes: red, green, blue, and one without meaning
  };

  // `encoded` must outlive the decoder.
  explicit JpegDecoder(std::span<const uint8_t> encoded);
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  // Reads up to the first scan; nothing of the picture's size is allocated yet. kTooManyPixels
  // above kMaxImagePixels, with `info` filled in.
  ImageStatus ReadHeader(ImageInfo* info);

  // Begins to decode at eighths/8 of the size, 1 <= eighths <= 8, rounded up.
  ImageStatus Start(Pixels pixels, int eighths);

  // Of the rows that ReadRow gives, in pixels; known after Start.
  int32_t width() const;
  int32_t height() const;

  // Writes the next row, width() pixels. To be called exactly height() times.
  ImageStatus ReadRow(uint8_t* row);

  // Reads to the end of the file's image, and so finds out whether it has one.
  ImageStatus Finish();

 private:
  struct State;

  template <typename Call>
  ImageStatus Guarded(Call call);

  std::unique_ptr<State> state_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_JPEG_DECODER_H_
