// The exports of a network's module: what steps.cc, which emit/ writes, defines, and worker-js
// calls. docs/architecture.md tells what each one means. A steps.cc in short:
//
//   #include "kernels/gemm_quantized.h"
//   #include "kernels/module.h"
//
//   alignas(16) static uint8_t arena[36864];
//   alignas(16) static const uint8_t weights[] = {...};
//
//   uint8_t* wranglet_input(uint32_t) { return arena; }
//   ...
//   void wranglet_infer() {
//     WRANGLET_STEP(0)  // features.0: Conv2D 1x96x96x3, 16x3x3x3 -> 1x48x48x16
//     {
//       static constexpr ParamsOf<Conv2d<int8_t, int8_t>> params = {...};
//       Conv2d<int8_t, int8_t>(params, ...);
//     }
//   }

#ifndef WRANGLET_KERNELS_MODULE_H_
#define WRANGLET_KERNELS_MODULE_H_

#include <cstdint>

// What worker-js compares wranglet_abi() with.
#define WRANGLET_ABI_VERSION 1

#if defined(__wasm__)
#define WRANGLET_EXPORT(name) __attribute__((export_name(#name))) name
#else
#define WRANGLET_EXPORT(name) name
#endif

// What steps.cc says before each step: nothing, but in a module that is built to be measured.
#if defined(WRANGLET_PROFILE)
extern "C" __attribute__((import_module("wranglet"), import_name("step"))) void wranglet_step(
    uint32_t index);
#define WRANGLET_STEP(index) wranglet_step(index);
#else
#define WRANGLET_STEP(index)
#endif

namespace wranglet {

// The struct that a kernel takes as its first argument.
template <auto kKernel>
struct KernelTraits;
template <typename P, typename... Args, void (*kKernel)(const P&, Args...)>
struct KernelTraits<kKernel> {
  using Params = P;
};
template <auto kKernel>
using ParamsOf = typename KernelTraits<kKernel>::Params;

}  // namespace wranglet

extern "C" {

uint32_t WRANGLET_EXPORT(wranglet_abi)();
uint8_t* WRANGLET_EXPORT(wranglet_weights)();
void WRANGLET_EXPORT(wranglet_prepare)();
uint8_t* WRANGLET_EXPORT(wranglet_input)(uint32_t index);
uint8_t* WRANGLET_EXPORT(wranglet_output)(uint32_t index);
void WRANGLET_EXPORT(wranglet_infer)();

}  // extern "C"

#endif  // WRANGLET_KERNELS_MODULE_H_
