// The mean over the middle of three axes: global average pooling of an image, whose rows are its
// pixels. int8 by XNNPACK's arithmetic (reduce-nd): the sum, less the zero points, times one scale,
// to which the zero point is added before it is rounded; int16 by TensorFlow Lite's (reference_ops,
// QuantizedMeanOrSum): the same in fixed point. Called by steps.cc.

#ifndef WRANGLET_KERNELS_MEAN_H_
#define WRANGLET_KERNELS_MEAN_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/simd.h"
#include "kernels/tile_float32.h"

namespace wranglet {

struct MeanInt8Params {
  int32_t batch = 1, rows = 1, channels = 1;
  int32_t input_zero_point = 0;
  float scale = 1.0f;  // input scale / (output scale * rows)
  int32_t output_zero_point = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("batch", batch), v("rows", rows), v("channels", channels);
    v("input_zero_point", input_zero_point), v("scale", scale);
    v("output_zero_point", output_zero_point);
  }
};

struct MeanInt16Params {
  int32_t batch = 1, rows = 1, channels = 1;
  FixedPoint scale;  // input scale / (output scale * rows)

  template <typename V>
  void ForEachField(V&& v) const {
    v("batch", batch), v("rows", rows), v("channels", channels), v("scale", scale);
  }
};

struct MeanFloat32Params {
  int32_t batch = 1, rows = 1, channels = 1;

  template <typename V>
  void ForEachField(V&& v) const {
    v("batch", batch), v("rows", rows), v("channels", channels);
  }
};

// input [batch][rows][channels], output [batch][channels]. rows is at most 2^23, so that sums fit.
inline void MeanInt8(const MeanInt8Params& params, const int8_t* input, int8_t* output) {
  const v128_t scale = wasm_f32x4_splat(params.scale);
  const v128_t zero_point = wasm_f32x4_splat(static_cast<float>(params.output_zero_point));
  const auto stored = [&](v128_t sum) {
    const v128_t real = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(sum), scale);
    return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(wasm_f32x4_add(real, zero_point)));
  };
  const auto channels = static_cast<size_t>(params.channels);
  for (int32_t batch = 0; batch < params.batch; ++batch) {
    for (size_t c = 0; c < channels; c += 8) {
      v128_t low = wasm_i32x4_splat(-params.rows * params.input_zero_point);
      v128_t high = low;
      for (int32_t row = 0; row < params.rows; ++row) {
        const int8_t* from = input + static_cast<size_t>(row) * channels + c;
        const v128_t values = wasm_i16x8_extend_low_i8x16(LoadUpTo8(from, channels - c));
        low = wasm_i32x4_add(low, wasm_i32x4_extend_low_i16x8(values));
        high = wasm_i32x4_add(high, wasm_i32x4_extend_high_i16x8(values));
      }
      const v128_t wide = wasm_i16x8_narrow_i32x4(stored(low), stored(high));
      StoreUpTo8(output + c, wasm_i8x16_narrow_i16x8(wide, wide), channels - c);
    }
    input += static_cast<size_t>(params.rows) * channels;
    output += channels;
  }
}

// rows is at most 2^16 - 1. The scale's multiplier has been divided by them (plan/lower_reduce.cc),
// so that its product with a sum has the 30 bits that MultiplyFixedPoint rounds.
inline void MeanInt16(const MeanInt16Params& params, const int16_t* input, int16_t* output) {
  const MultiplyFixedPoint multiply(params.scale);
  const auto channels = static_cast<size_t>(params.channels);
  for (int32_t batch = 0; batch < params.batch; ++batch) {
    for (size_t c = 0; c < channels; c += 8) {
      v128_t low = wasm_i32x4_splat(0), high = low;
      for (int32_t row = 0; row < params.rows; ++row) {
        const int16_t* from = input + static_cast<size_t>(row) * channels + c;
        const v128_t values = LoadUpTo8(from, channels - c);
        low = wasm_i32x4_add(low, wasm_i32x4_extend_low_i16x8(values));
        high = wasm_i32x4_add(high, wasm_i32x4_extend_high_i16x8(values));
      }
      StoreUpTo8(output + c, wasm_i16x8_narrow_i32x4(multiply(low), multiply(high)), channels - c);
    }
    input += static_cast<size_t>(params.rows) * channels;
    output += channels;
  }
}

inline void MeanFloat32(const MeanFloat32Params& params, const float* input, float* output) {
  const v128_t count = wasm_f32x4_splat(static_cast<float>(params.rows));
  const auto channels = static_cast<size_t>(params.channels);
  for (int32_t batch = 0; batch < params.batch; ++batch) {
    for (size_t c = 0; c < channels; c += 4) {
      v128_t sum = wasm_f32x4_splat(0.0f);
      for (int32_t row = 0; row < params.rows; ++row) {
        const float* from = input + static_cast<size_t>(row) * channels + c;
        sum = wasm_f32x4_add(sum, LoadUpTo4(from, channels - c));
      }
      StoreUpTo4(output + c, wasm_f32x4_div(sum, count), channels - c);
    }
    input += static_cast<size_t>(params.rows) * channels;
    output += channels;
  }
}

// The definitions, which tests hold the kernels against, by the sum of what the i-th output is the
// mean of, less a zero point.
template <typename Sum, typename Params, typename T>
inline Sum MeanSumReference(const Params& params, const T* input, int32_t i, Sum zero_point = 0) {
  const int32_t batch = i / params.channels, channel = i % params.channels;
  Sum sum = 0;
  for (int32_t row = 0; row < params.rows; ++row) {
    sum += input[(batch * params.rows + row) * params.channels + channel] - zero_point;
  }
  return sum;
}

inline void MeanInt8Reference(const MeanInt8Params& params, const int8_t* input, int8_t* output) {
  for (int32_t i = 0; i < params.batch * params.channels; ++i) {
    const auto sum = MeanSumReference<int32_t>(params, input, i, params.input_zero_point);
    const float real = static_cast<float>(sum) * params.scale;
    const float moved = real + static_cast<float>(params.output_zero_point);
    output[i] = static_cast<int8_t>(std::nearbyint(std::clamp(moved, -128.0f, 127.0f)));
  }
}

inline void MeanInt16Reference(const MeanInt16Params& params, const int16_t* input,
                               int16_t* output) {
  for (int32_t i = 0; i < params.batch * params.channels; ++i) {
    const auto sum = MeanSumReference<int32_t>(params, input, i);
    output[i] =
        static_cast<int16_t>(std::clamp(MultiplyReference(sum, params.scale), -32768, 32767));
  }
}

inline void MeanFloat32Reference(const MeanFloat32Params& params, const float* input,
                                 float* output) {
  for (int32_t i = 0; i < params.batch * params.channels; ++i) {
    output[i] = MeanSumReference<float>(params, input, i) / static_cast<float>(params.rows);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_MEAN_H_
