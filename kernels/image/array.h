// Memory whose lack is a value: hostile images ask for much of it, and image.wasm has little.

#ifndef WRANGLET_KERNELS_IMAGE_ARRAY_H_
#define WRANGLET_KERNELS_IMAGE_ARRAY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <type_traits>

namespace wranglet {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

template <typename T>
using Array = std::unique_ptr<T[], Free>;

// Room for `count` values, not initialised, or null when there is none.
template <typename T>
Array<T> AllocateArray(int64_t count) {
  static_assert(std::is_trivial_v<T>);
  if (count < 0 || count > INT32_MAX / static_cast<int64_t>(sizeof(T))) return nullptr;
  return Array<T>(
      static_cast<T*>(std::malloc(std::max<size_t>(1, static_cast<size_t>(count) * sizeof(T)))));
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_IMAGE_ARRAY_H_
