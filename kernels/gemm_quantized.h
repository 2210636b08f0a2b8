// Matrix product of quantised activations and packed weights: 1x1 convolutions of stride 1 (a row
// is a pixel) and fully connected layers (a row is a batch element). Called by steps.cc, which
// emit/ writes:
//
//   Gemm<int8_t, int8_t>(
//       {.rows = 2304, .depth = 16, .cols = 96, .output = {.zero_point = -128}},
//       Arena<int8_t>(0), Weights<int8_t>(512), Weights<int32_t>(2048), Weights<float>(2432),
//       Arena<int8_t>(36864));

#ifndef WRANGLET_KERNELS_GEMM_QUANTIZED_H_
#define WRANGLET_KERNELS_GEMM_QUANTIZED_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "kernels/tile_quantized.h"

namespace wranglet {

template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
struct GemmParams {
  int32_t rows = 1, depth = 1, cols = 1;
  typename Requantize::Output output;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("cols", cols), v("output", output);
  }
};

// output[r][c] = requantize(bias[c] + sum over k of input[r][k] * filter[c][k], scale[c]).
// `packed_filter`, `bias` and `scale` are PackGemm's, which has put the input's zero point into the
// bias.
template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
inline void Gemm(const GemmParams<In, Weight, Requantize>& params, const In* input,
                 const Weight* packed_filter, const typename Requantize::Bias* bias,
                 const typename Requantize::Scale* scale, In* output) {
  const Requantize requantize(params.output);
  constexpr int32_t kRows = Tile<In, Weight>::kRows;
  for (int32_t row = 0; row < params.rows; row += kRows) {
    const int32_t count = std::min(kRows, params.rows - row);
    const In* rows[kRows];
    In* out[kRows];
    for (int32_t i = 0; i < kRows; ++i) {
      const auto at = static_cast<size_t>(row + std::min(i, count - 1));
      rows[i] = input + at * static_cast<size_t>(params.depth);
      out[i] = output + at * static_cast<size_t>(params.cols);
    }
    Tile<In, Weight>::MultiplyRows(rows, count, params.depth, params.cols, packed_filter, bias,
                                   scale, requantize, out);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_GEMM_QUANTIZED_H_
