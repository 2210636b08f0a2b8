// Initializer: a params struct as the C++ designated initialiser that makes it anew, which names
// only the fields that differ from their defaults.

#ifndef WRANGLET_PLUGIN_COMPILER_EMIT_INITIALIZER_H_
#define WRANGLET_PLUGIN_COMPILER_EMIT_INITIALIZER_H_

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/binary_float32.h"
#include "kernels/cast.h"
#include "kernels/depthwise_conv2d.h"
#include "kernels/requantize_int16.h"
#include "kernels/unary_float32.h"

namespace wranglet {

// Literals whose value, read back, is bit for bit the same.
std::string Literal(bool value);
std::string Literal(long long value);
std::string Literal(float value);

// How steps.cc spells an enumeration that params structs hold.
template <typename T>
struct EnumName;
template <>
struct EnumName<BinaryKind> {
  static constexpr char kName[] = "BinaryKind";
};
template <>
struct EnumName<ElementType> {
  static constexpr char kName[] = "ElementType";
};
template <>
struct EnumName<LaneFit> {
  static constexpr char kName[] = "LaneFit";
};
template <>
struct EnumName<UnaryKind> {
  static constexpr char kName[] = "UnaryKind";
};
template <>
struct EnumName<Rounding16> {
  static constexpr char kName[] = "Rounding16";
};

template <typename T>
concept HasFields = requires(const T& t) { t.ForEachField([](const char*, const auto&) {}); };

template <typename T>
std::string Initializer(const T& value) {
  if constexpr (HasFields<T>) {
    std::vector<std::string> defaults;
    T{}.ForEachField([&](const char*, const auto& v) { defaults.push_back(Initializer(v)); });
    std::string text;
    size_t field = 0;
    value.ForEachField([&](const char* name, const auto& v) {
      const std::string literal = Initializer(v);
      if (literal == defaults[field++]) return;
      text += (text.empty() ? "." : ", .") + std::string(name) + " = " + literal;
    });
    return "{" + text + "}";
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, float>) {
    return Literal(value);
  } else if constexpr (std::is_enum_v<T>) {
    return std::string(EnumName<T>::kName) + "{" + Literal(static_cast<long long>(value)) + "}";
  } else if constexpr (std::is_integral_v<T>) {
    return Literal(static_cast<long long>(value));
  } else {
    std::string text;
    for (const auto& element : value) text += (text.empty() ? "" : ", ") + Initializer(element);
    return "{" + text + "}";
  }
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_EMIT_INITIALIZER_H_
