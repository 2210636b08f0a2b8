// WebAssembly SIMD wherever kernels are compiled: the real instructions for wasm, SIMDe's for the
// host, which compute the same. Kernels include this and nothing else of the kind.

#ifndef WRANGLET_KERNELS_SIMD_H_
#define WRANGLET_KERNELS_SIMD_H_

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#else
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace wranglet {

// `count` (0 to 8) bytes in the low half of a vector, zeros above; reads no byte beyond them.
inline v128_t LoadPartial8(const int8_t* from, size_t count) {
  alignas(8) int8_t bytes[8] = {};
  std::memcpy(bytes, from, count);
  return wasm_v128_load64_zero(bytes);
}

// 8 bytes where that many are left, else as LoadPartial8.
inline v128_t LoadUpTo8(const int8_t* from, size_t left) {
  return left >= 8 ? wasm_v128_load64_zero(from) : LoadPartial8(from, left);
}

// The low `count` (0 to 8) bytes of `value`.
inline void StoreUpTo8(int8_t* to, v128_t value, size_t count) {
  if (count >= 8) {
    wasm_v128_store64_lane(to, value, 0);
    return;
  }
  alignas(8) int8_t bytes[8];
  wasm_v128_store64_lane(bytes, value, 0);
  std::memcpy(to, bytes, count);
}

// `count` (0 to 4) floats, zeros above; reads none beyond them.
inline v128_t LoadUpTo4(const float* from, size_t count) {
  if (count >= 4) return wasm_v128_load(from);
  alignas(16) float values[4] = {};
  std::memcpy(values, from, count * sizeof(float));
  return wasm_v128_load(values);
}

// The low `count` (0 to 4) floats of `value`.
inline void StoreUpTo4(float* to, v128_t value, size_t count) {
  if (count >= 4) {
    wasm_v128_store(to, value);
    return;
  }
  alignas(16) float values[4];
  wasm_v128_store(values, value);
  std::memcpy(to, values, count * sizeof(float));
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_SIMD_H_
