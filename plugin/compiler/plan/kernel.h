// Kernel<&Function>: what the compiler derives from a kernel's signature alone,
// `void Function(const Params&, T* argument...)`: how to call it with untyped arguments, and how to
// spell their types in C++.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_KERNEL_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_KERNEL_H_

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/fixed_point.h"

namespace wranglet {

// A parameter of a kernel after its params struct: a pointer.
struct KernelArg {
  const char* type;  // what it points to: "int8_t"
  bool is_written;   // whether the kernel writes there: an output, or scratch memory
};

// How steps.cc spells an element type. Types without a specialisation are no kernel's business.
template <typename T>
struct ElementName;
template <>
struct ElementName<int8_t> {
  static constexpr char kName[] = "int8_t";
};
template <>
struct ElementName<uint8_t> {
  static constexpr char kName[] = "uint8_t";
};
template <>
struct ElementName<int16_t> {
  static constexpr char kName[] = "int16_t";
};
template <>
struct ElementName<uint16_t> {
  static constexpr char kName[] = "uint16_t";
};
template <>
struct ElementName<int32_t> {
  static constexpr char kName[] = "int32_t";
};
template <>
struct ElementName<float> {
  static constexpr char kName[] = "float";
};
template <>
struct ElementName<double> {
  static constexpr char kName[] = "double";
};
template <>
struct ElementName<FixedPoint> {
  static constexpr char kName[] = "FixedPoint";
};
template <>
struct ElementName<void> {
  static constexpr char kName[] = "void";
};

template <auto function>
struct Kernel;

template <typename P, typename... T, void (*function)(const P&, T*...)>
struct Kernel<function> {
  using Params = P;

  const char* name;    // the function's
  const char* header;  // that declares it, from the repository's root

  static std::vector<KernelArg> Args() {
    return {KernelArg{ElementName<std::remove_const_t<T>>::kName, !std::is_const_v<T>}...};
  }

  static void Call(const Params& params, std::span<void* const> args) {
    assert(args.size() == sizeof...(T));
    [&]<size_t... i>(std::index_sequence<i...>) {
      function(params, static_cast<T*>(args[i])...);
    }(std::index_sequence_for<T...>());
  }
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_KERNEL_H_
