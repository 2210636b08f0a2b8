// What tests of kernels of two operands share: random shapes, and a comparison with the definition.

#ifndef WRANGLET_KERNELS_TESTING_BROADCAST_H_
#define WRANGLET_KERNELS_TESTING_BROADCAST_H_

#include <cstdint>
#include <vector>

#include "kernels/broadcast.h"
#include "kernels/testing.h"

namespace wranglet {

// Two operands of one shape.
inline Broadcast OneRow(int32_t size) { return {.sizes = {1, 1, 1, 1, 1, size}}; }

// A shape whose operands are repeated along some dimensions, and how many elements each has.
struct RandomBroadcast {
  explicit RandomBroadcast(Random& random) {
    const int32_t rank = random.Int(1, 6);
    for (size_t axis = 6; axis-- > 6 - static_cast<size_t>(rank);) {
      const bool is_last = axis == 5;
      // Long rows now and then, so that whole vectors are met.
      const int32_t size = is_last ? random.Int(1, 40) : random.Int(1, 3);
      const int32_t repeats = random.Int(0, 2);  // 1: a, 2: b
      shape.sizes[axis] = size;
      shape.a_strides[axis] = repeats == 1 ? 0 : a_count;
      shape.b_strides[axis] = repeats == 2 ? 0 : b_count;
      if (repeats != 1) a_count *= size;
      if (repeats != 2) b_count *= size;
      count *= size;
    }
  }

  Broadcast shape;
  int32_t a_count = 1, b_count = 1, count = 1;
};

// Expects that a kernel and its definition give the same, in place too where that is allowed.
template <typename T, typename Params, typename Kernel, typename Reference>
void ExpectEqual(const Params& params, const std::vector<T>& a, const std::vector<T>& b,
                 int32_t count, const Kernel& kernel, const Reference& reference) {
  std::vector<T> expected(static_cast<size_t>(count)), actual(expected.size());
  reference(params, a.data(), b.data(), expected.data());
  kernel(params, a.data(), b.data(), actual.data());
  EXPECT_TRUE(SameBytes(actual, expected));
  if (a.size() == expected.size()) {
    std::vector<T> in_place = a;
    kernel(params, in_place.data(), b.data(), in_place.data());
    EXPECT_TRUE(SameBytes(in_place, expected)) << "in place of a";
  }
  if (b.size() == expected.size()) {
    std::vector<T> in_place = b;
    kernel(params, a.data(), in_place.data(), in_place.data());
    EXPECT_TRUE(SameBytes(in_place, expected)) << "in place of b";
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TESTING_BROADCAST_H_
