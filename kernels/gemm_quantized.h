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

#include "kernels/byte_dot.h"
#include "kernels/pair_dot.h"
#include "kernels/params.h"
#include "kernels/tile_clipped.h"
#include "kernels/tile_quads.h"
#include "kernels/tile_quantized.h"
#include "kernels/tile_words.h"

namespace wranglet {

template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
struct GemmParams {
  int32_t rows = 1, depth = 1, cols = 1;
  typename Requantize::Output output;
  bool fit_pairs = false;  // the filter: see PairLanes::OfRuns
  // Where it does not: whether PairLimits lie behind it, and the input's zero point.
  bool clips = false;
  int32_t input_zero_point = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("rows", rows), v("depth", depth), v("cols", cols), v("output", output);
    v("fit_pairs", fit_pairs), v("clips", clips), v("input_zero_point", input_zero_point);
  }
};

namespace gemm_internal {

// Rows deeper than this are multiplied by any Tile; by words, if there are several, those deeper
// than the second.
inline constexpr int32_t kMostDepth = 2048, kMostWordDepth = 1024;

}  // namespace gemm_internal

// Whether Gemm of int8 by int8 is worth GemmParams::clips, if the filter does not fit pairs.
constexpr bool ClippingPays(int32_t rows, int32_t depth, int32_t cols) {
  return rows > 1 && depth <= gemm_internal::kMostWordDepth && cols >= 24;
}

namespace gemm_internal {

// Gemm where MultipliesBytes. Rows are moved to unsigned some 4 KB at a time: copied one by
// one, shallow ones would take as long as their products.
template <typename By>
WRANGLET_NOINLINE inline void MultiplyRowsByBytes(const GemmParams<int8_t, int8_t>& params,
                                                  const int8_t* input, const int8_t* packed_filter,
                                                  const int32_t* bias, const float* scale,
                                                  int8_t* output) {
  constexpr int32_t kRows = By::kRows;
  const RequantizeInt8 requantize(params.output);
  const int32_t depth = params.depth, cols = params.cols;
  alignas(16) uint8_t copied[kRows * kMostDepth + 16];
  const int32_t most = std::max(1, 4096 / (kRows * depth)) * kRows;
  for (int32_t row = 0; row < params.rows; row += most) {
    const int32_t rows = std::min(most, params.rows - row);
    CopyUnsigned(input, rows * depth, copied);
    for (int32_t i = 0; i < rows; i += kRows) {
      const uint8_t* from[kRows];
      int8_t* to[kRows];
      for (int32_t j = 0; j < kRows; ++j) {
        const int32_t at = std::min(i + j, rows - 1);  // those beyond the last are it, again
        from[j] = copied + at * depth, to[j] = output + at * cols;
      }
      MultiplyRuns<By>(from, std::min(kRows, rows - i), {.length = depth}, cols, packed_filter,
                       bias, scale, requantize, to);
    }
    input += rows * depth, output += rows * cols;
  }
}

// The same of one row.
template <typename By>
WRANGLET_NOINLINE inline void MultiplyRowByBytes(const GemmParams<int8_t, int8_t>& params,
                                                 const int8_t* input, const int8_t* packed_filter,
                                                 const int32_t* bias, const float* scale,
                                                 int8_t* output) {
  alignas(16) uint8_t copied[kMostDepth + 16];
  CopyUnsigned(input, params.depth, copied);
  const uint8_t* const row = copied;
  quads_internal::MultiplyRuns<By, 1>(&row, {.length = params.depth}, params.cols, packed_filter,
                                      bias, scale, RequantizeInt8(params.output), &output);
}

// Gemm of rows no deeper than kMostWordDepth, where not MultipliesBytes: by words, but if kClips by
// pairs, where there are those, as far as a panel's bytes fit them.
template <bool kClips>
WRANGLET_NOINLINE inline void MultiplyRowsByPanels(const GemmParams<int8_t, int8_t>& params,
                                                   const int8_t* input, const int8_t* packed_filter,
                                                   const int32_t* bias, const float* scale,
                                                   int8_t* output) {
  constexpr int32_t kRows = WordPanel::kMostRows, kTile = WordPanel::kTile;
  static_assert(WordPanel({.length = kMostWordDepth}).ScratchElements() <= WordPanel::kElements);
  // Of no depth is a panel larger than these elements, filled up to eights.
  static_assert(kRows == kClippedRows &&
                ClippedScratchBytes(0, 0) + WordPanel::kElements + 7 * kRows <=
                    static_cast<int32_t>(WordPanel::kElements * sizeof(int16_t)));
  // Most of a module's stack, which has 64 KB.
  alignas(16) int16_t scratch[WordPanel::kElements];
  int8_t last[kMostWordDepth + 16];
  const RequantizeInt8 requantize(params.output);
  const int32_t depth = params.depth, cols = params.cols, all = params.rows;
  // Rows are read by eights, which behind the last of them would end beyond the input; these are
  // read elsewhere.
  const int32_t near_end = std::min(all, ((depth + 7) / 8 * 8 - 1) / depth);
  const int32_t inside = all - near_end;
  CopyBytes(last, input + inside * depth, static_cast<size_t>(near_end * depth));
  const Runs runs{.length = depth};
  const WordPanel panel(runs);
  const int32_t step = panel.RowsOf(all);
  [[maybe_unused]] bool clips = use_pair_dot;
  for (int32_t row = 0; row < all; row += step) {
    const int32_t count = std::min(step, all - row);
    const int8_t* from[kRows];
    int8_t* to[kRows];
    for (int32_t i = 0; i < (count + kTile - 1) / kTile * kTile; ++i) {
      const int32_t at = std::min(row + i, all - 1);  // those beyond the last are it, again
      from[i] = at < inside ? input + at * depth : last + (at - inside) * depth;
      to[i] = output + at * cols;
    }
    if constexpr (kClips) {
      // What is much beyond in one panel is so in others.
      clips = clips &&
              MultiplyByClipping(from, count, depth, cols, packed_filter, params.input_zero_point,
                                 bias, scale, requantize, to, reinterpret_cast<uint8_t*>(scratch));
      if (clips) continue;
    }
    MultiplyByWords(panel, from, count, runs, cols, packed_filter, bias, scale, requantize, to,
                    scratch);
  }
}

// Gemm by any Tile.
template <typename Tile, typename In, typename Weight, typename Requantize>
WRANGLET_NOINLINE inline void MultiplyByTiles(const GemmParams<In, Weight, Requantize>& params,
                                              const In* input, const Weight* packed_filter,
                                              const typename Requantize::Bias* bias,
                                              const typename Requantize::Scale* scale, In* output) {
  const Requantize requantize(params.output);
  constexpr int32_t kRows = Tile::kRows;
  for (int32_t row = 0; row < params.rows; row += kRows) {
    const int32_t count = std::min(kRows, params.rows - row);
    const In* rows[kRows];
    In* out[kRows];
    for (int32_t i = 0; i < kRows; ++i) {
      const auto at = static_cast<size_t>(row + std::min(i, count - 1));
      rows[i] = input + at * static_cast<size_t>(params.depth);
      out[i] = output + at * static_cast<size_t>(params.cols);
    }
    Tile::MultiplyRows(rows, count, params.depth, params.cols, packed_filter, bias, scale,
                       requantize, out);
  }
}

// Gemm of int8 by int8 and one row, no deeper than kMostDepth.
template <bool kFit>
WRANGLET_NOINLINE inline void MultiplyRow(const GemmParams<int8_t, int8_t>& params,
                                          const int8_t* input, const int8_t* packed_filter,
                                          const int32_t* bias, const float* scale, int8_t* output) {
  if (MultipliesBytes<kFit>()) {
    return WithBytes<kFit>([&]<typename By>() {
      MultiplyRowByBytes<By>(params, input, packed_filter, bias, scale, output);
    });
  }
  quads_internal::MultiplyRows<quads_internal::ByWords, 1>(&input, 1, params.depth, params.cols,
                                                           packed_filter, bias, scale,
                                                           RequantizeInt8(params.output), &output);
}

// Gemm of int8 by int8 and several rows, no deeper than kMostDepth, nor than kMostWordDepth if
// kHasPanels, which kClips needs.
template <bool kFit, bool kHasPanels, bool kClips = false>
WRANGLET_NOINLINE inline void MultiplyShallow(const GemmParams<int8_t, int8_t>& params,
                                              const int8_t* input, const int8_t* packed_filter,
                                              const int32_t* bias, const float* scale,
                                              int8_t* output) {
  if (MultipliesBytes<kFit>()) {
    return WithBytes<kFit>([&]<typename By>() {
      MultiplyRowsByBytes<By>(params, input, packed_filter, bias, scale, output);
    });
  }
  if constexpr (kHasPanels) {
    MultiplyRowsByPanels<kClips>(params, input, packed_filter, bias, scale, output);
  } else {
    MultiplyByTiles<WordQuadTile>(params, input, packed_filter, bias, scale, output);
  }
}

}  // namespace gemm_internal

// output[r][c] = requantize(bias[c] + sum over k of input[r][k] * filter[c][k], scale[c]).
// `packed_filter`, `bias` and `scale` are PackGemm's, which has put the input's zero point into the
// bias.
template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
WRANGLET_INLINE inline void Gemm(const GemmParams<In, Weight, Requantize>& params, const In* input,
                                 const Weight* packed_filter, const typename Requantize::Bias* bias,
                                 const typename Requantize::Scale* scale, In* output) {
  using namespace gemm_internal;
  if constexpr (sizeof(In) == 1 && sizeof(Weight) == 1) {
    if (params.depth <= kMostDepth) {
      const bool fit = params.fit_pairs, has_panels = params.depth <= kMostWordDepth;
      const auto multiply =
          params.rows == 1 ? (fit ? MultiplyRow<true> : MultiplyRow<false>)
          : has_panels     ? (fit            ? MultiplyShallow<true, true>
                              : params.clips ? MultiplyShallow<false, true, true>
                                             : MultiplyShallow<false, true>)
                           : (fit ? MultiplyShallow<true, false> : MultiplyShallow<false, false>);
      return multiply(params, input, packed_filter, bias, scale, output);
    }
  }
  MultiplyByTiles<Tile<In, Weight>>(params, input, packed_filter, bias, scale, output);
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_GEMM_QUANTIZED_H_
