// What tests of the quantised products share: the types there are kernels for, and random values of
// them.

#ifndef WRANGLET_KERNELS_TESTING_PRODUCTS_H_
#define WRANGLET_KERNELS_TESTING_PRODUCTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/byte_dot.h"
#include "kernels/pair_dot.h"
#include "kernels/pair_lanes.h"
#include "kernels/quantized.h"
#include "kernels/testing.h"

namespace wranglet {

template <typename I, typename W, typename R = RequantizeOf<I>>
struct ProductTypes {
  using In = I;
  using Weight = W;
  using Requantize = R;
};

using GemmTypes = ::testing::Types<ProductTypes<int8_t, int8_t>, ProductTypes<int8_t, int16_t>,
                                   ProductTypes<int16_t, int8_t>,
                                   ProductTypes<int16_t, int8_t, RequantizeInt16Bounded>>;
using ConvolutionTypes =
    ::testing::Types<ProductTypes<int8_t, int8_t>, ProductTypes<int8_t, int16_t>,
                     ProductTypes<int8_t, int16_t, RequantizeTwice>, ProductTypes<int16_t, int8_t>,
                     ProductTypes<int16_t, int8_t, RequantizeInt16Bounded>>;

// A requantisation scale, in the form that the kernel takes.
template <typename Scale>
Scale ScaleFrom(double scale) {
  if constexpr (std::is_same_v<Scale, FixedPoint>) {
    return ToFixedPoint(scale);
  } else {
    return static_cast<Scale>(scale);
  }
}

// Whether kernels may multiply the filter by pairs: what the compiler tells them.
template <typename In, typename Weight>
bool FitPairs(const PairLanes& lanes, const std::vector<Weight>& filter, size_t channels,
              size_t channel_step, size_t step) {
  if constexpr (sizeof(In) == 1 && sizeof(Weight) == 1) {
    return lanes.Fit(filter, channels, channel_step, step);
  }
  return false;
}

// Calls `test` once for each way in which products of In by Weight can be computed here.
template <typename In, typename Weight, typename Test>
void ForEachWay(Test&& test) {
#if defined(__wasm_relaxed_simd__) || !defined(__wasm__)
  if constexpr (sizeof(In) == 1 && sizeof(Weight) == 1) {
    const bool usual_bytes = use_byte_dot, usual_pairs = use_pair_dot;
    const bool has_bytes = TakesUnsignedBytes(), has_pairs = TakesUnsignedPairs();
    for (const auto& [by_bytes, by_pairs] : {std::pair(false, false), std::pair(false, true),
                                             std::pair(true, false), std::pair(true, true)}) {
      if ((by_bytes && !has_bytes) || (by_pairs && !has_pairs)) continue;
      use_byte_dot = by_bytes, use_pair_dot = by_pairs;
      test();
    }
    use_byte_dot = usual_bytes, use_pair_dot = usual_pairs;
    return;
  }
#endif
  test();
}

// Random parameters of products that Requantize makes activations.
template <typename Requantize>
class RandomProduct {
 public:
  using Bias = typename Requantize::Bias;
  using Scale = typename Requantize::Scale;
  using Output = typename Requantize::Output;

  explicit RandomProduct(Random& random) : random_(random) {}

  int32_t ZeroPoint() { return kIsInt8 ? random_.Int(-128, 127) : 0; }

  // Weights of `count` filters of `depth`. int16 ones are int8 ones less a zero point; half of the
  // others fit PairLanes.
  template <typename Weight>
  std::vector<Weight> Filter(int64_t count, int32_t depth) {
    if constexpr (std::is_same_v<Requantize, RequantizeInt16Bounded>) {
      // With the bias and the largest activations they sum up in an int32.
      const int32_t most = std::min(127, ((1 << 16) - kMostBias / 32768 - 2) / depth);
      return random_.Integers<Weight>(count * depth, -most, most);
    }
    if constexpr (std::is_same_v<Weight, int8_t>) {
      // Four share a lane.
      if (random_.Int(0, 1)) return random_.Bytes(count * depth, -32, 32);
      return random_.Bytes(count * depth);
    }
    return random_.Integers<Weight>(count * depth, -255, 255);
  }

  std::vector<Bias> Biases(int64_t count) {
    std::vector<Bias> bias;
    for (const int32_t value : random_.Ints(count, -kMostBias, kMostBias)) bias.push_back(value);
    return bias;
  }

  Output PickOutput() {
    if constexpr (kIsInt8) {
      return random_.Output();
    } else if constexpr (std::is_same_v<Output, Int16Output>) {
      return random_.Output16();
    } else {
      Int16ProductOutput output{.rounding = static_cast<Rounding16>(random_.Int(0, 3))};
      if (random_.Int(0, 1)) {
        output.clamp.min = random_.Int(-32768, 32767);
        output.clamp.max = random_.Int(output.clamp.min, 32767);
      }
      return output;
    }
  }

  // Scales under which sums of `depth` products are spread over the type, some beyond it; with as
  // many bits as the rounding of int16 takes.
  std::vector<Scale> Scales(int64_t count, int32_t depth, const Output& output) {
    std::vector<Scale> scales;
    const double spread = std::sqrt(static_cast<double>(depth)) * 64;
    for (int64_t i = 0; i < count; ++i) {
      double scale = random_.Float(0.2f, 2.0f) / spread;
      if constexpr (!kIsInt8) {
        const Rounding16 rounding = RoundingOf(output);
        if (rounding != Rounding16::kHalfAway) {
          scale = RoundToBits(scale, rounding == Rounding16::kHalfUp ? 15 : 31);
        }
      }
      // Powers of two make ties.
      if (random_.Int(0, 3) == 0) scale = std::exp2(std::round(std::log2(scale)));
      scales.push_back(ScaleFrom<Scale>(scale));
    }
    return scales;
  }

 private:
  static Rounding16 RoundingOf(const Int16ProductOutput& output) { return output.rounding; }
  static Rounding16 RoundingOf(const Int16Output&) { return Rounding16::kHalfUp; }

  static constexpr bool kIsInt8 = std::is_same_v<typename Requantize::Out, int8_t>;
  static constexpr int32_t kMostBias = kIsInt8 ? 20000 : 20000000;

  static double RoundToBits(double value, int bits) {
    int exponent;
    const double mantissa = std::frexp(value, &exponent);
    return std::ldexp(std::round(std::ldexp(mantissa, bits)), exponent - bits);
  }

  Random& random_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TESTING_PRODUCTS_H_
