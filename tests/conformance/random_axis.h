// Axes of tensors.

#ifndef WRANGLET_TESTS_CONFORMANCE_RANDOM_AXIS_H_
#define WRANGLET_TESTS_CONFORMANCE_RANDOM_AXIS_H_

#include <cstdint>

#include "tests/conformance/random_tflite.h"

namespace wranglet {

inline int32_t RankOf(const Value& x) { return static_cast<int32_t>(x.shape.size()); }

// An axis as files have it: some count from the end.
inline int32_t Written(RandomTflite& net, int32_t axis, int32_t rank) {
  return net.OneIn(3) ? axis - rank : axis;
}

}  // namespace wranglet

#endif  // WRANGLET_TESTS_CONFORMANCE_RANDOM_AXIS_H_
