// The words of the image path: what a model wants to be given, and how a conversion can end.
// The numbers are those of image.wasm's exports (docs/architecture.md).

#ifndef WRANGLET_KERNELS_IMAGE_IMAGE_TYPES_H_
#define WRANGLET_KERNELS_IMAGE_IMAGE_TYPES_H_

#include <cstdint>

namespace wranglet {

enum class ImageStatus : int32_t {
  kOk = 0,
  kUnknownFormat = 1,  // not an image of a format we read
  kCorrupt = 2,        // truncated or damaged
  kTooManyPixels = 3,  // more than kMaxImagePixels
  kOutOfMemory = 4,
  kBadArgument = 5,  // an ImageSpec or table that no model has
  kTooCostly = 6,    // decoding would take longer than a file of this size is worth
};

enum class ColorOrder : int32_t { kRgb = 0, kBgr = 1, kGray = 2 };

// How a picture of one aspect ratio becomes one of another.
enum class CropPolicy : int32_t {
  kCenter = 0,     // the largest centred rectangle of the target's aspect ratio
  kStretch = 1,    // the whole picture, its aspect ratio changed
  kLetterbox = 2,  // the whole picture, its aspect ratio kept, with borders of kLetterboxPixel
};

// Mid-grey, in every channel: what most models' normalisation takes nearest to zero.
inline constexpr uint8_t kLetterboxPixel = 128;

inline constexpr int64_t kMaxImagePixels = 50'000'000;

// Neither side of a model's input may be longer.
inline constexpr int32_t kMaxTargetSide = 4096;

// The tensor wanted: NHWC, batch 1.
struct ImageSpec {
  int32_t width = 0, height = 0;  // 1 to kMaxTargetSide
  ColorOrder color = ColorOrder::kRgb;
  CropPolicy crop = CropPolicy::kCenter;
  int32_t element_size = 1;  // bytes of one stored value: 1, 2 or 4

  int32_t Channels() const { return color == ColorOrder::kGray ? 1 : 3; }
  // Bytes of the lookup table: 256 entries a channel, channel-major, in the tensor's channel order.
  int64_t TableBytes() const { return int64_t{256} * Channels() * element_size; }
  // Bytes of the tensor.
  int64_t TensorBytes() const { return int64_t{width} * height * Channels() * element_size; }

  // Whether every field has one of the values named here.
  bool IsValid() const {
    const auto in = [](int32_t value, int32_t low, int32_t high) {
      return low <= value && value <= high;
    };
    return in(width, 1, kMaxTargetSide) && in(height, 1, kMaxTargetSide) &&
           in(static_cast<int32_t>(color), 0, 2) && in(static_cast<int32_t>(crop), 0, 2) &&
           (element_size == 1 || element_size == 2 || element_size == 4);
  }
};

// What the encoded image itself says.
struct ImageInfo {
  int32_t width = 0, height = 0;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_IMAGE_TYPES_H_
