// What kernel tests share: random shapes and buffers, and comparison by bytes.

#ifndef WRANGLET_KERNELS_TESTING_H_
#define WRANGLET_KERNELS_TESTING_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "kernels/params.h"

namespace wranglet {

// Elements of the image that a window moves over, and of what it makes.
inline int64_t InputSize(const WindowShape& w) {
  return int64_t{w.batch} * w.in_h * w.in_w * w.in_c;
}
inline int64_t OutputSize(const WindowShape& w) {
  return int64_t{w.batch} * w.out_h * w.out_w * w.out_c;
}

// Random values from a seed, which failures print.
class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  // From `low` to `high`, both included. (std::uniform_int_distribution is not the same
  // everywhere.)
  int32_t Int(int32_t low, int32_t high) {
    const auto span = static_cast<uint64_t>(static_cast<int64_t>(high) - low + 1);
    return static_cast<int32_t>(low + static_cast<int64_t>(engine_() % span));
  }

  float Float(float low, float high) {
    return low + (high - low) * (static_cast<float>(engine_() % (1 << 24)) / (1 << 24));
  }

  // Exactly `count` elements, so that a sanitizer sees a kernel that reads or writes beyond them.
  template <typename T>
  std::vector<T> Integers(int64_t count, int32_t low = std::numeric_limits<T>::min(),
                          int32_t high = std::numeric_limits<T>::max()) {
    std::vector<T> values(static_cast<size_t>(count));
    for (T& value : values) value = static_cast<T>(Int(low, high));
    return values;
  }
  std::vector<int8_t> Bytes(int64_t count, int32_t low = -128, int32_t high = 127) {
    return Integers<int8_t>(count, low, high);
  }
  std::vector<int16_t> Shorts(int64_t count, int32_t low = -32768, int32_t high = 32767) {
    return Integers<int16_t>(count, low, high);
  }
  std::vector<int32_t> Ints(int64_t count, int32_t low, int32_t high) {
    return Integers<int32_t>(count, low, high);
  }

  std::vector<float> Floats(int64_t count, float low, float high) {
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = Float(low, high);
    return values;
  }

  // A zero point, at the ends as often as between, and a clamp that lets at least one value
  // through.
  Int8Output Output() {
    Int8Output output;
    output.zero_point = Int(0, 3) == 0 ? (Int(0, 1) ? 127 : -128) : Int(-128, 127);
    if (Int(0, 1)) {
      output.min = Int(-128, 127);
      output.max = Int(output.min, 127);
    }
    return output;
  }

  Int16Output Output16() {
    Int16Output output;
    if (Int(0, 1)) {
      output.min = Int(-32768, 32767);
      output.max = Int(output.min, 32767);
    }
    return output;
  }

  // A window over an image whose output is not empty, with everything that a kernel must get right:
  // strides, dilations, padding on any side, odd channel counts.
  WindowShape Window(int32_t most_kernel) {
    WindowShape w;
    w.batch = Int(1, 2);
    w.kernel_h = Int(1, most_kernel), w.kernel_w = Int(1, most_kernel);
    w.stride_h = Int(1, 3), w.stride_w = Int(1, 3);
    w.dilation_h = Int(1, 2), w.dilation_w = Int(1, 2);
    w.in_h = Int(1, 9), w.in_w = Int(1, 9);
    const int32_t span_h = (w.kernel_h - 1) * w.dilation_h + 1;
    const int32_t span_w = (w.kernel_w - 1) * w.dilation_w + 1;
    w.pad_top = Int(0, span_h - 1), w.pad_left = Int(0, span_w - 1);
    const int32_t bottom = Int(0, span_h - 1), right = Int(0, span_w - 1);
    w.in_h = std::max(w.in_h, span_h - w.pad_top - bottom);
    w.in_w = std::max(w.in_w, span_w - w.pad_left - right);
    w.out_h = (w.in_h + w.pad_top + bottom - span_h) / w.stride_h + 1;
    w.out_w = (w.in_w + w.pad_left + right - span_w) / w.stride_w + 1;
    return w;
  }

 private:
  std::mt19937 engine_;
};

// Runs `test(random)` for `count` seeds; a failure names its seed.
template <typename Test>
void ForEachSeed(uint32_t count, Test&& test) {
  for (uint32_t seed = 1; seed <= count; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    test(random);
    if (::testing::Test::HasFailure()) return;
  }
}

// Whether two tensors are equal to the bit.
template <typename T>
::testing::AssertionResult SameBytes(const std::vector<T>& actual, const std::vector<T>& expected) {
  if (actual.size() != expected.size()) {
    return ::testing::AssertionFailure() << actual.size() << " elements, not " << expected.size();
  }
  for (size_t i = 0; i < actual.size(); ++i) {
    if (std::memcmp(&actual[i], &expected[i], sizeof(T)) != 0) {
      return ::testing::AssertionFailure()
             << "element " << i << " is " << +actual[i] << ", not " << +expected[i];
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TESTING_H_
