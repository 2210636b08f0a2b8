// Multiplication by a real number as TensorFlow Lite does it in integers (common.h and gemmlowp's
// fixedpoint.h): a mantissa of 31 bits and an exponent, with two roundings. What XNNPACK has no
// kernel for is computed so, above all tensors of 16 bits.

#ifndef WRANGLET_KERNELS_FIXED_POINT_H_
#define WRANGLET_KERNELS_FIXED_POINT_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/simd.h"

namespace wranglet {

// multiplier * 2^(exponent - 31); a multiplier that is not 0 has 31 bits.
struct FixedPoint {
  int32_t multiplier = 0;
  int32_t exponent = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("multiplier", multiplier), v("exponent", exponent);
  }
};

// TensorFlow Lite's QuantizeMultiplier: the nearest to `real`, which is not negative; 0 below
// 2^-32, and the largest there is from 2^30 on.
inline FixedPoint ToFixedPoint(double real) {
  constexpr int64_t kOne = int64_t{1} << 31;
  int exponent = 0;
  int64_t multiplier = std::llround(std::frexp(real, &exponent) * static_cast<double>(kOne));
  if (multiplier == kOne) {
    multiplier /= 2;
    ++exponent;
  }
  if (exponent < -31) return {};
  if (exponent > 30) return {std::numeric_limits<int32_t>::max(), 30};
  return {static_cast<int32_t>(multiplier), exponent};
}

// The definition. value * 2^exponent saturates where the exponent is positive; the product is
// rounded half up, and shifted by a negative exponent it is rounded again, half away from zero.
inline int32_t MultiplyReference(int32_t value, const FixedPoint& by) {
  const int64_t shifted = int64_t{value} * (int64_t{1} << std::max(by.exponent, 0));
  const int64_t saturated = std::clamp<int64_t>(shifted, std::numeric_limits<int32_t>::min(),
                                                std::numeric_limits<int32_t>::max());
  const auto product = static_cast<int32_t>((saturated * by.multiplier + (int64_t{1} << 30)) >> 31);
  const int32_t right = std::max(-by.exponent, 0);
  const int64_t half = right == 0 ? 0 : (int64_t{1} << (right - 1)) - (product < 0 ? 1 : 0);
  return static_cast<int32_t>((product + half) >> right);
}

// value >> right, where `half` is 2^(right - 1), rounded: a negative number takes one less than a
// half, so that its half goes away from zero.
inline v128_t ShiftRightRounded(v128_t value, v128_t half, uint32_t right) {
  const v128_t sign = wasm_i32x4_shr(value, 31);
  return wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_add(value, half), sign), right);
}

// MultiplyReference of four int32, of up to 30 bits (and the sign), so that no rounding overflows.
class MultiplyFixedPoint {
 public:
  explicit MultiplyFixedPoint(const FixedPoint& by)
      : multiplier_(wasm_i32x4_splat(by.multiplier)),
        rounding_(wasm_i64x2_splat(int64_t{1} << 30)),
        left_(static_cast<uint32_t>(std::max(by.exponent, 0))),
        right_(static_cast<uint32_t>(std::max(-by.exponent, 0))),
        most_(wasm_i32x4_splat(std::numeric_limits<int32_t>::max() >> left_)),
        least_(wasm_i32x4_splat(std::numeric_limits<int32_t>::min() >> left_)),
        half_(wasm_i32x4_splat(right_ == 0 ? 0 : int32_t{1} << (right_ - 1))) {}

  v128_t operator()(v128_t value) const {
    if (left_ > 0) value = ShiftLeft(value);
    const v128_t low = wasm_i64x2_extmul_low_i32x4(value, multiplier_);
    const v128_t high = wasm_i64x2_extmul_high_i32x4(value, multiplier_);
    // Bits 31 to 62 of each: the shift may be one of unsigned numbers.
    const v128_t product =
        wasm_i32x4_shuffle(wasm_u64x2_shr(wasm_i64x2_add(low, rounding_), 31),
                           wasm_u64x2_shr(wasm_i64x2_add(high, rounding_), 31), 0, 2, 4, 6);
    return right_ == 0 ? product : ShiftRightRounded(product, half_, right_);
  }

 private:
  v128_t ShiftLeft(v128_t value) const {
    const v128_t shifted = wasm_i32x4_shl(value, left_);
    const v128_t above = wasm_v128_bitselect(wasm_i32x4_splat(std::numeric_limits<int32_t>::max()),
                                             shifted, wasm_i32x4_gt(value, most_));
    return wasm_v128_bitselect(wasm_i32x4_splat(std::numeric_limits<int32_t>::min()), above,
                               wasm_i32x4_lt(value, least_));
  }

  v128_t multiplier_, rounding_;
  uint32_t left_, right_;
  v128_t most_, least_, half_;
};

// MultiplyReference of eight int16 times 2^15, by less than 1: by dot products, whose lanes have 16
// bits. The first rounding is (x * multiplier + 2^15) >> 16; with multiplier = high * 2^16 + low,
// where low is signed, x * high + ((x * low + 2^15) >> 16). high may be 2^15, so it is two halves.
class MultiplyInt16FixedPoint {
 public:
  explicit MultiplyInt16FixedPoint(const FixedPoint& by)
      : quarter_(wasm_i16x8_splat(1 << 14)),
        right_(static_cast<uint32_t>(-by.exponent)),
        half_(wasm_i32x4_splat(right_ == 0 ? 0 : int32_t{1} << (right_ - 1))) {
    const auto low = static_cast<int16_t>(by.multiplier & 0xffff);
    const auto high = static_cast<int32_t>((int64_t{by.multiplier} - low) >> 16);
    const auto pair = [](int32_t first, int32_t second) {
      return wasm_i32x4_splat((first & 0xffff) | second << 16);
    };
    high_ = pair(high / 2, high - high / 2);
    low_ = pair(low, 2);
  }

  // The first and the last four.
  v128_t Low(v128_t x) const {
    return Multiply(wasm_i16x8_shuffle(x, x, 0, 0, 1, 1, 2, 2, 3, 3),
                    wasm_i16x8_shuffle(x, quarter_, 0, 8, 1, 9, 2, 10, 3, 11));
  }
  v128_t High(v128_t x) const {
    return Multiply(wasm_i16x8_shuffle(x, x, 4, 4, 5, 5, 6, 6, 7, 7),
                    wasm_i16x8_shuffle(x, quarter_, 4, 12, 5, 13, 6, 14, 7, 15));
  }

 private:
  v128_t Multiply(v128_t twice, v128_t with_quarter) const {
    const v128_t below = wasm_i32x4_shr(wasm_i32x4_dot_i16x8(with_quarter, low_), 16);
    const v128_t product = wasm_i32x4_add(wasm_i32x4_dot_i16x8(twice, high_), below);
    return right_ == 0 ? product : ShiftRightRounded(product, half_, right_);
  }

  v128_t quarter_, high_, low_;
  uint32_t right_;
  v128_t half_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_FIXED_POINT_H_
