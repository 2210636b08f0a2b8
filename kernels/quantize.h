// Between float32 and int8, for networks whose inputs or outputs are real numbers. Called by
// steps.cc.

#ifndef WRANGLET_KERNELS_QUANTIZE_H_
#define WRANGLET_KERNELS_QUANTIZE_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"

namespace wranglet {

struct QuantizeFloat32Int8Params {
  int32_t count = 0;
  float inverse_scale = 1.0f;
  Int8Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("inverse_scale", inverse_scale), v("output", output);
  }
};

struct DequantizeInt8Float32Params {
  int32_t count = 0;
  float scale = 1.0f;
  int32_t zero_point = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("scale", scale), v("zero_point", zero_point);
  }
};

// output = clamp(round_half_even(input * inverse_scale) + zero_point). NaN becomes output.min.
inline void QuantizeFloat32Int8(const QuantizeFloat32Int8Params& params, const float* input,
                                int8_t* output) {
  const auto least = static_cast<float>(params.output.min - params.output.zero_point);
  const auto most = static_cast<float>(params.output.max - params.output.zero_point);
  for (int32_t i = 0; i < params.count; ++i) {
    const float scaled = std::nearbyint(input[i] * params.inverse_scale);
    const float clamped = scaled > least ? std::min(scaled, most) : least;
    output[i] = static_cast<int8_t>(static_cast<int32_t>(clamped) + params.output.zero_point);
  }
}

// output = scale * (input - zero_point)
inline void DequantizeInt8Float32(const DequantizeInt8Float32Params& params, const int8_t* input,
                                  float* output) {
  for (int32_t i = 0; i < params.count; ++i) {
    output[i] = params.scale * static_cast<float>(input[i] - params.zero_point);
  }
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

#endif  // WRANGLET_KERNELS_QUANTIZE_H_
