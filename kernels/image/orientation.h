// How a camera was held: its picture is stored as the sensor saw it, beside a note of how to show
// it.

#ifndef WRANGLET_KERNELS_IMAGE_ORIENTATION_H_
#define WRANGLET_KERNELS_IMAGE_ORIENTATION_H_

#include <cstdint>
#include <utility>

#include "kernels/image/crop.h"

namespace wranglet {

// From the picture as it is stored to how it is shown: rows become columns if `transposed`, then
// left and right, top and bottom change places.
struct Orientation {
  bool transposed = false, flip_x = false, flip_y = false;
};

// EXIF's numbers, of what is where in the stored picture: from 1, first row on top and first column
// on the left, to 8, first row on the left and first column at the bottom. Others stand for 1.
constexpr Orientation OrientationOfExif(uint32_t number) {
  if (number < 1 || number > 8) number = 1;
  const bool turned = number == 6 || number == 7;
  return {.transposed = number >= 5,
          .flip_x = number == 2 || number == 3 || turned,
          .flip_y = number == 3 || number == 4 || number >= 7};
}

// Where a row of pixels goes in a picture, counted in pixels from its first one, row by row.
struct RowPath {
  int64_t start = 0;
  int32_t step = 1;  // from pixel to pixel
};

// Which part of the picture as it is stored serves `place`, a placement of the picture as it is
// shown, and how large that becomes; `left` and `top` have no meaning then.
inline Placement AsStored(const Placement& place, Orientation orientation) {
  Placement stored = place;
  if (orientation.transposed) {
    std::swap(stored.source_x, stored.source_y);
    std::swap(stored.width, stored.height);
  }
  // Intervals lie in the middle, so that flips change neither.
  return stored;
}

// Where row `row` of the part that AsStored(place) makes goes, in a target of `target_width`.
inline RowPath PathOfRow(const Placement& place, Orientation orientation, int32_t target_width,
                         int32_t row) {
  const int32_t right = place.left + place.width - 1, bottom = place.top + place.height - 1;
  const auto [transposed, flip_x, flip_y] = orientation;
  const int32_t along_x = transposed ? row : 0, along_y = transposed ? 0 : row;
  const int32_t x = flip_x ? right - along_x : place.left + along_x;
  const int32_t y = flip_y ? bottom - along_y : place.top + along_y;
  const bool backwards = transposed ? flip_y : flip_x;
  return {.start = int64_t{y} * target_width + x,
          .step = (transposed ? target_width : 1) * (backwards ? -1 : 1)};
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_ORIENTATION_H_
