// Numbers of one type as numbers of another. Called by steps.cc.

#ifndef WRANGLET_KERNELS_CAST_H_
#define WRANGLET_KERNELS_CAST_H_

#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace wranglet {

enum class ElementType : int32_t { kFloat32, kInt8, kUint8, kInt16, kInt32, kInt64, kBool };

struct CastParams {
  int32_t count = 0;
  ElementType from = ElementType::kFloat32, to = ElementType::kFloat32;

  template <typename V>
  void ForEachField(V&& v) const {
    v("count", count), v("from", from), v("to", to);
  }
};

// Floats go towards zero and saturate, NaN to 0; integers keep their lowest bits; everything but 0
// is true.
template <typename To, typename From>
inline To CastElement(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != 0;
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // Exact in double, and of the largest int64 the next power of two.
    constexpr auto kLeast = static_cast<double>(std::numeric_limits<To>::min());
    constexpr auto kMost = static_cast<double>(std::numeric_limits<To>::max());
    const auto wide = static_cast<double>(value);
    if (wide != wide) return 0;
    if (wide <= kLeast) return std::numeric_limits<To>::min();
    if (wide >= kMost) return std::numeric_limits<To>::max();
    return static_cast<To>(wide);
  } else {
    return static_cast<To>(value);
  }
}

namespace cast_internal {

// Calls use(T()) with the type that `type` is.
template <typename Use>
inline void WithType(ElementType type, const Use& use) {
  switch (type) {
    case ElementType::kFloat32:
      return use(float());
    case ElementType::kInt8:
      return use(int8_t());
    case ElementType::kUint8:
      return use(uint8_t());
    case ElementType::kInt16:
      return use(int16_t());
    case ElementType::kInt32:
      return use(int32_t());
    case ElementType::kInt64:
      return use(int64_t());
    case ElementType::kBool:
      return use(bool());
  }
}

// An element of a buffer of bytes. A bool is true whatever its byte, unless that is 0.
template <typename T>
inline T Load(const uint8_t* from, size_t i) {
  if constexpr (std::is_same_v<T, bool>) {
    return from[i] != 0;
  } else {
    T value;
    std::memcpy(&value, from + i * sizeof(T), sizeof(T));
    return value;
  }
}

}  // namespace cast_internal

// input and output may not overlap.
inline void CastElements(const CastParams& params, const uint8_t* input, uint8_t* output) {
  cast_internal::WithType(params.from, [&](auto from) {
    cast_internal::WithType(params.to, [&](auto to) {
      for (size_t i = 0; i < static_cast<size_t>(params.count); ++i) {
        const auto value = CastElement<decltype(to)>(cast_internal::Load<decltype(from)>(input, i));
        std::memcpy(output + i * sizeof(value), &value, sizeof(value));
      }
    });
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_CAST_H_
