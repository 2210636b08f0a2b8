// The index of the greatest, or least, element along one dimension; of equal ones that of the
// first, or the last. Called by steps.cc.

#ifndef WRANGLET_KERNELS_ARG_MAX_H_
#define WRANGLET_KERNELS_ARG_MAX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace wranglet {

// T is the elements' type, which tells the kernels' params apart.
template <typename T>
struct ArgMaxParams {
  int32_t outer = 1, size = 1, inner = 1;
  bool is_min = false, is_last = false;
  int32_t index_bytes = 4;  // of an index in the output: 4 or 8

  template <typename V>
  void ForEachField(V&& v) const {
    v("outer", outer), v("size", size), v("inner", inner), v("is_min", is_min);
    v("is_last", is_last), v("index_bytes", index_bytes);
  }
};
using ArgMaxInt8Params = ArgMaxParams<int8_t>;
using ArgMaxInt16Params = ArgMaxParams<int16_t>;
using ArgMaxFloat32Params = ArgMaxParams<float>;

namespace arg_max_internal {

// Each element of the output by one pass through its own: where `inner` is 1, through neighbours.
template <typename Index, typename T, typename IsBetter>
inline void Run(const ArgMaxParams<T>& p, const T* input, uint8_t* output, IsBetter&& is_better) {
  const auto inner = static_cast<size_t>(p.inner), size = static_cast<size_t>(p.size);
  for (int32_t outer = 0; outer < p.outer; ++outer, input += size * inner) {
    for (size_t i = 0; i < inner; ++i, output += sizeof(Index)) {
      const T* best = input + i;
      Index index = 0;
      const T* at = best + inner;
      for (size_t k = 1; k < size; ++k, at += inner) {
        if (!is_better(*at, *best)) continue;
        best = at;
        index = static_cast<Index>(k);
      }
      std::memcpy(output, &index, sizeof(Index));
    }
  }
}

template <typename T>
inline void ArgMax(const ArgMaxParams<T>& p, const T* input, uint8_t* output) {
  const bool is_min = p.is_min, is_last = p.is_last;
  const auto is_better = [=](T a, T b) { return (is_min ? a < b : a > b) || (is_last && a == b); };
  p.index_bytes == 4 ? Run<int32_t>(p, input, output, is_better)
                     : Run<int64_t>(p, input, output, is_better);
}

}  // namespace arg_max_internal

// input [outer][size][inner], output [outer][inner] of indices.
inline void ArgMaxInt8(const ArgMaxInt8Params& params, const int8_t* input, uint8_t* output) {
  arg_max_internal::ArgMax(params, input, output);
}
inline void ArgMaxInt16(const ArgMaxInt16Params& params, const int16_t* input, uint8_t* output) {
  arg_max_internal::ArgMax(params, input, output);
}
inline void ArgMaxFloat32(const ArgMaxFloat32Params& params, const float* input, uint8_t* output) {
  arg_max_internal::ArgMax(params, input, output);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_ARG_MAX_H_
