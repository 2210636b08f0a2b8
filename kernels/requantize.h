// Requantisation: an int32 accumulator becomes int8 again, as XNNPACK's "fp32" kernels do it
// (src/qs8-requantization): multiplied by a float32 scale, rounded half to even, moved by the zero
// point, clamped. Callers are the int8 kernels.

#ifndef WRANGLET_KERNELS_REQUANTIZE_H_
#define WRANGLET_KERNELS_REQUANTIZE_H_

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// The definition. `scale` is positive and finite.
inline int8_t RequantizeInt8Reference(int32_t accumulator, float scale, const Int8Output& output) {
  const float real = static_cast<float>(accumulator) * scale;
  const float clamped = std::clamp(real, static_cast<float>(output.min - output.zero_point),
                                   static_cast<float>(output.max - output.zero_point));
  return static_cast<int8_t>(static_cast<int32_t>(std::nearbyint(clamped)) + output.zero_point);
}

// The same for whole vectors. Adding 1.5 * 2^23 to a float below 2^22 leaves, in the lowest bits of
// its representation, the value rounded half to even as an integer; values beyond that stay beyond
// in the comparison of bits as integers, which the clamps then cut off. Four instructions instead
// of the many that a saturating conversion costs on x86.
class RequantizeInt8 {
 public:
  // What the products (tile_quantized.h) have to know: types, how deep a product they may sum at
  // once, and how many results a block of 8 packed columns makes.
  using Output = Int8Output;
  using Out = int8_t;
  using Bias = int32_t;
  using Scale = float;
  static constexpr int32_t kMostDepth = std::numeric_limits<int32_t>::max();
  static constexpr int32_t kColumns = 8;
  // Half of what Shifted takes: float32 rounds the bound, too.
  static constexpr float kMostBounded = 0x1p21f;

  // Accumulators of 8 columns, kRows times; they start from the bias.
  template <int kRows>
  struct Sums {
    explicit Sums(const int32_t* bias) {
      const v128_t bias_low = wasm_v128_load(bias), bias_high = wasm_v128_load(bias + 4);
      for (int row = 0; row < kRows; ++row) low[row] = bias_low, high[row] = bias_high;
    }
    void Carry() {}

    v128_t low[kRows], high[kRows];
  };

  // The scales of 8 columns.
  struct Scales {
    explicit Scales(const float* scale)
        : low(wasm_v128_load(scale)), high(wasm_v128_load(scale + 4)) {}

    v128_t low, high;
  };

  explicit RequantizeInt8(const Int8Output& output)
      : magic_(wasm_f32x4_splat(kMagic)),
        least_(wasm_i32x4_splat(kMagicBits + output.min - output.zero_point)),
        magic_less_zero_point_(wasm_i32x4_splat(kMagicBits - output.zero_point)),
        min_(wasm_i8x16_splat(static_cast<int8_t>(output.min))),
        max_(wasm_i8x16_splat(static_cast<int8_t>(output.max))) {}

  template <int kRows>
  v128_t operator()(const Sums<kRows>& sums, int row, const Scales& scales) const {
    return (*this)(sums.low[row], sums.high[row], scales.low, scales.high);
  }

  // Two vectors of four accumulators, with their scales, as 8 int8 in the low half.
  v128_t operator()(v128_t low, v128_t high, v128_t scale_low, v128_t scale_high) const {
    const v128_t wide = wasm_i16x8_narrow_i32x4(AtLeast(Shifted(low, scale_low)),
                                                AtLeast(Shifted(high, scale_high)));
    return wasm_i8x16_min(wasm_i8x16_narrow_i16x8(wide, wide), max_);
  }

  // The same in two steps, and with fewer instructions, for accumulators that are known to stay
  // below kMostBounded when they are multiplied by their scales: 8 of them, rounded, as int16; then
  // twice as many, clamped, as int8.
  v128_t WidenBounded(v128_t low, v128_t high, v128_t scale_low, v128_t scale_high) const {
    return wasm_i16x8_narrow_i32x4(
        wasm_i32x4_sub(Shifted(low, scale_low), magic_less_zero_point_),
        wasm_i32x4_sub(Shifted(high, scale_high), magic_less_zero_point_));
  }
  v128_t NarrowBounded(v128_t low, v128_t high) const {
    return wasm_i8x16_min(wasm_i8x16_max(wasm_i8x16_narrow_i16x8(low, high), min_), max_);
  }

 private:
  static constexpr float kMagic = 0x1.8p23f;
  static constexpr int32_t kMagicBits = std::bit_cast<int32_t>(kMagic);

  // kMagicBits + the rounded product, where it is below 2^22.
  v128_t Shifted(v128_t accumulators, v128_t scale) const {
    return wasm_f32x4_add(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(accumulators), scale), magic_);
  }
  v128_t AtLeast(v128_t shifted) const {
    return wasm_i32x4_sub(wasm_i32x4_max(shifted, least_), magic_less_zero_point_);
  }

  v128_t magic_, least_, magic_less_zero_point_, min_, max_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_REQUANTIZE_H_
