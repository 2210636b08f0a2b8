// The two passes of separable resizing, one output row at a time; called by resize.h. Pixels are 1
// byte (grey) or 4 (RGBX: the fourth is resized too, and means nothing).

#ifndef WRANGLET_KERNELS_IMAGE_RESIZE_KERNELS_H_
#define WRANGLET_KERNELS_IMAGE_RESIZE_KERNELS_H_

#include <cstddef>
#include <cstdint>

#include "kernels/image/resize_weights.h"
#include "kernels/simd.h"

namespace wranglet {

// Rows lie in memory that is readable, and writable, to this many bytes beyond their end.
inline constexpr int32_t kRowSlack = 16;

// The most recent input rows, already resized along x: row y lies at data + y % capacity * stride.
struct RowRing {
  const uint8_t* data = nullptr;
  int32_t stride = 0, capacity = 0;
};

namespace reference {

template <int kPixelBytes>
void ResizeRow(const uint8_t* in, const ResizeWeights& weights, uint8_t* out) {
  for (int32_t i = 0; i < weights.out_length(); ++i) {
    const WeightWindow window = weights[i];
    for (int channel = 0; channel < kPixelBytes; ++channel) {
      int32_t sum = kWeightHalf;
      for (int32_t k = 0; k < window.count; ++k) {
        sum += in[(window.first + k) * kPixelBytes + channel] * window.weights[k];
      }
      out[i * kPixelBytes + channel] = static_cast<uint8_t>(sum >> kWeightBits);
    }
  }
}

inline void BlendRows(RowRing ring, WeightWindow window, int32_t bytes, uint8_t* out) {
  for (int32_t x = 0; x < bytes; ++x) {
    int32_t sum = kWeightHalf;
    for (int32_t k = 0; k < window.count; ++k) {
      const int32_t place = (window.first + k) % ring.capacity;
      sum += ring.data[static_cast<size_t>(place) * ring.stride + x] * window.weights[k];
    }
    out[x] = static_cast<uint8_t>(sum >> kWeightBits);
  }
}

}  // namespace reference

// Four sums to four bytes, in the lowest lane.
inline v128_t RoundToBytes(v128_t sums) {
  const v128_t pixels = wasm_i32x4_shr(sums, kWeightBits);
  const v128_t words = wasm_i16x8_narrow_i32x4(pixels, pixels);
  return wasm_u8x16_narrow_i16x8(words, words);
}

// Output pixel i of RGBX: four channels a vector, four input pixels a load. Beyond the window
// weights are 0.
inline v128_t ResizePixelRgbx(const uint8_t* in, WeightWindow window) {
  v128_t even = wasm_i32x4_splat(kWeightHalf), odd = wasm_i32x4_splat(0);
  for (int32_t k = 0; k < window.count; k += 4) {
    const v128_t pixels = wasm_v128_load(in + (window.first + k) * 4);
    const v128_t low = wasm_u16x8_extend_low_u8x16(pixels),
                 high = wasm_u16x8_extend_high_u8x16(pixels);
    const int32_t* w = window.weights + k;
    even = wasm_i32x4_add(
        even, wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(low), wasm_v128_load32_splat(w)));
    odd = wasm_i32x4_add(
        odd, wasm_i32x4_mul(wasm_u32x4_extend_high_u16x8(low), wasm_v128_load32_splat(w + 1)));
    even = wasm_i32x4_add(
        even, wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(high), wasm_v128_load32_splat(w + 2)));
    odd = wasm_i32x4_add(
        odd, wasm_i32x4_mul(wasm_u32x4_extend_high_u16x8(high), wasm_v128_load32_splat(w + 3)));
  }
  return RoundToBytes(wasm_i32x4_add(even, odd));
}

// Output pixel i of grey: four input pixels a vector.
inline uint8_t ResizePixelGray(const uint8_t* in, WeightWindow window) {
  v128_t sums = wasm_i32x4_splat(0);
  for (int32_t k = 0; k < window.count; k += 4) {
    const v128_t words = wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(in + window.first + k));
    sums = wasm_i32x4_add(sums, wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(words),
                                               wasm_v128_load(window.weights + k)));
  }
  const int32_t sum = wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1) +
                      wasm_i32x4_extract_lane(sums, 2) + wasm_i32x4_extract_lane(sums, 3);
  return static_cast<uint8_t>((sum + kWeightHalf) >> kWeightBits);
}

// Resizes a row along x: weights.out_length() pixels to `out`. `in` needs kRowSlack.
template <int kPixelBytes>
void ResizeRow(const uint8_t* in, const ResizeWeights& weights, uint8_t* out) {
  static_assert(kPixelBytes == 1 || kPixelBytes == 4);
  for (int32_t i = 0; i < weights.out_length(); ++i) {
    if constexpr (kPixelBytes == 4) {
      wasm_v128_store32_lane(out + i * 4, ResizePixelRgbx(in, weights[i]), 0);
    } else {
      out[i] = ResizePixelGray(in, weights[i]);
    }
  }
}

// Resizes along y: one output row of `bytes` bytes from the rows of the window. Rows of the ring,
// and `out`, need kRowSlack.
inline void BlendRows(RowRing ring, WeightWindow window, int32_t bytes, uint8_t* out) {
  for (int32_t x = 0; x < bytes; x += 16) {
    v128_t sums[4];
    for (v128_t& sum : sums) sum = wasm_i32x4_splat(kWeightHalf);
    int32_t place = window.first % ring.capacity;
    for (int32_t k = 0; k < window.count; ++k) {
      const v128_t pixels =
          wasm_v128_load(ring.data + static_cast<size_t>(place) * ring.stride + x);
      const v128_t weight = wasm_i32x4_splat(window.weights[k]);
      const v128_t low = wasm_u16x8_extend_low_u8x16(pixels),
                   high = wasm_u16x8_extend_high_u8x16(pixels);
      sums[0] = wasm_i32x4_add(sums[0], wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(low), weight));
      sums[1] = wasm_i32x4_add(sums[1], wasm_i32x4_mul(wasm_u32x4_extend_high_u16x8(low), weight));
      sums[2] = wasm_i32x4_add(sums[2], wasm_i32x4_mul(wasm_u32x4_extend_low_u16x8(high), weight));
      sums[3] = wasm_i32x4_add(sums[3], wasm_i32x4_mul(wasm_u32x4_extend_high_u16x8(high), weight));
      if (++place == ring.capacity) place = 0;
    }
    for (v128_t& sum : sums) sum = wasm_i32x4_shr(sum, kWeightBits);
    wasm_v128_store(out + x, wasm_u8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(sums[0], sums[1]),
                                                     wasm_i16x8_narrow_i32x4(sums[2], sums[3])));
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_RESIZE_KERNELS_H_
