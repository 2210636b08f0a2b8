// Products of bytes, four to a lane of int32: what vpdpbusd is on x86. WebAssembly's
// i32x4.relaxed_dot_i8x16_i7x16_add_s is that instruction where the engine finds it in the CPU, but
// may be others, which agree only while the second factor has 7 bits (the relaxed-simd proposal,
// "Relaxed dot product"). Which one it is does not change while a module lives, so it is tried
// once.

#ifndef WRANGLET_KERNELS_BYTE_DOT_H_
#define WRANGLET_KERNELS_BYTE_DOT_H_

#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "kernels/simd.h"

namespace wranglet {

#if defined(__wasm_relaxed_simd__) || !defined(__wasm__)

// Lane i: sum[i] + the sum over j < 4 of weights[4 * i + j] * bytes[4 * i + j]. Weights are signed;
// bytes are unsigned, all 8 bits of them, where TakesUnsignedBytes(). Sums wrap.
inline v128_t ByteDotAdd(v128_t weights, v128_t bytes, v128_t sum) {
#if defined(__wasm__)
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(weights, bytes, sum);
#else
  int8_t w[16];
  uint8_t b[16];
  uint32_t s[4];
  std::memcpy(w, &weights, 16), std::memcpy(b, &bytes, 16), std::memcpy(s, &sum, 16);
  for (int i = 0; i < 16; ++i) s[i / 4] += static_cast<uint32_t>(w[i] * b[i]);
  std::memcpy(&sum, s, 16);
  return sum;
#endif
}

// A vector of `byte` whose value the compiler does not know: it would compute with its own idea of
// a relaxed instruction.
inline v128_t OpaqueBytes(int32_t byte) {
  const volatile auto opaque = static_cast<int8_t>(byte);
  return wasm_i8x16_splat(opaque);
}

// Tries what other instructions would compute otherwise: bytes of 8 bits as signed, or sums of two
// or of all products cut off at 16 or 32 bits.
inline bool TakesUnsignedBytes() {
  for (const int32_t weight : {-128, -1, 127}) {
    for (const int32_t byte : {128, 255}) {
      for (const uint32_t sum : {uint32_t{0}, uint32_t{0x7fffffff}, uint32_t{0x80000000}}) {
        const v128_t result = ByteDotAdd(OpaqueBytes(weight), OpaqueBytes(byte),
                                         wasm_i32x4_splat(static_cast<int32_t>(sum)));
        const uint32_t expected = sum + static_cast<uint32_t>(4 * weight * byte);
        if (static_cast<uint32_t>(wasm_i32x4_extract_lane(result, 0)) != expected) return false;
      }
    }
  }
  return true;
}

#else

// There is no such instruction; never called.
inline v128_t ByteDotAdd(v128_t, v128_t, v128_t sum) { return sum; }
inline constexpr bool TakesUnsignedBytes() { return false; }

#endif

// Copies `count` activations, moved by 128 to be unsigned.
WRANGLET_NOINLINE inline void CopyUnsigned(const int8_t* from, int32_t count, uint8_t* to) {
  const v128_t sign = wasm_i8x16_splat(-128);
  int32_t i = 0;
  for (; i + 16 <= count; i += 16) {
    wasm_v128_store(to + i, wasm_v128_xor(wasm_v128_load(from + i), sign));
  }
  for (; i < count; ++i) to[i] = static_cast<uint8_t>(from[i] + 128);
}

// Whether products of bytes take ByteDotAdd; if not, they are widened to int16. Results are the
// same. On the host, where it is emulated, widening is faster; tests set it.
#if defined(__wasm_relaxed_simd__)
inline bool use_byte_dot = TakesUnsignedBytes();
#elif defined(__wasm__)
inline constexpr bool use_byte_dot = false;
#else
inline bool use_byte_dot = false;
#endif

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_BYTE_DOT_H_
