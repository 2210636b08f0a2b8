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

// Of an inner loop that is called many times an inference: it stays a function of its own. V8
// optimises functions when they are called again, not loops that run; all in one function, a
// network would do its whole first inference in unoptimised code.
#define WRANGLET_NOINLINE __attribute__((noinline))

// Of a small function that chooses by constants of the network: where it is called, they are known.
#define WRANGLET_INLINE __attribute__((always_inline))

namespace wranglet {

// What lies in memory is loaded anew after this. Before the use of constants that an inner loop
// does not need: kept in registers through it, they would drive its sums out of them.
inline void ReloadConstants() { asm volatile("" ::: "memory"); }

// i32x4.mul, which wraps; SIMDe's may not overflow.
inline v128_t MultiplyWrapping(v128_t a, v128_t b) {
#if defined(__wasm__)
  return wasm_i32x4_mul(a, b);
#else
  uint32_t x[4], y[4];
  std::memcpy(x, &a, 16), std::memcpy(y, &b, 16);
  for (int i = 0; i < 4; ++i) x[i] *= y[i];
  return wasm_v128_load(x);
#endif
}

// Copies of a length known only at run time are spelled out here: a memcpy of such a length becomes
// the instruction memory.copy, which in V8 is a call of some 20 ns, more than the work on those
// bytes.

// Some `Word` at an address of any alignment.
template <typename Word>
inline Word LoadWord(const void* from) {
  Word word;
  std::memcpy(&word, from, sizeof(Word));
  return word;
}

// `count` (0 to 7) bytes in the low half of a vector, zeros above; reads no byte beyond them.
inline v128_t LoadPartial8(const int8_t* from, size_t count) {
  uint64_t bytes = 0;
  if (count >= 4) {
    // Two words that overlap where count < 8, with equal bits there.
    bytes = LoadWord<uint32_t>(from) | uint64_t{LoadWord<uint32_t>(from + count - 4)}
                                           << (8 * (count - 4));
  } else {
#pragma clang loop unroll(disable)
    for (size_t i = 0; i < count; ++i) bytes |= uint64_t{static_cast<uint8_t>(from[i])} << (8 * i);
  }
  return wasm_i64x2_make(static_cast<int64_t>(bytes), 0);
}

// 8 bytes where that many are left, else as LoadPartial8.
inline v128_t LoadUpTo8(const int8_t* from, size_t left) {
  return left >= 8 ? wasm_v128_load64_zero(from) : LoadPartial8(from, left);
}

// 16 bytes where that many are left; else those, and zeros above; reads none beyond them.
inline v128_t LoadUpTo16(const int8_t* from, size_t left) {
  if (left >= 16) return wasm_v128_load(from);
  if (left <= 8) return LoadUpTo8(from, left);
  return wasm_i64x2_shuffle(wasm_v128_load64_zero(from), LoadPartial8(from + 8, left - 8), 0, 2);
}

// The first `left` (1 to 15) bytes, where 16 - left lie before them; zeros above.
inline v128_t LoadLast16(const int8_t* from, size_t left) {
  const v128_t places = wasm_i8x16_const(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const size_t before = 16 - left;
  return wasm_i8x16_swizzle(wasm_v128_load(from - before),
                            wasm_i8x16_add(places, wasm_i8x16_splat(static_cast<int8_t>(before))));
}

// 8 int16 where that many are left; else those, and zeros above; reads none beyond them.
inline v128_t LoadUpTo8(const int16_t* from, size_t left) {
  if (left >= 8) return wasm_v128_load(from);
  const auto* bytes = reinterpret_cast<const int8_t*>(from);
  if (left < 4) return LoadPartial8(bytes, 2 * left);
  return wasm_i64x2_shuffle(wasm_v128_load64_zero(bytes), LoadPartial8(bytes + 8, 2 * left - 8), 0,
                            2);
}

// The low `count` bytes of `value`, 8 where count is more.
inline void StoreUpTo8(int8_t* to, v128_t value, size_t count) {
  if (count >= 8) {
    wasm_v128_store64_lane(to, value, 0);
    return;
  }
  auto bytes = static_cast<uint64_t>(wasm_i64x2_extract_lane(value, 0));
  // Unrolled wherever it is inlined, it would be a third of an inner loop's function.
#pragma clang loop unroll(disable)
  for (size_t i = 0; i < count; ++i, bytes >>= 8) to[i] = static_cast<int8_t>(bytes);
}

// The upper 8 bytes, or the first `count` of these.
inline void StoreUpperUpTo8(int8_t* to, v128_t value, size_t count) {
  if (count >= 8) {
    wasm_v128_store64_lane(to, value, 1);
    return;
  }
  StoreUpTo8(to, wasm_i64x2_shuffle(value, value, 1, 1), count);
}

// The low `count` int16 of `value`, 8 where count is more.
inline void StoreUpTo8(int16_t* to, v128_t value, size_t count) {
  if (count >= 8) {
    wasm_v128_store(to, value);
    return;
  }
  if (count >= 4) {
    wasm_v128_store64_lane(to, value, 0);
    to += 4, count -= 4;
    value = wasm_i64x2_shuffle(value, value, 1, 1);
  }
  auto bits = static_cast<uint64_t>(wasm_i64x2_extract_lane(value, 0));
#pragma clang loop unroll(disable)
  for (size_t i = 0; i < count; ++i, bits >>= 16) to[i] = static_cast<int16_t>(bits);
}

// `count` (at most 4 of it) floats, zeros above; reads none beyond them.
inline v128_t LoadUpTo4(const float* from, size_t count) {
  if (count >= 4) return wasm_v128_load(from);
  v128_t value = wasm_f32x4_splat(0.0f);
  if (count > 0) value = wasm_v128_load32_lane(from, value, 0);
  if (count > 1) value = wasm_v128_load32_lane(from + 1, value, 1);
  if (count > 2) value = wasm_v128_load32_lane(from + 2, value, 2);
  return value;
}

// The low `count` (at most 4 of it) floats of `value`.
inline void StoreUpTo4(float* to, v128_t value, size_t count) {
  if (count >= 4) {
    wasm_v128_store(to, value);
    return;
  }
  if (count > 0) wasm_v128_store32_lane(to, value, 0);
  if (count > 1) wasm_v128_store32_lane(to + 1, value, 1);
  if (count > 2) wasm_v128_store32_lane(to + 2, value, 2);
}

// memcpy of a few bytes.
inline void CopyBytes(void* to, const void* from, size_t count) {
  auto* t = static_cast<uint8_t*>(to);
  const auto* f = static_cast<const uint8_t*>(from);
  // The last 16 (8, 4) bytes may overlap what is copied already.
  if (count >= 16) {
    for (size_t i = 0; i + 16 < count; i += 16) wasm_v128_store(t + i, wasm_v128_load(f + i));
    wasm_v128_store(t + count - 16, wasm_v128_load(f + count - 16));
  } else if (count >= 8) {
    std::memcpy(t, f, 8);
    std::memcpy(t + count - 8, f + count - 8, 8);
  } else if (count >= 4) {
    std::memcpy(t, f, 4);
    std::memcpy(t + count - 4, f + count - 4, 4);
  } else {
    if (count > 0) t[0] = f[0];
    if (count > 1) t[1] = f[1];
    if (count > 2) t[2] = f[2];
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_SIMD_H_
