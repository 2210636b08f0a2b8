#include "kernels/image/convert.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <new>

#include "kernels/image/array.h"
#include "kernels/image/crop.h"
#include "kernels/image/jpeg_decoder.h"
#include "kernels/image/png_decoder.h"
#include "kernels/image/resize.h"
#include "kernels/image/row_source.h"
#include "kernels/image/to_tensor.h"
#include "kernels/image/webp_decoder.h"

namespace wranglet {
namespace {

// Writes rows of pixels to their place in the tensor.
class TensorWriter {
 public:
  TensorWriter(const ImageSpec& spec, const uint8_t* table, uint8_t* out)
      : spec_(spec), table_(table), out_(out) {}

  void Write(int32_t x, int32_t y, const uint8_t* pixels, int32_t count) const {
    const int64_t place = (int64_t{y} * spec_.width + x) * spec_.Channels() * spec_.element_size;
    PixelsToTensor(pixels, count, spec_, table_, out_ + place);
  }

  // Fills what `place` leaves free.
  void WriteBorders(const Placement& place) const {
    uint8_t pixel[4];
    std::fill(std::begin(pixel), std::end(pixel), kLetterboxPixel);
    for (int32_t y = 0; y < spec_.height; ++y) {
      const bool beside = place.top <= y && y < place.top + place.height;
      for (int32_t x = 0; x < spec_.width; ++x) {
        if (beside && x == place.left) x += place.width;
        if (x < spec_.width) Write(x, y, pixel, 1);
      }
    }
  }

 private:
  const ImageSpec& spec_;
  const uint8_t* table_;
  uint8_t* out_;
};

// Decodes, resizes and writes the picture whose header has been read.
template <int kPixelBytes>
ImageStatus ConvertPicture(RowSource& source, const Placement& place, const TensorWriter& writer) {
  constexpr Pixels kPixels = kPixelBytes == 1 ? Pixels::kGray : Pixels::kRgbx;
  SourceRows rows;
  ImageStatus status = source.Start(kPixels, SmallestServingEighths(place), &rows);
  if (status != ImageStatus::kOk) return status;

  Resizer<kPixelBytes> resizer;
  const Array<uint8_t> row = AllocateArray<uint8_t>(int64_t{rows.width} * kPixelBytes + kRowSlack);
  if (!row || !resizer.Init(rows.width, rows.height, place.source_x.Scaled(rows.scale_x),
                            place.source_y.Scaled(rows.scale_y), place.width, place.height)) {
    return ImageStatus::kOutOfMemory;
  }
  for (int32_t y = 0; y < rows.height; ++y) {
    status = source.ReadRow(row.get());
    if (status != ImageStatus::kOk) return status;
    resizer.Push(row.get(), [&](int32_t out_y, const uint8_t* out_pixels) {
      writer.Write(place.left, place.top + out_y, out_pixels, place.width);
    });
  }
  return source.Finish();
}

struct Format {
  bool (*matches)(std::span<const uint8_t> encoded);
  RowSource* (*open)(std::span<const uint8_t> encoded);
};

template <typename Decoder>
RowSource* Open(std::span<const uint8_t> encoded) {
  return new (std::nothrow) Decoder(encoded);
}

constexpr Format kFormats[] = {
    {IsJpeg, Open<JpegDecoder>}, {IsPng, Open<PngDecoder>}, {IsWebp, Open<WebpDecoder>}};

ImageStatus Convert(RowSource& source, const ImageSpec& spec, const uint8_t* table, uint8_t* out,
                    ImageInfo* info) {
  const ImageStatus status = source.ReadHeader(info);
  if (status != ImageStatus::kOk) return status;
  const Placement place = PlaceImage(info->width, info->height, spec.width, spec.height, spec.crop);
  const TensorWriter writer(spec, table, out);
  writer.WriteBorders(place);
  return spec.Channels() == 1 ? ConvertPicture<1>(source, place, writer)
                              : ConvertPicture<4>(source, place, writer);
}

}  // namespace

ImageStatus ConvertImage(std::span<const uint8_t> encoded, const ImageSpec& spec,
                         std::span<const uint8_t> table, uint8_t* out, ImageInfo* info) {
  if (!spec.IsValid() || static_cast<int64_t>(table.size()) != spec.TableBytes())
    return ImageStatus::kBadArgument;
  const auto* format = std::find_if(std::begin(kFormats), std::end(kFormats),
                                    [&](const Format& f) { return f.matches(encoded); });
  if (format == std::end(kFormats)) return ImageStatus::kUnknownFormat;
  const std::unique_ptr<RowSource> source(format->open(encoded));
  if (!source) return ImageStatus::kOutOfMemory;
  ImageInfo size;
  return Convert(*source, spec, table.data(), out, info ? info : &size);
}

}  // namespace wranglet
