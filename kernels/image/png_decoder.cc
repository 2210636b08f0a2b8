#include "kernels/image/png_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>

#include "kernels/image/pixels.h"
#include "spng.h"

namespace wranglet {
namespace {

constexpr uint8_t kSignature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

ImageStatus StatusOf(int error) {
  switch (error) {
    case SPNG_OK:
    case SPNG_EOI:  // with the last row
      return ImageStatus::kOk;
    case SPNG_EUSER_HEIGHT:
    case SPNG_EUSER_WIDTH:
      return ImageStatus::kTooManyPixels;
    case SPNG_ECHUNK_LIMITS:
    case SPNG_EMEM:
      return ImageStatus::kOutOfMemory;
    default:
      return ImageStatus::kCorrupt;
  }
}

// Bytes of the pixels as they were compressed, with each row's filter, not counting that the rows
// of an interlaced picture are more and shorter.
int64_t UnpackedBytes(const spng_ihdr& header) {
  constexpr int kChannels[] = {1, 0, 3, 1, 2, 0, 4};
  const int64_t row_bits = int64_t{header.width} * header.bit_depth * kChannels[header.color_type];
  return header.height * (1 + (row_bits + 7) / 8);
}

bool IsTooCostly(int64_t unpacked, int64_t encoded) {
  return unpacked > kMaxPngBytes ||
         (unpacked > kCheapPngBytes && unpacked > kMaxPngRatio * encoded);
}

}  // namespace

bool IsPng(std::span<const uint8_t> encoded) {
  return encoded.size() >= std::size(kSignature) &&
         std::equal(std::begin(kSignature), std::end(kSignature), encoded.begin());
}

PngDecoder::~PngDecoder() { spng_ctx_free(png_); }

ImageStatus PngDecoder::ReadHeader(ImageInfo* info) {
  png_ = spng_ctx_new(0);
  if (!png_) return ImageStatus::kOutOfMemory;
  spng_set_chunk_limits(png_, kMaxPngChunkBytes, kMaxPngChunkBytes);
  spng_set_image_limits(png_, kMaxImagePixels, kMaxImagePixels);
  spng_set_png_buffer(png_, encoded_.data(), encoded_.size());
  spng_ihdr header;
  const ImageStatus status = StatusOf(spng_get_ihdr(png_, &header));
  if (status != ImageStatus::kOk) return status;
  width_ = info->width = static_cast<int32_t>(header.width);
  height_ = info->height = static_cast<int32_t>(header.height);
  interlaced_ = header.interlace_method != SPNG_INTERLACE_NONE;
  has_alpha_ = header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA ||
               header.color_type == SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  if (int64_t{width_} * height_ > kMaxImagePixels) return ImageStatus::kTooManyPixels;
  const bool costly = IsTooCostly(UnpackedBytes(header), static_cast<int64_t>(encoded_.size()));
  return costly ? ImageStatus::kTooCostly : ImageStatus::kOk;
}

ImageStatus PngDecoder::Start(Pixels pixels, int /*eighths*/, SourceRows* rows) {
  pixels_ = pixels;
  *rows = {.width = width_, .height = height_};
  constexpr int kFlags = SPNG_DECODE_TRNS | SPNG_DECODE_PROGRESSIVE;
  const ImageStatus status = StatusOf(spng_decode_image(png_, nullptr, 0, SPNG_FMT_RGBA8, kFlags));
  if (status != ImageStatus::kOk) return status;
  spng_trns transparency;
  has_alpha_ = has_alpha_ || spng_get_trns(png_, &transparency) == SPNG_OK;
  if (interlaced_) return ReadInterlaced();
  if (pixels == Pixels::kGray) rgba_ = AllocateArray<uint8_t>(RowBytes());
  return pixels == Pixels::kGray && !rgba_ ? ImageStatus::kOutOfMemory : ImageStatus::kOk;
}

ImageStatus PngDecoder::ReadInterlaced() {
  const int64_t bytes = RowBytes() * height_;
  if (bytes > kMaxWholePictureBytes) return ImageStatus::kOutOfMemory;
  rgba_ = AllocateArray<uint8_t>(bytes);
  if (!rgba_) return ImageStatus::kOutOfMemory;
  spng_row_info row;
  while (spng_get_row_info(png_, &row) == SPNG_OK) {
    uint8_t* place = rgba_.get() + RowBytes() * row.row_num;
    const ImageStatus status =
        StatusOf(spng_decode_row(png_, place, static_cast<size_t>(RowBytes())));
    if (status != ImageStatus::kOk) return status;
  }
  return ImageStatus::kOk;
}

ImageStatus PngDecoder::ReadRow(uint8_t* row) {
  uint8_t* rgba = row;
  if (interlaced_) {
    rgba = rgba_.get() + RowBytes() * next_row_++;
  } else {
    if (rgba_) rgba = rgba_.get();
    const ImageStatus status =
        StatusOf(spng_decode_row(png_, rgba, static_cast<size_t>(RowBytes())));
    if (status != ImageStatus::kOk) return status;
  }
  if (has_alpha_) RgbaRowToRgbx(rgba, width_);
  if (pixels_ == Pixels::kGray) {
    RgbxRowToGray(rgba, row, width_);
  } else if (rgba != row) {
    std::memcpy(row, rgba, static_cast<size_t>(RowBytes()));
  }
  return ImageStatus::kOk;
}

ImageStatus PngDecoder::Finish() { return StatusOf(spng_decode_chunks(png_)); }

}  // namespace wranglet
