// Functions of each float32 element by itself. Called by steps.cc and, to calibrate, by the
// compiler.

#ifndef WRANGLET_KERNELS_UNARY_FLOAT32_H_
#define WRANGLET_KERNELS_UNARY_FLOAT32_H_

#include <cstddef>
#include <cstdint>

#include "kernels/math_float32.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"

namespace wranglet {

// As Unary::Kind (plugin/compiler/graph/graph.h), which says what they are.
enum class UnaryKind : int32_t {
  kAbs,
  kElu,
  kExp,
  kGelu,
  kGeluTanh,
  kHardSigmoid,
  kHardSwish,
  kLeakyRelu,
  kLog,
  kLogistic,
  kNegate,
  kRsqrt,
  kSqrt,
  kSquare,
  kTanh,
};

// Calls with(f), f the function of four floats that `kind` is.
template <typename With>
inline void WithUnary(UnaryKind kind, float alpha, float beta, const With& with) {
  const auto splat = [](float value) { return wasm_f32x4_splat(value); };
  const auto is_negative = [splat](v128_t x) { return wasm_f32x4_lt(x, splat(0.0f)); };
  const auto clamped = [splat](v128_t x, float high) {
    return wasm_f32x4_min(wasm_f32x4_max(x, splat(0.0f)), splat(high));
  };
  switch (kind) {
    case UnaryKind::kAbs:
      return with([](v128_t x) { return wasm_f32x4_abs(x); });
    case UnaryKind::kElu:
      return with([=](v128_t x) {
        const v128_t below = wasm_f32x4_mul(splat(alpha), ExpMinus1Float32x4(x));
        return wasm_v128_bitselect(below, x, is_negative(x));
      });
    case UnaryKind::kExp:
      return with(ExpFloat32x4);
    case UnaryKind::kGelu:
      // x / 2 * (1 + erf(x / sqrt(2))) = x / 2 * erfc(-x / sqrt(2)).
      return with([=](v128_t x) {
        const v128_t erfc = ErfcFloat32x4(wasm_f32x4_abs(wasm_f32x4_mul(x, splat(0x1.6a09e6p-1f))));
        const v128_t factor =
            wasm_v128_bitselect(erfc, wasm_f32x4_sub(splat(2.0f), erfc), is_negative(x));
        return wasm_f32x4_mul(wasm_f32x4_mul(x, splat(0.5f)), factor);
      });
    case UnaryKind::kGeluTanh:
      return with([=](v128_t x) {
        const v128_t cube = wasm_f32x4_mul(wasm_f32x4_mul(x, x), x);
        const v128_t sum = wasm_f32x4_add(x, wasm_f32x4_mul(cube, splat(0.044715f)));
        constexpr float kRootTwoByPi = 0x1.988454p-1f;
        const v128_t tanh = TanhFloat32x4(wasm_f32x4_mul(sum, splat(kRootTwoByPi)));
        return wasm_f32x4_mul(wasm_f32x4_mul(x, splat(0.5f)), wasm_f32x4_add(splat(1.0f), tanh));
      });
    case UnaryKind::kHardSigmoid:
      return with([=](v128_t x) {
        return clamped(wasm_f32x4_add(wasm_f32x4_mul(x, splat(alpha)), splat(beta)), 1.0f);
      });
    case UnaryKind::kHardSwish:
      return with([=](v128_t x) {
        const v128_t gate = clamped(wasm_f32x4_add(x, splat(3.0f)), 6.0f);
        return wasm_f32x4_mul(wasm_f32x4_mul(x, splat(1.0f / 6)), gate);
      });
    case UnaryKind::kLeakyRelu:
      return with([=](v128_t x) {
        return wasm_v128_bitselect(wasm_f32x4_mul(x, splat(alpha)), x, is_negative(x));
      });
    case UnaryKind::kLog:
      return with(LogFloat32x4);
    case UnaryKind::kLogistic:
      return with(LogisticFloat32x4);
    case UnaryKind::kNegate:
      return with([](v128_t x) { return wasm_f32x4_neg(x); });
    case UnaryKind::kRsqrt:
      return with([=](v128_t x) { return wasm_f32x4_div(splat(1.0f), wasm_f32x4_sqrt(x)); });
    case UnaryKind::kSqrt:
      return with([](v128_t x) { return wasm_f32x4_sqrt(x); });
    case UnaryKind::kSquare:
      return with([](v128_t x) { return wasm_f32x4_mul(x, x); });
    case UnaryKind::kTanh:
      return with(TanhFloat32x4);
  }
}

struct UnaryFloat32Params {
  int32_t count = 0;
  UnaryKind kind = UnaryKind::kAbs;
  float alpha = 1.0f, beta = 0.0f;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("kind", kind), v("alpha", alpha), v("beta", beta);
  }
};

// output may be input.
inline void UnaryFloat32(const UnaryFloat32Params& params, const float* input, float* output) {
  const auto count = static_cast<size_t>(params.count);
  WithUnary(params.kind, params.alpha, params.beta, [=](const auto& function) {
    for (size_t i = 0; i < count; i += 4) {
      StoreUpTo4(output + i, function(LoadUpTo4(input + i, count - i)), count - i);
    }
  });
}

struct ClampFloat32Params {
  int32_t count = 0;
  FloatOutput output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("output", output);
  }
};

// output may be input.
inline void ClampFloat32(const ClampFloat32Params& params, const float* input, float* output) {
  const ClampFloat32x4 clamp(params.output);
  const auto count = static_cast<size_t>(params.count);
  for (size_t i = 0; i < count; i += 4) {
    StoreUpTo4(output + i, clamp(LoadUpTo4(input + i, count - i)), count - i);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_UNARY_FLOAT32_H_
