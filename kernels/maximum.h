// The larger, or the smaller, of two quantised elements. Both tensors and the output are stored
// alike, so that stored values compare as the numbers do. Called by steps.cc.

#ifndef WRANGLET_KERNELS_MAXIMUM_H_
#define WRANGLET_KERNELS_MAXIMUM_H_

#include <algorithm>
#include <cstdint>

#include "kernels/broadcast.h"
#include "kernels/params.h"
#include "kernels/simd.h"

namespace wranglet {

// Of int8 or int16: one struct each, for a kernel is known by its params.
template <typename T>
struct MaximumParams {
  Broadcast shape;
  bool is_min = false;
  int32_t min = -32768, max = 32767;  // of a fused activation, as stored

  template <typename V>
  void ForEachField(V&& v) const {
    v("shape", shape), v("is_min", is_min), v("min", min), v("max", max);
  }
};

// output may be an operand that is not repeated.
template <typename T>
inline void Maximum(const MaximumParams<T>& params, const T* a, const T* b, T* output) {
  const v128_t min = wasm_i16x8_splat(static_cast<int16_t>(params.min));
  const v128_t max = wasm_i16x8_splat(static_cast<int16_t>(params.max));
  CombineLanes(params.shape, a, b, output, [&](v128_t x, v128_t y) {
    const v128_t chosen = params.is_min ? wasm_i16x8_min(x, y) : wasm_i16x8_max(x, y);
    return wasm_i16x8_min(wasm_i16x8_max(chosen, min), max);
  });
}

// The definition.
template <typename T>
inline void MaximumReference(const MaximumParams<T>& params, const T* a, const T* b, T* output) {
  CombineReference(params.shape, a, b, output, [&params](T x, T y) {
    const int32_t chosen = params.is_min ? std::min(x, y) : std::max(x, y);
    return static_cast<T>(std::clamp(chosen, params.min, params.max));
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_MAXIMUM_H_
