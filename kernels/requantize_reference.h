// What the definitions of the quantised products sum in, and what becomes of a sum.

#ifndef WRANGLET_KERNELS_REQUANTIZE_REFERENCE_H_
#define WRANGLET_KERNELS_REQUANTIZE_REFERENCE_H_

#include <cstdint>
#include <type_traits>

#include "kernels/requantize.h"
#include "kernels/requantize_int16.h"
#include "kernels/requantize_twice.h"

namespace wranglet {

// int32 for int8 activations, int64 for int16.
template <typename In>
using SumOf = std::conditional_t<std::is_same_v<In, int8_t>, int32_t, int64_t>;

inline int8_t RequantizeReference(int32_t sum, float scale, const Int8Output& output) {
  return RequantizeInt8Reference(sum, scale, output);
}
inline int8_t RequantizeReference(int32_t sum, const FixedPoint& scale, const Int8Output& output) {
  return RequantizeTwiceReference(sum, scale, output);
}
inline int16_t RequantizeReference(int64_t sum, double scale, const Int16ProductOutput& output) {
  return RequantizeInt16Reference(sum, scale, output);
}
inline int16_t RequantizeReference(int64_t sum, double scale, const Int16Output& output) {
  return RequantizeInt16Reference(sum, scale, {Rounding16::kHalfUp, output});
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_REQUANTIZE_REFERENCE_H_
