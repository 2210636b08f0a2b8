// What belongs to the types of quantised products, whatever computes them.

#ifndef WRANGLET_KERNELS_QUANTIZED_H_
#define WRANGLET_KERNELS_QUANTIZED_H_

#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/requantize.h"
#include "kernels/requantize_int16.h"

namespace wranglet {

// Packed weights, bias and scale come in blocks of this many columns, the last one filled with
// zeros.
inline constexpr int32_t kTileColumns = 8;

// Packed weights that a block takes, `step` of depth lying together for each column.
constexpr size_t PackedElements(int32_t depth, int32_t step) {
  return static_cast<size_t>((depth + step - 1) / step * step) * kTileColumns;
}

// What belongs to products of activations of type T: Output, which params structs hold, and
// Requantize, which it makes.
template <typename T>
struct Quantized;
template <>
struct Quantized<int8_t> {
  using Output = Int8Output;
  using Requantize = RequantizeInt8;
};
template <>
struct Quantized<int16_t> {
  using Output = Int16ProductOutput;
  using Requantize = RequantizeInt16;
};
template <typename T>
using BiasOf = typename Quantized<T>::Requantize::Bias;
template <typename T>
using ScaleOf = typename Quantized<T>::Requantize::Scale;

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_QUANTIZED_H_
