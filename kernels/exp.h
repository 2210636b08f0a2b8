// exp(x) in float32 that gives the same bits everywhere, which a C library's does not promise.

#ifndef WRANGLET_KERNELS_EXP_H_
#define WRANGLET_KERNELS_EXP_H_

#include <bit>
#include <cmath>
#include <cstdint>

namespace wranglet {

// Cody and Waite's reduction, x = n ln 2 + r with |r| <= ln 2 / 2, and the Taylor polynomial of
// degree 7 for exp(r), whose remainder r^8 / 8! is below 2^-27. Within 2 ulp of exp where the
// result is a normal number; 0 below -87, and as for 88 above it.
inline float Exp(float x) {
  if (x < -87.0f) return 0.0f;
  if (x > 88.0f) x = 88.0f;
  constexpr float kLog2E = 0x1.715476p+0f;
  // ln 2 in two parts, the first short enough that its product with n is exact.
  constexpr float kLn2High = 0x1.62e4p-1f, kLn2Low = 0x1.7f7d1cp-20f;
  const float n = std::nearbyint(x * kLog2E);
  const float r = (x - n * kLn2High) - n * kLn2Low;
  float sum = 1.0f / 5040;
  for (const float coefficient :
       {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 1.0f / 2, 1.0f, 1.0f}) {
    sum = sum * r + coefficient;
  }
  const auto exponent = static_cast<uint32_t>(static_cast<int32_t>(n) + 127);
  return sum * std::bit_cast<float>(exponent << 23);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_EXP_H_
