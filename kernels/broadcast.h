// Two tensors of different shapes, one result, by numpy's rules: what every kernel of two operands
// walks by. The compiler merges dimensions (plan/broadcasting.h), so that most operators are one
// row.

#ifndef WRANGLET_KERNELS_BROADCAST_H_
#define WRANGLET_KERNELS_BROADCAST_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/simd.h"

namespace wranglet {

inline constexpr size_t kMaxBroadcastRank = 6;

// How operands a and b lie to the elements of the output, outermost dimension first. A stride is
// the distance in the operand of neighbours along a dimension of the output, 0 where the operand is
// repeated. Dimensions that are not there have size 1. Along the last dimension each stride is 0 or
// 1, and one of them is 1.
struct Broadcast {
  std::array<int32_t, kMaxBroadcastRank> sizes = {1, 1, 1, 1, 1, 1};
  std::array<int32_t, kMaxBroadcastRank> a_strides = {0, 0, 0, 0, 0, 1};
  std::array<int32_t, kMaxBroadcastRank> b_strides = {0, 0, 0, 0, 0, 1};

  template <typename V>
  void ForEachField(V&& v) const {
    v("sizes", sizes), v("a_strides", a_strides), v("b_strides", b_strides);
  }
};

// Some elements of an operand as a vector: of int8 and int16, 8 as int16; of float, 4.
inline v128_t LoadLanes(const int8_t* from, size_t left) {
  return wasm_i16x8_extend_low_i8x16(LoadUpTo8(from, left));
}
inline v128_t LoadLanes(const int16_t* from, size_t left) { return LoadUpTo8(from, left); }
inline v128_t LoadLanes(const float* from, size_t left) { return LoadUpTo4(from, left); }
inline v128_t SplatLanes(int8_t value) { return wasm_i16x8_splat(value); }
inline v128_t SplatLanes(int16_t value) { return wasm_i16x8_splat(value); }
inline v128_t SplatLanes(float value) { return wasm_f32x4_splat(value); }

// The low lanes of what a kernel made of those vectors; int16 saturate to int8.
inline void StoreLanes(int8_t* to, v128_t value, size_t left) {
  StoreUpTo8(to, wasm_i8x16_narrow_i16x8(value, value), left);
}
inline void StoreLanes(int16_t* to, v128_t value, size_t left) { StoreUpTo8(to, value, left); }
inline void StoreLanes(float* to, v128_t value, size_t left) { StoreUpTo4(to, value, left); }

template <typename T>
inline constexpr size_t kLanes = sizeof(T) == 4 ? 4 : 8;

namespace broadcast_internal {

template <size_t kAxis, typename Row>
inline void Walk(const Broadcast& broadcast, int32_t a, int32_t b, int32_t& out, const Row& row) {
  const int32_t size = broadcast.sizes[kAxis];
  if constexpr (kAxis + 1 == kMaxBroadcastRank) {
    row(a, b, out);
    out += size;
  } else {
    for (int32_t i = 0; i < size; ++i) {
      Walk<kAxis + 1>(broadcast, a, b, out, row);
      a += broadcast.a_strides[kAxis];
      b += broadcast.b_strides[kAxis];
    }
  }
}

}  // namespace broadcast_internal

// Calls row(a_offset, b_offset, output_offset) for each run of the last dimension.
template <typename Row>
inline void ForEachRow(const Broadcast& broadcast, const Row& row) {
  int32_t out = 0;
  broadcast_internal::Walk<0>(broadcast, 0, 0, out, row);
}

// output = combine(a, b), where combine takes and gives a vector of lanes. output may be an operand
// that is not repeated.
template <typename T, typename Combine>
inline void CombineLanes(const Broadcast& broadcast, const T* a, const T* b, T* output,
                         const Combine& combine) {
  const auto size = static_cast<size_t>(broadcast.sizes.back());
  const bool repeat_a = broadcast.a_strides.back() == 0;
  const bool repeat_b = broadcast.b_strides.back() == 0;
  ForEachRow(broadcast, [&](int32_t a_offset, int32_t b_offset, int32_t output_offset) {
    const T* x = a + a_offset;
    const T* y = b + b_offset;
    T* to = output + output_offset;
    const auto for_each = [&](auto&& load_x, auto&& load_y) {
      for (size_t i = 0; i < size; i += kLanes<T>) {
        StoreLanes(to + i, combine(load_x(i), load_y(i)), size - i);
      }
    };
    const auto stream = [size](const T* from) {
      return [from, size](size_t i) { return LoadLanes(from + i, size - i); };
    };
    const auto repeat = [](T value) {
      return [lanes = SplatLanes(value)](size_t) { return lanes; };
    };
    if (repeat_a) {
      for_each(repeat(*x), stream(y));
    } else if (repeat_b) {
      for_each(stream(x), repeat(*y));
    } else {
      for_each(stream(x), stream(y));
    }
  });
}

// The same for tests: combine takes and gives an element.
template <typename T, typename Combine>
inline void CombineReference(const Broadcast& broadcast, const T* a, const T* b, T* output,
                             const Combine& combine) {
  ForEachRow(broadcast, [&](int32_t a_offset, int32_t b_offset, int32_t output_offset) {
    for (int32_t i = 0; i < broadcast.sizes.back(); ++i) {
      output[output_offset + i] = combine(a[a_offset + i * broadcast.a_strides.back()],
                                          b[b_offset + i * broadcast.b_strides.back()]);
    }
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_BROADCAST_H_
