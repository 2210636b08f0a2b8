// Logistic and tanh of int16 in 16 bits of fixed point, as gemmlowp has them (fixedpoint.h), with a
// Taylor series of exp and Newton's division. TensorFlow Lite computes so where the input's scale
// is 2^-12, or of tanh 2^-11, and elsewhere by a table (SigmoidInt16). Called by steps.cc.

#ifndef WRANGLET_KERNELS_SIGMOID_NEWTON_H_
#define WRANGLET_KERNELS_SIGMOID_NEWTON_H_

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/simd.h"

namespace wranglet {

struct SigmoidNewtonInt16Params {
  int32_t count = 0;
  bool is_tanh = false;
  bool doubled = false;  // of tanh: whether the input's scale is 2^-11, not 2^-12

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("is_tanh", is_tanh), v("doubled", doubled);
  }
};

namespace sigmoid_internal {

// Numbers and products have 15 bits of fraction where nothing else is said, and halves of the last
// are rounded up. Constants are gemmlowp's of 31 bits, rounded.
inline v128_t Constant(int32_t value) { return wasm_i16x8_splat(static_cast<int16_t>(value)); }

// exp(-2^i), from i = -2 on.
inline constexpr int16_t kExpOfPowers[] = {25520, 19875, 12055, 4435, 600, 11};

// exp(x) of x < 0 with `kFraction` bits of fraction: x is a number in [-1/4, 0) less a multiple of
// 1/4, whose bits say what exp of the former is multiplied by.
template <int kFraction>
inline v128_t ExpOfNegative(v128_t x) {
  const v128_t quarter = Constant(1 << (kFraction - 2));
  const v128_t rest =
      wasm_i16x8_sub(wasm_v128_and(x, Constant((1 << (kFraction - 2)) - 1)), quarter);
  const v128_t multiple = wasm_i16x8_sub(rest, x);
  // The series around -1/8: d + d^2/2 + d^3/6 + d^4/24.
  const v128_t d = wasm_i16x8_add(wasm_i16x8_shl(rest, 15 - kFraction), Constant(1 << 12));
  const v128_t d2 = wasm_i16x8_q15mulr_sat(d, d);
  const v128_t d3 = wasm_i16x8_q15mulr_sat(d2, d), d4 = wasm_i16x8_q15mulr_sat(d2, d2);
  const v128_t d4_fourth = wasm_i16x8_shr(wasm_i16x8_add(d4, Constant(2)), 2);
  // A third of that, and then half of all: 1/24, 1/6 and 1/2.
  const v128_t thirds = wasm_i16x8_q15mulr_sat(wasm_i16x8_add(d4_fourth, d3), Constant(10923));
  const v128_t higher = wasm_i16x8_shr(wasm_i16x8_add(wasm_i16x8_add(thirds, d2), Constant(1)), 1);
  const v128_t middle = Constant(28918);  // exp(-1/8)
  v128_t exp =
      wasm_i16x8_add_sat(middle, wasm_i16x8_q15mulr_sat(middle, wasm_i16x8_add(d, higher)));
  for (int i = 0; i < 15 - kFraction + 2; ++i) {
    const v128_t bit = Constant(1 << (kFraction - 2 + i));
    const v128_t is_set = wasm_i16x8_eq(wasm_v128_and(multiple, bit), bit);
    exp = wasm_v128_bitselect(wasm_i16x8_q15mulr_sat(exp, Constant(kExpOfPowers[i])), exp, is_set);
  }
  return exp;
}

// 2 / (1 + x) of x in (0, 1), with 13 bits of fraction, as are 48/17 and -32/17: Newton's iteration
// from 48/17 - 32/17 d, d being half of 1 + x.
inline v128_t TwiceInverse(v128_t x) {
  const v128_t half = wasm_u16x8_avgr(x, Constant(32767));
  v128_t inverse = wasm_i16x8_add(Constant(23130), wasm_i16x8_q15mulr_sat(half, Constant(-15420)));
  for (int i = 0; i < 3; ++i) {
    const v128_t error = wasm_i16x8_sub(Constant(1 << 13), wasm_i16x8_q15mulr_sat(half, inverse));
    inverse = wasm_i16x8_add(inverse, wasm_i16x8_shl(wasm_i16x8_q15mulr_sat(inverse, error), 2));
  }
  return inverse;
}

inline v128_t Doubled(v128_t x) { return wasm_i16x8_add_sat(x, x); }

// 8 results at once. (1 - exp(-2x)) / (1 + exp(-2x)) is tanh, and 1 / (1 + exp(-x)) logistic, both
// of the magnitude.
inline v128_t SigmoidNewton(v128_t x, bool is_tanh) {
  const v128_t sign = wasm_i16x8_shr(x, 15);
  const v128_t negative = wasm_v128_bitselect(x, wasm_i16x8_neg(x), sign);
  const v128_t is_zero = wasm_i16x8_eq(x, Constant(0));
  if (is_tanh) {
    const v128_t inverse = TwiceInverse(ExpOfNegative<11>(negative));
    const v128_t y = Doubled(Doubled(wasm_i16x8_sub(inverse, Constant(1 << 13))));
    return wasm_v128_andnot(wasm_i16x8_sub(wasm_v128_xor(y, sign), sign), is_zero);
  }
  const v128_t y = Doubled(TwiceInverse(ExpOfNegative<12>(negative)));
  const v128_t other = wasm_i16x8_sub(Constant(32767), y);
  return wasm_v128_bitselect(Constant(1 << 14), wasm_v128_bitselect(other, y, sign), is_zero);
}

}  // namespace sigmoid_internal

// The output's scale is 2^-15. output may be input.
inline void SigmoidNewtonInt16(const SigmoidNewtonInt16Params& params, const int16_t* input,
                               int16_t* output) {
  const auto count = static_cast<size_t>(params.count);
  for (size_t i = 0; i < count; i += 8) {
    const v128_t x = LoadUpTo8(input + i, count - i);
    const v128_t scaled = params.doubled ? sigmoid_internal::Doubled(x) : x;
    StoreUpTo8(output + i, sigmoid_internal::SigmoidNewton(scaled, params.is_tanh), count - i);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_SIGMOID_NEWTON_H_
