// What the instructions that kernels are made of can do at most: loops that touch nothing but
// registers, each over 12 accumulators that do not wait for each other.

#include <cstdint>

#include "kernels/simd.h"

namespace wranglet {
namespace {

constexpr int kAccumulators = 12;

// Runs `step(accumulator, a, b)` on every accumulator, `rounds` times. b changes from round to
// round by `next`, so that no product can be taken out of the loop; a is no constant, which V8
// would make anew each time.
template <typename Next, typename Step>
float Loop(int32_t rounds, v128_t a, v128_t b, Next&& next, Step&& step) {
  v128_t sums[kAccumulators];
  for (v128_t& sum : sums) sum = wasm_i32x4_splat(0);
  for (int32_t round = 0; round < rounds; ++round) {
    for (v128_t& sum : sums) sum = step(sum, a, b);
    b = next(b);
  }
  v128_t all = sums[0];
  // Not all alike, or they would be one.
  for (int i = 1; i < kAccumulators; ++i) all = wasm_i32x4_sub(wasm_i32x4_shl(all, 1), sums[i]);
  return static_cast<float>(wasm_i32x4_extract_lane(all, 0));
}

// Bytes that stay within 7 bits.
template <typename Step>
float LoopOfBytes(int32_t rounds, Step&& step) {
  return Loop(
      rounds, wasm_i8x16_splat(static_cast<int8_t>(rounds)), wasm_i8x16_splat(5),
      [](v128_t b) {
        return wasm_v128_and(wasm_i8x16_add(b, wasm_i8x16_splat(7)), wasm_i8x16_splat(0x3f));
      },
      step);
}

template <typename Step>
float LoopOfFloats(int32_t rounds, Step&& step) {
  return Loop(
      rounds, wasm_f32x4_splat(static_cast<float>(rounds)), wasm_f32x4_splat(1.0f),
      [](v128_t b) { return wasm_f32x4_add(b, wasm_f32x4_splat(0x1p-20f)); }, step);
}

}  // namespace
}  // namespace wranglet

#define WRANGLET_EXPORT(name) __attribute__((export_name(name))) extern "C"

// Each: `rounds` times 12 instructions, of as many multiply-accumulates as bench.mjs knows.

WRANGLET_EXPORT("dot_i16x8") float DotI16x8(int32_t rounds) {
  return wranglet::LoopOfBytes(rounds, [](v128_t sum, v128_t a, v128_t b) {
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(a, b));
  });
}

WRANGLET_EXPORT("relaxed_dot_add_i8x16") float RelaxedDotAdd(int32_t rounds) {
  return wranglet::LoopOfBytes(rounds, [](v128_t sum, v128_t a, v128_t b) {
    return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(a, b, sum);
  });
}

WRANGLET_EXPORT("relaxed_dot_i8x16") float RelaxedDot(int32_t rounds) {
  return wranglet::LoopOfBytes(rounds, [](v128_t sum, v128_t a, v128_t b) {
    return wasm_i16x8_add(sum, wasm_i16x8_relaxed_dot_i8x16_i7x16(a, b));
  });
}

WRANGLET_EXPORT("relaxed_madd_f32x4") float RelaxedMadd(int32_t rounds) {
  return wranglet::LoopOfFloats(
      rounds, [](v128_t sum, v128_t a, v128_t b) { return wasm_f32x4_relaxed_madd(a, b, sum); });
}

WRANGLET_EXPORT("mul_add_f32x4") float MulAdd(int32_t rounds) {
  return wranglet::LoopOfFloats(rounds, [](v128_t sum, v128_t a, v128_t b) {
    return wasm_f32x4_add(sum, wasm_f32x4_mul(a, b));
  });
}
