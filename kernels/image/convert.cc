#include "kernels/image/convert.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <new>

#include "kernels/image/array.h"
#include "kernels/image/crop.h"
#include "kernels/image/exif.h"
#include "kernels/image/jpeg_decoder.h"
#include "kernels/image/orientation.h"
#include "kernels/image/png_decoder.h"
#include "kernels/image/resize.h"
#include "kernels/image/row_source.h"
#include "kernels/image/to_tensor.h"
#include "kernels/image/webp_decoder.h"

namespace wranglet {
namespace {

// Writes pixels to their place in the tensor.
class TensorWriter {
 public:
  TensorWriter(const ImageSpec& spec, const uint8_t* table, uint8_t* out)
      : spec_(spec), table_(table), out_(out) {}

  void Write(RowPath path, const uint8_t* pixels, int32_t count) const {
    const int64_t bytes = path.start * spec_.Channels() * spec_.element_size;
    PixelsToTensor(pixels, count, path.step, spec_, table_, out_ + bytes);
  }

  // Fills what `place` leaves free.
  void WriteBorders(const Placement& place) const {
    uint8_t pixel[4];
    std::fill(std::begin(pixel), std::end(pixel), kLetterboxPixel);
    for (int32_t y = 0; y < spec_.height; ++y) {
      const bool beside = place.top <= y && y < place.top + place.height;
      for (int32_t x = 0; x < spec_.width; ++x) {
        if (beside && x == place.left) x += place.width;
        if (x < spec_.width) Write({.start = int64_t{y} * spec_.width + x}, pixel, 1);
      }
    }
  }

  int32_t width() const { return spec_.width; }

 private:
  const ImageSpec& spec_;
  const uint8_t* table_;
  uint8_t* out_;
};

// Decodes, resizes and writes the picture whose header has been read; `place` is where it is shown.
template <int kPixelBytes>
ImageStatus ConvertPicture(RowSource& source, const Placement& place, Orientation orientation,
                           const TensorWriter& writer) {
  constexpr Pixels kPixels = kPixelBytes == 1 ? Pixels::kGray : Pixels::kRgbx;
  const Placement stored = AsStored(place, orientation);
  SourceRows rows;
  ImageStatus status = source.Start(kPixels, SmallestServingEighths(stored), &rows);
  if (status != ImageStatus::kOk) return status;

  Resizer<kPixelBytes> resizer;
  const Array<uint8_t> row = AllocateArray<uint8_t>(int64_t{rows.width} * kPixelBytes + kRowSlack);
  if (!row || !resizer.Init(rows.width, rows.height, stored.source_x.Scaled(rows.scale_x),
                            stored.source_y.Scaled(rows.scale_y), stored.width, stored.height)) {
    return ImageStatus::kOutOfMemory;
  }
  for (int32_t y = 0; y < rows.height; ++y) {
    status = source.ReadRow(row.get());
    if (status != ImageStatus::kOk) return status;
    resizer.Push(row.get(), [&](int32_t out_y, const uint8_t* out_pixels) {
      writer.Write(PathOfRow(place, orientation, writer.width(), out_y), out_pixels, stored.width);
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

ImageStatus Convert(RowSource& source, Orientation orientation, const ImageSpec& spec,
                    const uint8_t* table, uint8_t* out, ImageInfo* info) {
  const ImageStatus status = source.ReadHeader(info);
  if (status != ImageStatus::kOk) return status;
  const bool turned = orientation.transposed;
  const Placement place =
      PlaceImage(turned ? info->height : info->width, turned ? info->width : info->height,
                 spec.width, spec.height, spec.crop);
  const TensorWriter writer(spec, table, out);
  writer.WriteBorders(place);
  return spec.Channels() == 1 ? ConvertPicture<1>(source, place, orientation, writer)
                              : ConvertPicture<4>(source, place, orientation, writer);
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
  return Convert(*source, OrientationOfExif(ExifOrientation(encoded)), spec, table.data(), out,
                 info ? info : &size);
}

}  // namespace wranglet
