// RequantizeLanes: sums of int16 become int8 without leaving int16. They are multiplied by a whole
// number of 2^-15 and rounded, halves up, by one instruction (i16x8.q15mulr_sat_s, x86's
// vpmulhrsw). Where the compiler finds that LaneSums fit, that is what RequantizeInt8 computes.

#ifndef WRANGLET_KERNELS_REQUANTIZE_LANES_H_
#define WRANGLET_KERNELS_REQUANTIZE_LANES_H_

#include <algorithm>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// What a scale is multiplied by to be the multiplier.
inline constexpr float kLaneUnit = 32768.0f;

// The definition. `sum` is an int16, and `multiplier` one above 0.
inline int8_t RequantizeLaneReference(int32_t sum, int32_t multiplier, const Int8Output& output) {
  const int32_t rounded = (sum * multiplier + (1 << 14)) >> 15;
  return static_cast<int8_t>(std::clamp(rounded + output.zero_point, output.min, output.max));
}

// The same for whole vectors.
class RequantizeLanes {
 public:
  explicit RequantizeLanes(const Int8Output& output)
      : zero_point_(wasm_i16x8_splat(static_cast<int16_t>(output.zero_point))),
        min_(wasm_i8x16_splat(static_cast<int8_t>(output.min))),
        max_(wasm_i8x16_splat(static_cast<int8_t>(output.max))) {}

  // Two vectors of 8 sums, of the same channels, as 16 int8.
  v128_t operator()(v128_t low, v128_t high, v128_t multiplier) const {
    const v128_t narrow = wasm_i8x16_narrow_i16x8(Moved(low, multiplier), Moved(high, multiplier));
    return wasm_i8x16_min(wasm_i8x16_max(narrow, min_), max_);
  }

 private:
  v128_t Moved(v128_t sums, v128_t multiplier) const {
#if defined(__wasm_relaxed_simd__)
    const v128_t rounded = wasm_i16x8_relaxed_q15mulr(sums, multiplier);
#else
    const v128_t rounded = wasm_i16x8_q15mulr_sat(sums, multiplier);
#endif
    return wasm_i16x8_add_sat(rounded, zero_point_);
  }

  v128_t zero_point_, min_, max_;
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_REQUANTIZE_LANES_H_
