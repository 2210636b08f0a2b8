// Elementwise float32 operators of two tensors. Called by steps.cc and, to calibrate, by the
// compiler.

#ifndef WRANGLET_KERNELS_BINARY_FLOAT32_H_
#define WRANGLET_KERNELS_BINARY_FLOAT32_H_

#include <cstdint>

#include "kernels/broadcast.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"

namespace wranglet {

// kPRelu is a where that is not negative, and a * b where it is.
enum class BinaryKind : int32_t { kAdd, kSub, kMul, kMaximum, kMinimum, kDiv, kPRelu };

struct BinaryFloat32Params {
  Broadcast shape;
  BinaryKind kind = BinaryKind::kAdd;
  FloatOutput output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("shape", shape), v("kind", kind), v("output", output);
  }
};

// output may be an operand that is not repeated.
inline void BinaryFloat32(const BinaryFloat32Params& params, const float* a, const float* b,
                          float* output) {
  const ClampFloat32x4 clamp(params.output);
  const auto for_each = [&](auto&& combine) {
    CombineLanes(params.shape, a, b, output,
                 [&](v128_t x, v128_t y) { return clamp(combine(x, y)); });
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
    case BinaryKind::kPRelu:
      return for_each([](v128_t x, v128_t y) {
        const v128_t is_negative = wasm_f32x4_lt(x, wasm_f32x4_splat(0.0f));
        return wasm_v128_bitselect(wasm_f32x4_mul(x, y), x, is_negative);
      });
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_BINARY_FLOAT32_H_
