// Transposition of a tensor of up to 6 dimensions. Called by steps.cc.

#ifndef WRANGLET_KERNELS_TRANSPOSE_H_
#define WRANGLET_KERNELS_TRANSPOSE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace wranglet {

inline constexpr int32_t kMaxTransposeRank = 6;

struct TransposeParams {
  // Of the output, outermost first: sizes, and the distance in the input of neighbours along each.
  // Dimensions that are not there have size 1.
  std::array<int32_t, kMaxTransposeRank> sizes = {1, 1, 1, 1, 1, 1};
  std::array<int32_t, kMaxTransposeRank> strides = {};
  int32_t element_bytes = 1;

  template <typename V>
  void ForEachField(V&& v) const {
    v("sizes", sizes), v("strides", strides), v("element_bytes", element_bytes);
  }
};

namespace transpose_internal {

template <size_t kBytes>
inline void Run(const TransposeParams& p, const uint8_t* input, uint8_t* output) {
  const auto& n = p.sizes;
  const auto& s = p.strides;
  for (int32_t a = 0; a < n[0]; ++a) {
    for (int32_t b = 0; b < n[1]; ++b) {
      for (int32_t c = 0; c < n[2]; ++c) {
        for (int32_t d = 0; d < n[3]; ++d) {
          for (int32_t e = 0; e < n[4]; ++e) {
            const int32_t base = a * s[0] + b * s[1] + c * s[2] + d * s[3] + e * s[4];
            for (int32_t f = 0; f < n[5]; ++f, output += kBytes) {
              std::memcpy(output, input + static_cast<size_t>(base + f * s[5]) * kBytes, kBytes);
            }
          }
        }
      }
    }
  }
}

}  // namespace transpose_internal

// input and output may not overlap. Elements have 1, 2 or 4 bytes.
inline void TransposeElements(const TransposeParams& params, const uint8_t* input,
                              uint8_t* output) {
  switch (params.element_bytes) {
    case 1:
      return transpose_internal::Run<1>(params, input, output);
    case 2:
      return transpose_internal::Run<2>(params, input, output);
    default:
      return transpose_internal::Run<4>(params, input, output);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_TRANSPOSE_H_
