// Functions of four float32 at once that give the same bits everywhere, which a C library's do not
// promise. Accuracies are measured by math_float32_test.cc against double precision.

#ifndef WRANGLET_KERNELS_MATH_FLOAT32_H_
#define WRANGLET_KERNELS_MATH_FLOAT32_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels/simd.h"

namespace wranglet {

namespace math_internal {

// The polynomial with these coefficients, highest degree first.
template <size_t n>
inline v128_t Polynomial(v128_t x, const std::array<float, n>& coefficients) {
  v128_t sum = wasm_f32x4_splat(coefficients[0]);
  for (size_t i = 1; i < n; ++i) {
    sum = wasm_f32x4_add(wasm_f32x4_mul(sum, x), wasm_f32x4_splat(coefficients[i]));
  }
  return sum;
}

inline v128_t Select(v128_t mask, v128_t yes, v128_t no) {
  return wasm_v128_bitselect(yes, no, mask);
}

// 2^n for integers n in [-126, 127].
inline v128_t PowerOfTwo(v128_t n) {
  return wasm_i32x4_shl(wasm_i32x4_add(n, wasm_i32x4_splat(127)), 23);
}

// exp(x) = 2^n * (1 + p).
struct Reduced {
  v128_t n;  // int32
  v128_t p;
};

// Cody and Waite's reduction, x = n ln 2 + r with |r| <= ln 2 / 2, and the Taylor polynomial of
// degree 8 for exp(r) - 1, whose remainder r^9 / 9! is below 2^-32. |x| is at most 200.
inline Reduced Reduce(v128_t x) {
  // ln 2 in two parts, the first short enough that its product with n is exact.
  constexpr float kLog2E = 0x1.715476p+0f, kLn2High = 0x1.62e4p-1f, kLn2Low = 0x1.7f7d1cp-20f;
  const v128_t n = wasm_f32x4_nearest(wasm_f32x4_mul(x, wasm_f32x4_splat(kLog2E)));
  const v128_t high = wasm_f32x4_sub(x, wasm_f32x4_mul(n, wasm_f32x4_splat(kLn2High)));
  const v128_t r = wasm_f32x4_sub(high, wasm_f32x4_mul(n, wasm_f32x4_splat(kLn2Low)));
  const v128_t tail = Polynomial<7>(
      r, {1.0f / 40320, 1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 1.0f / 2});
  const v128_t p = wasm_f32x4_add(r, wasm_f32x4_mul(wasm_f32x4_mul(r, r), tail));
  return {wasm_i32x4_trunc_sat_f32x4(n), p};
}

inline v128_t Clamped(v128_t x, float low, float high) {
  return wasm_f32x4_min(wasm_f32x4_max(x, wasm_f32x4_splat(low)), wasm_f32x4_splat(high));
}

}  // namespace math_internal

// Within 1 ulp; from 88.73 on infinity, below -104 zero, and NaN of NaN.
inline v128_t ExpFloat32x4(v128_t x) {
  const auto [n, p] = math_internal::Reduce(math_internal::Clamped(x, -150.0f, 150.0f));
  // The power in two factors, for it may lie outside the normal numbers.
  const v128_t half = wasm_i32x4_shr(n, 1);
  const v128_t first = math_internal::PowerOfTwo(half);
  const v128_t second = math_internal::PowerOfTwo(wasm_i32x4_sub(n, half));
  const v128_t sum = wasm_f32x4_add(p, wasm_f32x4_splat(1.0f));
  return wasm_f32x4_mul(wasm_f32x4_mul(sum, first), second);
}

// exp(x) - 1 for x that is not positive (of another, of 0), within 2 ulp.
inline v128_t ExpMinus1Float32x4(v128_t x) {
  const auto [n, p] = math_internal::Reduce(math_internal::Clamped(x, -50.0f, 0.0f));
  const v128_t power = math_internal::PowerOfTwo(n);
  return wasm_f32x4_add(wasm_f32x4_mul(power, p), wasm_f32x4_sub(power, wasm_f32x4_splat(1.0f)));
}

// 1 / (1 + exp(-x)), within 3 ulp where that is a normal number.
inline v128_t LogisticFloat32x4(v128_t x) {
  const v128_t one = wasm_f32x4_splat(1.0f);
  return wasm_f32x4_div(one, wasm_f32x4_add(one, ExpFloat32x4(wasm_f32x4_neg(x))));
}

// By e = exp(-2|x|) - 1, as -e / (e + 2) with the sign of x; within 4 ulp.
inline v128_t TanhFloat32x4(v128_t x) {
  const v128_t sign = wasm_v128_and(x, wasm_f32x4_splat(-0.0f));
  const v128_t two = wasm_f32x4_splat(2.0f);
  const v128_t e = ExpMinus1Float32x4(wasm_f32x4_mul(wasm_f32x4_abs(x), wasm_f32x4_splat(-2.0f)));
  return wasm_v128_or(wasm_f32x4_div(wasm_f32x4_neg(e), wasm_f32x4_add(e, two)), sign);
}

// Within 2 ulp; -infinity of 0 and NaN of less. The polynomial is Cephes' (logf), of the mantissa
// in [sqrt(1/2), sqrt(2)).
inline v128_t LogFloat32x4(v128_t x) {
  using math_internal::Select;
  const v128_t one = wasm_f32x4_splat(1.0f);
  // Numbers below the normal ones are moved up.
  const v128_t tiny = wasm_f32x4_lt(x, wasm_f32x4_splat(std::numeric_limits<float>::min()));
  const v128_t normal = Select(tiny, wasm_f32x4_mul(x, wasm_f32x4_splat(0x1p23f)), x);
  // Subtracting the bits of sqrt(1/2) makes the exponent that of the next power of two below.
  constexpr int32_t kRootHalf = 0x3f3504f3;
  const v128_t moved = wasm_i32x4_sub(normal, wasm_i32x4_splat(kRootHalf));
  const v128_t exponent =
      wasm_i32x4_sub(wasm_i32x4_shr(moved, 23), wasm_v128_and(tiny, wasm_i32x4_splat(23)));
  const v128_t mantissa =
      wasm_i32x4_add(wasm_v128_and(moved, wasm_i32x4_splat(0x7fffff)), wasm_i32x4_splat(kRootHalf));
  const v128_t e = wasm_f32x4_convert_i32x4(exponent);
  const v128_t m = wasm_f32x4_sub(mantissa, one);
  const v128_t square = wasm_f32x4_mul(m, m);
  const v128_t cubic =
      math_internal::Polynomial<9>(m, {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
                                       -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
                                       2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f});
  // ln 2 in two parts again.
  v128_t sum = wasm_f32x4_mul(wasm_f32x4_mul(cubic, m), square);
  sum = wasm_f32x4_add(sum, wasm_f32x4_mul(e, wasm_f32x4_splat(-2.12194440e-4f)));
  sum = wasm_f32x4_sub(sum, wasm_f32x4_mul(square, wasm_f32x4_splat(0.5f)));
  sum = wasm_f32x4_add(m, sum);
  sum = wasm_f32x4_add(sum, wasm_f32x4_mul(e, wasm_f32x4_splat(0.693359375f)));
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const v128_t zero = wasm_f32x4_splat(0.0f);
  sum = Select(wasm_f32x4_eq(x, wasm_f32x4_splat(kInfinity)), x, sum);
  sum = Select(wasm_f32x4_eq(x, zero), wasm_f32x4_splat(-kInfinity), sum);
  const v128_t is_number = wasm_f32x4_ge(x, zero);
  return Select(is_number, sum, wasm_f32x4_splat(std::numeric_limits<float>::quiet_NaN()));
}

// erfc(a) = 1 - erf(a) for a that is not negative, by Cephes' polynomials (erff, erfcf). Its error
// is below 2^-22, and below 2^-18 of the result up to a = 3.
inline v128_t ErfcFloat32x4(v128_t a) {
  using math_internal::Polynomial;
  using math_internal::Select;
  const v128_t one = wasm_f32x4_splat(1.0f);
  const v128_t square = wasm_f32x4_mul(a, a);
  const v128_t erf = wasm_f32x4_mul(
      a,
      Polynomial<7>(square, {7.853861353153693e-5f, -8.010193625184903e-4f, 5.188327685732524e-3f,
                             -2.685381193529856e-2f, 1.128358514861418e-1f, -3.761262582423300e-1f,
                             1.128379165726710f}));
  const v128_t inverse = wasm_f32x4_div(one, a);
  const v128_t inverse_square = wasm_f32x4_mul(inverse, inverse);
  const v128_t middle = Polynomial<9>(
      inverse_square, {2.326819970068386e-2f, -1.387039388740657e-1f, 3.687424674597105e-1f,
                       -5.824733027278666e-1f, 6.210004621745983e-1f, -4.944515323274145e-1f,
                       3.404879937665872e-1f, -2.741127028184656e-1f, 5.638259427386472e-1f});
  const v128_t far = Polynomial<8>(
      inverse_square,
      {-1.047766399936249e+1f, 1.297719955372516e+1f, -7.495518717768503f, 2.921019019210786f,
       -1.015265279202700f, 4.218463358204948e-1f, -2.820767439740514e-1f, 5.641895067754075e-1f});
  const v128_t polynomial = Select(wasm_f32x4_lt(a, wasm_f32x4_splat(2.0f)), middle, far);
  const v128_t tail =
      wasm_f32x4_mul(wasm_f32x4_mul(ExpFloat32x4(wasm_f32x4_neg(square)), inverse), polynomial);
  return Select(wasm_f32x4_lt(a, one), wasm_f32x4_sub(one, erf), tail);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_MATH_FLOAT32_H_
