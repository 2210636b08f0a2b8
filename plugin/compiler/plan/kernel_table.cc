#include "plugin/compiler/plan/kernel_table.h"

#include <type_traits>

namespace wranglet {
namespace {

// Calls visit(kernel, params) with the kernel of the params' type.
template <typename Visit>
void VisitKernel(const KernelParams& params, Visit&& visit) {
  std::apply(
      [&](const auto&... kernels) {
        auto visit_if_held = [&](const auto& kernel) {
          using Params = typename std::remove_cvref_t<decltype(kernel)>::Params;
          if (const auto* held = std::get_if<Params>(&params)) visit(kernel, *held);
        };
        (visit_if_held(kernels), ...);
      },
      kKernels);
}

}  // namespace

KernelInfo InfoOf(const KernelParams& params) {
  KernelInfo info;
  VisitKernel(params, [&](const auto& kernel, const auto&) {
    info = {kernel.name, kernel.header, kernel.Args()};
  });
  return info;
}

void CallKernel(const KernelParams& params, std::span<void* const> args) {
  VisitKernel(params, [&](const auto& kernel, const auto& held) { kernel.Call(held, args); });
}

}  // namespace wranglet
