// Resizing of NHWC images by bilinear interpolation, with tables of where each output row and
// column lies between two of the input (the planner's, plan/lower_resize.cc). Called by steps.cc.
//
// int8 as XNNPACK (s8-ibilinear): weights of 11 bits, halves rounded up. int16 as TensorFlow Lite
// (ResizeBilinearInteger): weights of 10 bits, halves rounded away from zero. float32 as XNNPACK
// (f32-ibilinear).

#ifndef WRANGLET_KERNELS_RESIZE_BILINEAR_H_
#define WRANGLET_KERNELS_RESIZE_BILINEAR_H_

#include <cstddef>
#include <cstdint>

#include "kernels/simd.h"

namespace wranglet {

// T is the elements' type, which tells the kernels' params apart.
template <typename T>
struct ResizeBilinearParams {
  int32_t batch = 1, in_h = 1, in_w = 1, out_h = 1, out_w = 1, channels = 1;

  template <typename V>
  void ForEachField(V&& v) const {
    v("batch", batch), v("in_h", in_h), v("in_w", in_w), v("out_h", out_h), v("out_w", out_w);
    v("channels", channels);
  }
};
using ResizeBilinearInt8Params = ResizeBilinearParams<int8_t>;
using ResizeBilinearInt16Params = ResizeBilinearParams<int16_t>;
using ResizeBilinearFloat32Params = ResizeBilinearParams<float>;

inline constexpr int32_t kResizeBitsInt8 = 11, kResizeBitsInt16 = 10;

namespace resize_internal {

// Blends four corners of int16, left and right in turn, one half of the lanes after the other:
// `half` (tops, bottoms) makes int32 of them.
template <typename Half>
inline v128_t BlendHalves(v128_t tl, v128_t tr, v128_t bl, v128_t br, Half&& half) {
  return wasm_i16x8_narrow_i32x4(half(wasm_i16x8_shuffle(tl, tr, 0, 8, 1, 9, 2, 10, 3, 11),
                                      wasm_i16x8_shuffle(bl, br, 0, 8, 1, 9, 2, 10, 3, 11)),
                                 half(wasm_i16x8_shuffle(tl, tr, 4, 12, 5, 13, 6, 14, 7, 15),
                                      wasm_i16x8_shuffle(bl, br, 4, 12, 5, 13, 6, 14, 7, 15)));
}

// Each makes of the four pixels around a place, top left, top right, bottom left and bottom right,
// what lies there: `x` and `y` are the weights of the right and of the bottom ones.
struct BlendInt8 {
  using Weight = int32_t;
  static constexpr size_t kLanes = 8;

  BlendInt8(int32_t x, int32_t y)
      : x_(wasm_i32x4_splat(static_cast<int32_t>(static_cast<uint32_t>(x) << 16) |
                            ((1 << kResizeBitsInt8) - x))),
        y_(wasm_i32x4_splat(y)) {}

  static v128_t Load(const int8_t* from, size_t count) {
    return wasm_i16x8_extend_low_i8x16(LoadUpTo8(from, count));
  }
  static void Store(int8_t* to, v128_t lanes, size_t count) {
    StoreUpTo8(to, wasm_i8x16_narrow_i16x8(lanes, lanes), count);
  }
  v128_t operator()(v128_t tl, v128_t tr, v128_t bl, v128_t br) const {
    return BlendHalves(tl, tr, bl, br,
                       [this](v128_t tops, v128_t bottoms) { return Half(tops, bottoms); });
  }

 private:
  v128_t Half(v128_t tops, v128_t bottoms) const {
    const v128_t top = wasm_i32x4_dot_i16x8(tops, x_), bottom = wasm_i32x4_dot_i16x8(bottoms, x_);
    const v128_t sum = wasm_i32x4_add(wasm_i32x4_shl(top, kResizeBitsInt8),
                                      wasm_i32x4_mul(wasm_i32x4_sub(bottom, top), y_));
    const v128_t half = wasm_i32x4_splat(1 << (2 * kResizeBitsInt8 - 1));
    return wasm_i32x4_shr(wasm_i32x4_add(sum, half), 2 * kResizeBitsInt8);
  }

  v128_t x_, y_;
};

struct BlendInt16 {
  using Weight = int32_t;
  static constexpr size_t kLanes = 8;

  BlendInt16(int32_t x, int32_t y)
      : x_(wasm_i32x4_splat(static_cast<int32_t>(static_cast<uint32_t>(x) << 16) |
                            ((1 << kResizeBitsInt16) - x))),
        top_(wasm_i32x4_splat((1 << kResizeBitsInt16) - y)),
        bottom_(wasm_i32x4_splat(y)) {}

  static v128_t Load(const int16_t* from, size_t count) { return LoadUpTo8(from, count); }
  static void Store(int16_t* to, v128_t lanes, size_t count) { StoreUpTo8(to, lanes, count); }
  v128_t operator()(v128_t tl, v128_t tr, v128_t bl, v128_t br) const {
    return BlendHalves(tl, tr, bl, br,
                       [this](v128_t tops, v128_t bottoms) { return Half(tops, bottoms); });
  }

 private:
  v128_t Half(v128_t tops, v128_t bottoms) const {
    const v128_t top = wasm_i32x4_dot_i16x8(tops, x_), bottom = wasm_i32x4_dot_i16x8(bottoms, x_);
    const v128_t low = Round(wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(top, top_),
                                            wasm_i64x2_extmul_low_i32x4(bottom, bottom_)));
    const v128_t high = Round(wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(top, top_),
                                             wasm_i64x2_extmul_high_i32x4(bottom, bottom_)));
    return wasm_i32x4_shuffle(low, high, 0, 2, 4, 6);
  }
  // Negative sums get one less than a half, so that halves go away from zero.
  static v128_t Round(v128_t sums) {
    const v128_t half = wasm_i64x2_splat(int64_t{1} << (2 * kResizeBitsInt16 - 1));
    const v128_t sign = wasm_i64x2_shr(sums, 63);
    return wasm_i64x2_shr(wasm_i64x2_add(wasm_i64x2_add(sums, half), sign), 2 * kResizeBitsInt16);
  }

  v128_t x_, top_, bottom_;
};

struct BlendFloat32 {
  using Weight = float;
  static constexpr size_t kLanes = 4;

  BlendFloat32(float x, float y) : x_(wasm_f32x4_splat(x)), y_(wasm_f32x4_splat(y)) {}

  static v128_t Load(const float* from, size_t count) { return LoadUpTo4(from, count); }
  static void Store(float* to, v128_t lanes, size_t count) { StoreUpTo4(to, lanes, count); }
  v128_t operator()(v128_t tl, v128_t tr, v128_t bl, v128_t br) const {
    return Between(Between(tl, tr, x_), Between(bl, br, x_), y_);
  }

 private:
  static v128_t Between(v128_t a, v128_t b, v128_t weight) {
    return wasm_f32x4_add(a, wasm_f32x4_mul(wasm_f32x4_sub(b, a), weight));
  }

  v128_t x_, y_;
};

template <typename Blend, typename T>
inline void ResizeBilinear(const ResizeBilinearParams<T>& p, const T* input,
                           const int32_t* neighbours, const typename Blend::Weight* weights,
                           T* output) {
  const auto channels = static_cast<size_t>(p.channels);
  const size_t row = static_cast<size_t>(p.in_w) * channels;
  const int32_t* const columns = neighbours + 2 * p.out_h;
  for (int32_t batch = 0; batch < p.batch; ++batch) {
    for (int32_t y = 0; y < p.out_h; ++y) {
      const T* top = input + static_cast<size_t>(neighbours[2 * y]) * row;
      const T* bottom = input + static_cast<size_t>(neighbours[2 * y + 1]) * row;
      for (int32_t x = 0; x < p.out_w; ++x, output += channels) {
        const Blend blend(weights[p.out_h + x], weights[y]);
        const size_t left = static_cast<size_t>(columns[2 * x]) * channels;
        const size_t right = static_cast<size_t>(columns[2 * x + 1]) * channels;
        for (size_t c = 0; c < channels; c += Blend::kLanes) {
          const size_t count = channels - c;
          Blend::Store(
              output + c,
              blend(Blend::Load(top + left + c, count), Blend::Load(top + right + c, count),
                    Blend::Load(bottom + left + c, count), Blend::Load(bottom + right + c, count)),
              count);
        }
      }
    }
    input += static_cast<size_t>(p.in_h) * row;
  }
}

}  // namespace resize_internal

// input [batch][in_h][in_w][channels], output [batch][out_h][out_w][channels]. neighbours: of each
// output row the two input rows, then of each column the two columns. weights: of each row that of
// the lower one, then of each column that of the right one; integers have kResizeBitsInt8 or
// kResizeBitsInt16 of fraction.
inline void ResizeBilinearInt8(const ResizeBilinearInt8Params& params, const int8_t* input,
                               const int32_t* neighbours, const int32_t* weights, int8_t* output) {
  resize_internal::ResizeBilinear<resize_internal::BlendInt8>(params, input, neighbours, weights,
                                                              output);
}
inline void ResizeBilinearInt16(const ResizeBilinearInt16Params& params, const int16_t* input,
                                const int32_t* neighbours, const int32_t* weights,
                                int16_t* output) {
  resize_internal::ResizeBilinear<resize_internal::BlendInt16>(params, input, neighbours, weights,
                                                               output);
}
inline void ResizeBilinearFloat32(const ResizeBilinearFloat32Params& params, const float* input,
                                  const int32_t* neighbours, const float* weights, float* output) {
  resize_internal::ResizeBilinear<resize_internal::BlendFloat32>(params, input, neighbours, weights,
                                                                 output);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_RESIZE_BILINEAR_H_
