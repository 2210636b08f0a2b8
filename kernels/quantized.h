// What belongs to the types of quantised products, whatever computes them.

#ifndef WRANGLET_KERNELS_QUANTIZED_H_
#define WRANGLET_KERNELS_QUANTIZED_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/params.h"
#include "kernels/requantize.h"
#include "kernels/requantize_int16.h"
#include "kernels/requantize_twice.h"
#include "kernels/simd.h"

namespace wranglet {

// Packed weights, bias and scale come in blocks of this many columns, the last one filled with
// zeros.
inline constexpr int32_t kTileColumns = 8;

// Packed weights that a block takes, `step` of depth lying together for each column.
constexpr size_t PackedElements(int32_t depth, int32_t step) {
  return static_cast<size_t>((depth + step - 1) / step * step) * kTileColumns;
}

// What makes products of activations of type T such activations again, where nothing else is said.
// Its Output is what params structs hold of it.
template <typename T>
using RequantizeOf = std::conditional_t<std::is_same_v<T, int8_t>, RequantizeInt8, RequantizeInt16>;
// What a requantisation does to all sums of a tile at once, if anything, before each row is asked
// for.
template <typename Requantize, typename Sums>
WRANGLET_INLINE inline void FinishSums(const Requantize& requantize, Sums& sums,
                                       const typename Requantize::Scales& scales) {
  if constexpr (requires { requantize.Finish(sums, scales); }) requantize.Finish(sums, scales);
}

template <typename T>
using BiasOf = typename RequantizeOf<T>::Bias;
template <typename T>
using ScaleOf = typename RequantizeOf<T>::Scale;

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_QUANTIZED_H_
