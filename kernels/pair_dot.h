// Products of bytes, two to a lane of int16, where the engine has those of four to a lane of int32
// (byte_dot.h) not: vpmaddubsw, which every x86 with SSSE3 has. WebAssembly's
// i16x8.relaxed_dot_i8x16_i7x16_s is that instruction there (the relaxed-simd proposal, "Relaxed
// dot product"). Its sums saturate, so the compiler proves from a layer's weights that none can
// leave int16, whatever the activations (pair_lanes.h); several such sums may then be added before
// they are widened.

#ifndef WRANGLET_KERNELS_PAIR_DOT_H_
#define WRANGLET_KERNELS_PAIR_DOT_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "kernels/byte_dot.h"
#include "kernels/simd.h"

namespace wranglet {

#if defined(__wasm_relaxed_simd__) || !defined(__wasm__)

// Lane i: the sum over j < 2 of weights[2 * i + j] * bytes[2 * i + j], weights signed, bytes
// unsigned where TakesUnsignedPairs(). It must be within int16.
inline v128_t PairDot(v128_t weights, v128_t bytes) {
#if defined(__wasm__)
  return wasm_i16x8_relaxed_dot_i8x16_i7x16(weights, bytes);
#else
  int8_t w[16];
  uint8_t b[16];
  std::memcpy(w, &weights, 16), std::memcpy(b, &bytes, 16);
  int16_t sums[8];
  for (int i = 0; i < 8; ++i) {
    const int32_t sum = w[2 * i] * b[2 * i] + w[2 * i + 1] * b[2 * i + 1];
    sums[i] = static_cast<int16_t>(std::clamp(sum, -32768, 32767));
  }
  return wasm_v128_load(sums);
#endif
}

// Tries what other instructions would compute otherwise: bytes of 8 bits as signed, or sums cut off
// earlier.
inline bool TakesUnsignedPairs() {
  for (const int32_t weight : {-64, -1, 1, 64}) {
    for (const int32_t byte : {127, 128, 255}) {
      const v128_t result = PairDot(OpaqueBytes(weight), OpaqueBytes(byte));
      if (wasm_i16x8_extract_lane(result, 0) != 2 * weight * byte) return false;
    }
  }
  return true;
}

#else

// There is no such instruction; never called.
inline v128_t PairDot(v128_t weights, v128_t) { return weights; }
inline constexpr bool TakesUnsignedPairs() { return false; }

#endif

// Adds neighbours of int16 to the lanes of `sum`.
inline v128_t AddWidened(v128_t pairs, v128_t sum) {
  return wasm_i32x4_add(sum, wasm_i32x4_extadd_pairwise_i16x8(pairs));
}

// Adds the products of four bytes a lane, of weights and unsigned bytes, to a sum.
template <bool kByPairs>
class AddProducts {
 public:
  v128_t operator()(v128_t weights, v128_t bytes, v128_t sum) const {
    return ByteDotAdd(weights, bytes, sum);
  }
};
// For loops that have a register left for ones: V8 reads those of AddWidened's instruction from
// memory each time, and their address, too. As a constant it would make them each time.
template <>
class AddProducts<true> {
 public:
  AddProducts() {
    const int16_t* from = kOnes;
    asm volatile("" : "+r"(from));
    ones_ = wasm_v128_load(from);
  }

  v128_t operator()(v128_t weights, v128_t bytes, v128_t sum) const {
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(PairDot(weights, bytes), ones_));
  }

 private:
  alignas(16) static constexpr int16_t kOnes[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  v128_t ones_;
};

// Whether products whose weights are proven to fit take PairDot where they cannot take ByteDotAdd.
#if defined(__wasm_relaxed_simd__)
inline bool use_pair_dot = TakesUnsignedPairs();
#elif defined(__wasm__)
inline constexpr bool use_pair_dot = false;
#else
inline bool use_pair_dot = false;
#endif

// Whether products of unsigned bytes have an instruction here, and whether it is PairDot; kFit
// tells that it may be.
template <bool kFit>
inline bool MultipliesPairs() {
  return kFit && use_pair_dot && !use_byte_dot;
}
template <bool kFit>
inline bool MultipliesBytes() {
  return use_byte_dot || MultipliesPairs<kFit>();
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_PAIR_DOT_H_
