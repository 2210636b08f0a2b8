#include "kernels/image/convert.h"

#include <algorithm>
#include <cstddef>

#include "kernels/image/array.h"
#include "kernels/image/crop.h"
#include "kernels/image/jpeg_decoder.h"
#include "kernels/image/resize.h"
#include "kernels/image/to_tensor.h"

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
ImageStatus ConvertPicture(JpegDecoder& decoder, const Placement& place,
                           const TensorWriter& writer) {
  const auto pixels = kPixelBytes == 1 ? JpegDecoder::Pixels::kGray : JpegDecoder::Pixels::kRgbx;
  const int eighths = SmallestServingEighths(place);
  ImageStatus status = decoder.Start(pixels, eighths);
  if (status != ImageStatus::kOk) return status;

  Resizer<kPixelBytes> resizer;
  const Array<uint8_t> row =
      AllocateArray<uint8_t>(int64_t{decoder.width()} * kPixelBytes + kRowSlack);
  if (!row || !resizer.Init(decoder.width(), decoder.height(), place.source_x.Scaled(eighths / 8.0),
                            place.source_y.Scaled(eighths / 8.0), place.width, place.height)) {
    return ImageStatus::kOutOfMemory;
  }
  for (int32_t y = 0; y < decoder.height(); ++y) {
    status = decoder.ReadRow(row.get());
    if (status != ImageStatus::kOk) return status;
    resizer.Push(row.get(), [&](int32_t out_y, const uint8_t* out_pixels) {
      writer.Write(place.left, place.top + out_y, out_pixels, place.width);
    });
  }
  return decoder.Finish();
}

}  // namespace

ImageStatus ConvertImage(std::span<const uint8_t> encoded, const ImageSpec& spec,
                         std::span<const uint8_t> table, uint8_t* out, ImageInfo* info) {
  if (!spec.IsValid() || static_cast<int64_t>(table.size()) != spec.TableBytes())
    return ImageStatus::kBadArgument;
  if (!IsJpeg(encoded)) return ImageStatus::kUnknownFormat;
  JpegDecoder decoder(encoded);
  ImageInfo size;
  const ImageStatus status = decoder.ReadHeader(&size);
  if (info) *info = size;
  if (status != ImageStatus::kOk) return status;

  const Placement place = PlaceImage(size.width, size.height, spec.width, spec.height, spec.crop);
  const TensorWriter writer(spec, table.data(), out);
  writer.WriteBorders(place);
  return spec.Channels() == 1 ? ConvertPicture<1>(decoder, place, writer)
                              : ConvertPicture<4>(decoder, place, writer);
}

}  // namespace wranglet
