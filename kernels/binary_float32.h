// Elementwise float32 operators of two tensors of one shape. Called by steps.cc and, to calibrate,
// by the compiler.

#ifndef WRANGLET_KERNELS_BINARY_FLOAT32_H_
#define WRANGLET_KERNELS_BINARY_FLOAT32_H_

#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"

namespace wranglet {

enum class BinaryKind : int32_t { kAdd, kSub, kMul, kMaximum, kMinimum, kDiv };

struct BinaryFloat32Params {
  int32_t count = 0;
  BinaryKind kind = BinaryKind::kAdd;
  FloatOutput output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("kind", kind), v("output", output);
  }
};

// a, b, output: params.count elements; output may be a or b.
inline void BinaryFloat32(const BinaryFloat32Params& params, const float* a, const float* b,
                          float* output) {
  const ClampFloat32x4 clamp(params.output);
  const auto for_each = [&](auto&& apply) {
    const auto count = static_cast<size_t>(params.count);
    for (size_t i = 0; i < count; i += 4) {
      const v128_t result = apply(LoadUpTo4(a + i, count - i), LoadUpTo4(b + i, count - i));
      StoreUpTo4(output + i, clamp(result), count - i);
    }
  };
  switch (params.kind) {
    case BinaryKind::kAdd:
      return for_each([](v128_t x, v128_t y) { return wasm_f32x4_add(x, y); });
    case BinaryKind::kSub:
      return for_each([](v128_t x, v128_t y) { return wasm_f32x4_sub(x, y); });
    case BinaryKind::kMul:
      return for_each([](v128_t x, v128_t y) { return wasm_f32x4_mul(x, y); });
    case BinaryKind::kMaximum:
      return for_each([](v128_t x, v128_t y) { return wasm_f32x4_pmax(x, y); });
    case BinaryKind::kMinimum:
      return for_each([](v128_t x, v128_t y) { return wasm_f32x4_pmin(x, y); });
    case BinaryKind::kDiv:
      return for_each([](v128_t x, v128_t y) { return wasm_f32x4_div(x, y); });
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_BINARY_FLOAT32_H_
