// Which part of a picture becomes which part of the model's input.

#ifndef WRANGLET_KERNELS_IMAGE_CROP_H_
#define WRANGLET_KERNELS_IMAGE_CROP_H_

#include <algorithm>
#include <cstdint>

#include "kernels/image/image_types.h"

namespace wranglet {

// A stretch along one axis of a picture, in pixels; the ends need not lie between pixels.
struct Interval {
  double begin = 0, end = 0;

  double Length() const { return end - begin; }
  Interval Scaled(double factor) const { return {begin * factor, end * factor}; }
};

// `source_x` by `source_y` of the picture fills `width` by `height` pixels of the target from
// (left, top) on. What of the target stays free has the value kLetterboxPixel.
struct Placement {
  Interval source_x, source_y;
  int32_t left = 0, top = 0, width = 0, height = 0;
};

// The part of [0, length) that is `part` long and in its middle.
inline Interval CentredInterval(int32_t length, double part) {
  return {(length - part) / 2, (length + part) / 2};
}

// round(a * b / c), halves up, but no less than 1.
inline int32_t ScaledSide(int64_t a, int64_t b, int64_t c) {
  return static_cast<int32_t>(std::max<int64_t>(1, (2 * a * b + c) / (2 * c)));
}

// All sides are at least 1.
inline Placement PlaceImage(int32_t source_width, int32_t source_height, int32_t target_width,
                            int32_t target_height, CropPolicy policy) {
  Placement place = {.source_x = {0, static_cast<double>(source_width)},
                     .source_y = {0, static_cast<double>(source_height)},
                     .width = target_width,
                     .height = target_height};
  // Aspect ratios compared exactly: source is the wider where source_width / source_height is the
  // larger.
  const bool source_is_wider =
      int64_t{source_width} * target_height > int64_t{source_height} * target_width;
  if (policy == CropPolicy::kCenter && source_is_wider) {
    place.source_x = CentredInterval(
        source_width, static_cast<double>(source_height) * target_width / target_height);
  } else if (policy == CropPolicy::kCenter) {
    place.source_y = CentredInterval(
        source_height, static_cast<double>(source_width) * target_height / target_width);
  } else if (policy == CropPolicy::kLetterbox && source_is_wider) {
    place.height = ScaledSide(source_height, target_width, source_width);
    place.top = (target_height - place.height) / 2;
  } else if (policy == CropPolicy::kLetterbox) {
    place.width = ScaledSide(source_width, target_height, source_height);
    place.left = (target_width - place.width) / 2;
  }
  return place;
}

// The smallest n for which a picture decoded at n/8 still has a pixel for each of the target's,
// or 8.
inline int SmallestServingEighths(const Placement& place) {
  int eighths = 1;
  while (eighths < 8 && (place.source_x.Length() * eighths < 8.0 * place.width ||
                         place.source_y.Length() * eighths < 8.0 * place.height)) {
    ++eighths;
  }
  return eighths;
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_CROP_H_
