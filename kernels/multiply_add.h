// a * b + sum of float32, rounded twice or once ("fused"). WebAssembly has the fused one as a
// relaxed instruction only: it is rounded once where the CPU can, as all that have been made since
// about 2013 can except the smallest (x86's FMA3, Arm's NEON), else twice.

#ifndef WRANGLET_KERNELS_MULTIPLY_ADD_H_
#define WRANGLET_KERNELS_MULTIPLY_ADD_H_

#include <cmath>
#include <cstring>

#include "kernels/simd.h"

namespace wranglet {

#if defined(__x86_64__)
// Hosts are compiled for any x86-64, so this is asked when it runs.
inline const bool host_has_fma = __builtin_cpu_supports("fma");
#endif

// Four at once. Plain SIMD128 has no fused one: networks for it are planned without.
template <bool kFused>
inline v128_t MultiplyAdd(v128_t a, v128_t b, v128_t sum) {
#if defined(__wasm_relaxed_simd__)
  if constexpr (kFused) return wasm_f32x4_relaxed_madd(a, b, sum);
#elif !defined(__wasm__)
  if constexpr (kFused) {
#if defined(__x86_64__)
    if (host_has_fma) {
      asm("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
      return sum;
    }
#endif
    float x[4], y[4], z[4];
    std::memcpy(x, &a, 16), std::memcpy(y, &b, 16), std::memcpy(z, &sum, 16);
    for (int i = 0; i < 4; ++i) z[i] = std::fma(x[i], y[i], z[i]);
    std::memcpy(&sum, z, 16);
    return sum;
  }
#endif
  return wasm_f32x4_add(sum, wasm_f32x4_mul(a, b));
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_MULTIPLY_ADD_H_
