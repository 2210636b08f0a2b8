#include "kernels/image/webp_decoder.h"

#include <cstddef>
#include <cstring>

#include "kernels/image/pixels.h"
#include "src/webp/decode.h"

namespace wranglet {
namespace {

ImageStatus StatusOf(VP8StatusCode code) {
  switch (code) {
    case VP8_STATUS_OK:
      return ImageStatus::kOk;
    case VP8_STATUS_OUT_OF_MEMORY:
      return ImageStatus::kOutOfMemory;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return ImageStatus::kUnknownFormat;
    default:
      return ImageStatus::kCorrupt;
  }
}

int32_t ScaledSide(int32_t side, int eighths) { return (side * eighths + 7) / 8; }

}  // namespace

bool IsWebp(std::span<const uint8_t> encoded) {
  return encoded.size() >= 12 && std::memcmp(encoded.data(), "RIFF", 4) == 0 &&
         std::memcmp(encoded.data() + 8, "WEBP", 4) == 0;
}

ImageStatus WebpDecoder::ReadHeader(ImageInfo* info) {
  WebPBitstreamFeatures features;
  const ImageStatus status = StatusOf(WebPGetFeatures(encoded_.data(), encoded_.size(), &features));
  if (status != ImageStatus::kOk) return status;
  *info = size_ = {.width = features.width, .height = features.height};
  if (features.has_animation) return ImageStatus::kUnknownFormat;
  constexpr int kLossless = 2;
  const int64_t pixels = int64_t{size_.width} * size_.height;
  has_alpha_ = features.has_alpha;
  picture_bytes_ = pixels * (features.format == kLossless ? 4 : has_alpha_ ? 5 : 0);
  return pixels > kMaxImagePixels ? ImageStatus::kTooManyPixels : ImageStatus::kOk;
}

ImageStatus WebpDecoder::Start(Pixels pixels, int eighths, SourceRows* rows) {
  const int32_t width = ScaledSide(size_.width, eighths);
  const int32_t height = ScaledSide(size_.height, eighths);
  pixels_ = pixels;
  row_bytes_ = int64_t{4} * width;
  const int64_t bytes = row_bytes_ * height;
  if (picture_bytes_ + bytes > kMaxWholePictureBytes) return ImageStatus::kOutOfMemory;
  rgba_ = AllocateArray<uint8_t>(bytes);
  WebPDecoderConfig config;
  if (!rgba_ || !WebPInitDecoderConfig(&config)) return ImageStatus::kOutOfMemory;
  config.options.use_scaling = eighths < 8;
  config.options.scaled_width = width;
  config.options.scaled_height = height;
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {.rgba = rgba_.get(),
                          .stride = static_cast<int>(row_bytes_),
                          .size = static_cast<size_t>(bytes)};
  next_row_ = rgba_.get();
  *rows = {.width = width,
           .height = height,
           .scale_x = static_cast<double>(width) / size_.width,
           .scale_y = static_cast<double>(height) / size_.height};
  return StatusOf(WebPDecode(encoded_.data(), encoded_.size(), &config));
}

ImageStatus WebpDecoder::ReadRow(uint8_t* row) {
  const auto width = static_cast<int32_t>(row_bytes_ / 4);
  uint8_t* rgba = next_row_;
  next_row_ += row_bytes_;
  if (has_alpha_) RgbaRowToRgbx(rgba, width);
  if (pixels_ == Pixels::kGray) {
    RgbxRowToGray(rgba, row, width);
  } else {
    std::memcpy(row, rgba, static_cast<size_t>(row_bytes_));
  }
  return ImageStatus::kOk;
}

}  // namespace wranglet
