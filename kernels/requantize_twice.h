// Requantisation as TensorFlow Lite's own int8 kernels do it (MultiplyByQuantizedMultiplier): by a
// mantissa of 31 bits and an exponent a channel, with two roundings, where XNNPACK, and
// RequantizeInt8, round once. LiteRT leaves some convolutions to these kernels, above all the
// depthwise ones of uint8. Callers are Conv2d and DepthwiseConv2d.

#ifndef WRANGLET_KERNELS_REQUANTIZE_TWICE_H_
#define WRANGLET_KERNELS_REQUANTIZE_TWICE_H_

#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/requantize.h"
#include "kernels/simd.h"

namespace wranglet {

// The definition.
inline int8_t RequantizeTwiceReference(int32_t accumulator, const FixedPoint& scale,
                                       const Int8Output& output) {
  const int64_t stored = int64_t{MultiplyReference(accumulator, scale)} + output.zero_point;
  return static_cast<int8_t>(std::clamp<int64_t>(stored, output.min, output.max));
}

// The same for whole vectors.
class RequantizeTwice {
 public:
  // See RequantizeInt8.
  using Output = Int8Output;
  using Out = int8_t;
  using Bias = int32_t;
  using Scale = FixedPoint;
  static constexpr int32_t kMostDepth = RequantizeInt8::kMostDepth;
  static constexpr int32_t kColumns = 8;

  template <int kRows>
  using Sums = RequantizeInt8::Sums<kRows>;

  // The scales of four columns: MultiplyReference by one of its own for each lane. What is rounded
  // saturates otherwise than there, but as far outside of int8.
  class Four {
   public:
    explicit Four(const FixedPoint* scale) {
      alignas(16) int32_t multiplier[4], left[4], most[4];
      alignas(16) uint32_t right[4];
      for (int i = 0; i < 4; ++i) {
        const int32_t exponent = scale[i].exponent, up = std::max(exponent, 0);
        multiplier[i] = scale[i].multiplier;
        left[i] = int32_t{1} << up;
        most[i] = std::numeric_limits<int32_t>::max() >> up;
        right[i] = uint32_t{1} << (31 + std::min(exponent, 0));
      }
      multiplier_ = wasm_v128_load(multiplier), left_ = wasm_v128_load(left);
      most_ = wasm_v128_load(most), right_ = wasm_v128_load(right);
    }

    v128_t operator()(v128_t value) const {
      const v128_t bounded = wasm_i32x4_max(wasm_i32x4_min(value, most_), wasm_v128_not(most_));
      const v128_t shifted = wasm_i32x4_mul(bounded, left_);
      const v128_t product = Halved(wasm_i64x2_extmul_low_i32x4(shifted, multiplier_),
                                    wasm_i64x2_extmul_high_i32x4(shifted, multiplier_));
      // The magnitude times 2^(31 - bits): so it is shifted right by `bits`, halves away from zero.
      const v128_t magnitude = wasm_i32x4_abs(product), sign = wasm_i32x4_shr(product, 31);
      const v128_t rounded = Halved(wasm_u64x2_extmul_low_u32x4(magnitude, right_),
                                    wasm_u64x2_extmul_high_u32x4(magnitude, right_));
      return wasm_i32x4_sub(wasm_v128_xor(rounded, sign), sign);
    }

   private:
    // Bits 31 to 62 of four int64, rounded half up: the shift may be one of unsigned numbers.
    static v128_t Halved(v128_t low, v128_t high) {
      const v128_t half = wasm_i64x2_splat(int64_t{1} << 30);
      return wasm_i32x4_shuffle(wasm_u64x2_shr(wasm_i64x2_add(low, half), 31),
                                wasm_u64x2_shr(wasm_i64x2_add(high, half), 31), 0, 2, 4, 6);
    }

    v128_t multiplier_, left_, most_, right_;
  };

  struct Scales {
    explicit Scales(const FixedPoint* scale) : low(scale), high(scale + 4) {}

    Four low, high;
  };

  explicit RequantizeTwice(const Int8Output& output)
      : zero_point_(wasm_i16x8_splat(static_cast<int16_t>(output.zero_point))),
        min_(wasm_i8x16_splat(static_cast<int8_t>(output.min))),
        max_(wasm_i8x16_splat(static_cast<int8_t>(output.max))) {}

  // 8 int8 in the low half.
  template <int kRows>
  v128_t operator()(const Sums<kRows>& sums, int row, const Scales& scales) const {
    const v128_t wide =
        wasm_i16x8_narrow_i32x4(scales.low(sums.low[row]), scales.high(sums.high[row]));
    const v128_t stored = wasm_i16x8_add_sat(wide, zero_point_);
    return wasm_i8x16_min(wasm_i8x16_max(wasm_i8x16_narrow_i16x8(stored, stored), min_), max_);
  }

 private:
  v128_t zero_point_, min_, max_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_REQUANTIZE_TWICE_H_
