// Requantisation of the int16 products ("16x8": activations of 16 bits, weights of 8), as
// TensorFlow Lite's integer kernels do it. They sum in int64, or in int32 where the bias is int32,
// and have four ways to multiply by the scale and to round; see Rounding16. Callers are the int16
// kernels.

#ifndef WRANGLET_KERNELS_REQUANTIZE_INT16_H_
#define WRANGLET_KERNELS_REQUANTIZE_INT16_H_

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// What becomes of accumulator * scale.
enum class Rounding16 : int32_t {
  // Halves up, of the exact product. Of scales with 15 bits this is
  // MultiplyByQuantizedMultiplier(int64_t).
  kHalfUp,
  // Halves away from zero, of the product in double: FullyConnected where the bias is int64.
  kHalfAway,
  // Halves up, of the exact product with a scale of 31 bits: where the bias is int32, and in
  // FullyConnected without one. (ruy's ApplyMultiplier.)
  kHalfUp31,
  // The same, rounded twice, as MultiplyByQuantizedMultiplier(int32_t) does: once to 31 bits after
  // the point of the scale's mantissa, halves up, and once to an integer, halves away from zero.
  // Grouped convolutions whose bias is int32.
  kTwice31,
};

// Where an int16 product goes: the rounding, and the fused activation.
struct Int16ProductOutput {
  Rounding16 rounding = Rounding16::kHalfUp;
  Int16Output clamp;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rounding", rounding), v("clamp", clamp);
  }
};

// A scale as the mantissa of 31 bits, or 0, and the exponent that make it: mantissa * 2^-shift.
struct FixedPointScale {
  explicit FixedPointScale(double scale) {
    const auto bits = std::bit_cast<uint64_t>(scale);
    mantissa = scale == 0 ? 0 : static_cast<int64_t>((bits << 12 >> 34) | uint64_t{1} << 30);
    shift = scale == 0 ? 31 : 1023 + 30 - static_cast<int32_t>(bits >> 52);
  }
  int64_t mantissa;
  int32_t shift;
};

// round(accumulator * scale), in the ways that take a scale of 31 bits. The accumulator is meant to
// be an int32, and saturates.
inline int64_t MultiplyByFixedPoint(int64_t accumulator, double scale, Rounding16 rounding) {
  const auto value = static_cast<int32_t>(std::clamp<int64_t>(
      accumulator, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
  const FixedPointScale fixed(scale);
  if (rounding == Rounding16::kTwice31) {
    return MultiplyReference(value, {static_cast<int32_t>(fixed.mantissa), 31 - fixed.shift});
  }
  // No more than 62, for ToFixedPoint has no smaller scale than 2^-32, but 0.
  return (value * fixed.mantissa + (int64_t{1} << (fixed.shift - 1))) >> fixed.shift;
}

// The definition. The accumulator, of which an int64 is meant, and the product with the scale are
// exact in double, the latter where the rounding is kHalfUp.
inline int16_t RequantizeInt16Reference(int64_t accumulator, double scale,
                                        const Int16ProductOutput& output) {
  const double product = static_cast<double>(accumulator) * scale;
  double rounded = 0;
  switch (output.rounding) {
    case Rounding16::kHalfUp:
      rounded = std::floor(product + 0.5);
      break;
    case Rounding16::kHalfAway:
      rounded = std::round(product);
      break;
    default:
      rounded = static_cast<double>(MultiplyByFixedPoint(accumulator, scale, output.rounding));
  }
  return static_cast<int16_t>(std::clamp<double>(rounded, output.clamp.min, output.clamp.max));
}

// The same for whole vectors.
class RequantizeInt16 {
 public:
  // See RequantizeInt8.
  using Output = Int16ProductOutput;
  using Out = int16_t;
  using Bias = double;
  using Scale = double;
  // Products of so many pairs of int16 and int8 sum up in an int32: 504 * 2^15 * 2^7 < 2^31. A
  // multiple of 8.
  static constexpr int32_t kMostDepth = 504;
  static constexpr int32_t kColumns = 8;

  template <int kRows>
  struct Sums {
    explicit Sums(const double* bias) {
      for (int row = 0; row < kRows; ++row) base[row] = bias;
      Clear();
    }

    // Makes room in the int32 accumulators: adds them to `base`.
    void Carry() {
      for (int row = 0; row < kRows; ++row) {
        for (int pair = 0; pair < 4; ++pair) {
          wasm_v128_store(&carried[row][2 * pair], Pair(row, pair));
        }
        base[row] = carried[row];
      }
      Clear();
    }

    // Columns 2 * pair and 2 * pair + 1, as double.
    v128_t Pair(int row, int pair) const {
      const v128_t half = pair < 2 ? low[row] : high[row];
      const v128_t sums = pair % 2 == 0 ? half : wasm_i64x2_shuffle(half, half, 1, 1);
      return wasm_f64x2_add(wasm_f64x2_convert_low_i32x4(sums),
                            wasm_v128_load(base[row] + 2 * pair));
    }

    v128_t low[kRows], high[kRows];

   private:
    void Clear() {
      for (int row = 0; row < kRows; ++row) low[row] = high[row] = wasm_i32x4_splat(0);
    }

    const double* base[kRows];  // the bias, or what is carried
    alignas(16) double carried[kRows][8];
  };

  struct Scales {
    explicit Scales(const double* scale) : scale(scale) {}

    v128_t Pair(int pair) const { return wasm_v128_load(scale + 2 * pair); }

    const double* scale;
  };

  explicit RequantizeInt16(const Int16ProductOutput& output)
      : rounding_(output.rounding),
        min_(wasm_i16x8_splat(static_cast<int16_t>(output.clamp.min))),
        max_(wasm_i16x8_splat(static_cast<int16_t>(output.clamp.max))) {}

  // 8 int16.
  template <int kRows>
  v128_t operator()(const Sums<kRows>& sums, int row, const Scales& scales) const {
    v128_t rounded[4];
    for (int pair = 0; pair < 4; ++pair) rounded[pair] = Round(sums.Pair(row, pair), scales, pair);
    const v128_t low = wasm_i64x2_shuffle(rounded[0], rounded[1], 0, 2);
    const v128_t high = wasm_i64x2_shuffle(rounded[2], rounded[3], 0, 2);
    return wasm_i16x8_min(wasm_i16x8_max(wasm_i16x8_narrow_i32x4(low, high), min_), max_);
  }

 private:
  // Two int32 in the low half.
  v128_t Round(v128_t sums, const Scales& scales, int pair) const {
    const v128_t products = wasm_f64x2_mul(sums, scales.Pair(pair));
    if (rounding_ == Rounding16::kHalfUp) {
      return wasm_i32x4_trunc_sat_f64x2_zero(
          wasm_f64x2_floor(wasm_f64x2_add(products, wasm_f64x2_splat(0.5))));
    }
    if (rounding_ == Rounding16::kHalfAway) {
      // With the sign of the product, the largest number below a half: added to any below a half,
      // it makes less than 1, and to any half, the integer beyond it.
      const v128_t sign = wasm_v128_and(products, wasm_f64x2_splat(-0.0));
      const v128_t half = wasm_v128_or(wasm_f64x2_splat(0x1.fffffffffffffp-2), sign);
      return wasm_i32x4_trunc_sat_f64x2_zero(wasm_f64x2_add(products, half));
    }
    const auto one = [&](double sum, double scale) {
      const int64_t value = MultiplyByFixedPoint(static_cast<int64_t>(sum), scale, rounding_);
      return static_cast<int32_t>(std::clamp<int64_t>(value, -32768, 32767));
    };
    const double* scale = scales.scale + 2 * pair;
    return wasm_i32x4_make(one(wasm_f64x2_extract_lane(sums, 0), scale[0]),
                           one(wasm_f64x2_extract_lane(sums, 1), scale[1]), 0, 0);
  }

  Rounding16 rounding_;
  v128_t min_, max_;
};

// The same, rounded kHalfUp, of products that are known to be small: what the compiler has proven
// of their weights (Serves). Then sums of products need no room but an int32, and what is rounded
// is one too.
//
// Adding 1.5 * 2^52 to a double leaves the nearest integer in its low bits, with halves to the even
// one. That they go up, sums, which are integers, have 2^-16 added: multiplied by a scale of 15
// bits, m * 2^-s, this is at least 1/4 and less than 1/2 of 2^-s, of which the product without it
// is a multiple, and halves are too. So it takes a half beyond itself, and what is less than a half
// not up to it. The product is rounded by at most 2^-53 of it: of sums below 2^36, less than 1/4 of
// 2^-s.
class RequantizeInt16Bounded {
 public:
  // See RequantizeInt8.
  using Output = Int16Output;
  using Out = int16_t;
  using Bias = double;
  using Scale = double;
  static constexpr int32_t kMostDepth = std::numeric_limits<int32_t>::max();
  static constexpr int32_t kColumns = 8;

  // Whether it serves sums of products that are at most `products` in magnitude together, and a
  // bias.
  static constexpr bool Serves(double products, double bias, double scale) {
    constexpr double kMost = std::numeric_limits<int32_t>::max();
    const double sum = products + (bias < 0 ? -bias : bias);
    return products <= kMost && sum < 0x1p36 && sum * scale < kMost - 1;
  }

  template <int kRows>
  struct Sums {
    explicit Sums(const double* bias) : bias(bias) {
      for (int row = 0; row < kRows; ++row) low[row] = high[row] = wasm_i32x4_splat(0);
    }
    void Carry() {}

    v128_t low[kRows], high[kRows];
    const double* bias;
  };

  struct Scales {
    explicit Scales(const double* scale) : scale(scale) {}

    const double* scale;
  };

  explicit RequantizeInt16Bounded(const Int16Output& output)
      : tie_(wasm_f64x2_splat(0x1p-16)),
        magic_(wasm_f64x2_splat(0x1.8p52)),
        min_(wasm_i16x8_splat(static_cast<int16_t>(output.min))),
        max_(wasm_i16x8_splat(static_cast<int16_t>(output.max))) {}

  // All rows at once, so that the constants of few columns are in registers for all of them.
  template <int kRows>
  void Finish(Sums<kRows>& sums, const Scales& scales) const {
    Round(sums.low, sums.bias, scales.scale);
    Round(sums.high, sums.bias + 4, scales.scale + 4);
  }

  // 8 int16.
  template <int kRows>
  v128_t operator()(const Sums<kRows>& sums, int row, const Scales&) const {
    const v128_t wide = wasm_i16x8_narrow_i32x4(sums.low[row], sums.high[row]);
    return wasm_i16x8_min(wasm_i16x8_max(wide, min_), max_);
  }

 private:
  // Four columns of each row, from sums of products to rounded results.
  template <int kRows>
  void Round(v128_t (&sums)[kRows], const double* bias, const double* scale) const {
    v128_t biases[2], scales[2];
    for (int pair = 0; pair < 2; ++pair) {
      biases[pair] = wasm_f64x2_add(wasm_v128_load(bias + 2 * pair), tie_);
      scales[pair] = wasm_v128_load(scale + 2 * pair);
    }
    const auto shifted = [&](v128_t two, int pair) {
      const v128_t sum = wasm_f64x2_add(wasm_f64x2_convert_low_i32x4(two), biases[pair]);
      return wasm_f64x2_add(wasm_f64x2_mul(sum, scales[pair]), magic_);
    };
    for (v128_t& four : sums) {
      const v128_t upper = wasm_i64x2_shuffle(four, four, 1, 1);
      four = wasm_i32x4_shuffle(shifted(four, 0), shifted(upper, 1), 0, 2, 4, 6);
    }
  }

  v128_t tie_, magic_, min_, max_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_REQUANTIZE_INT16_H_
