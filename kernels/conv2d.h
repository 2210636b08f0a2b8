// Convolution of any window: patches of a tile of output pixels are gathered and multiplied as in a
// matrix product, unless they can be multiplied where they lie (conv2d_band.h). Called by
// steps.cc, which emit/ writes; 1x1 convolutions of stride 1 call gemm_*.h instead.

#ifndef WRANGLET_KERNELS_CONV2D_H_
#define WRANGLET_KERNELS_CONV2D_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/conv2d_band.h"
#include "kernels/conv2d_bytes.h"
#include "kernels/conv2d_winograd.h"
#include "kernels/im2col.h"
#include "kernels/pair_dot.h"
#include "kernels/params.h"
#include "kernels/runs.h"
#include "kernels/tile_float32.h"
#include "kernels/tile_quantized.h"

namespace wranglet {

template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
struct Conv2dParams {
  WindowShape window;
  int32_t groups = 1;
  int32_t input_zero_point = 0;
  typename Requantize::Output output;
  PixelGrid grid;
  bool fit_pairs = false;  // the filter: see PairLanes::OfRuns
  bool by_tiles = false;   // WinogradTiles::Serves, and sums are within their kMostSum

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("groups", groups), v("input_zero_point", input_zero_point);
    v("output", output), v("grid", grid), v("fit_pairs", fit_pairs), v("by_tiles", by_tiles);
  }
};

struct Conv2dFloat32Params {
  WindowShape window;
  int32_t groups = 1;
  FloatOutput output;
  PixelGrid grid;
  bool fused = false;  // see MultiplyAdd

  template <typename V>
  void ForEachField(V&& v) const {
    v("window", window), v("groups", groups), v("output", output), v("grid", grid);
    v("fused", fused);
  }
};

// Elements a patch of one group has: a filter's depth.
constexpr int32_t PatchDepth(const WindowShape& window, int32_t groups) {
  return window.kernel_h * window.kernel_w * (window.in_c / groups);
}

// Elements of the scratch buffer that Conv2d takes, and Conv2dFloat32.
template <typename In, typename Weight, typename Requantize>
constexpr size_t Conv2dScratchElements(const Conv2dParams<In, Weight, Requantize>& params) {
  const WindowShape& window = params.window;
  if (sizeof(In) == 1 && sizeof(Weight) == 1 && HasWholeRows(window, params.groups)) {
    const size_t tiles = params.by_tiles ? WinogradTiles(window).ScratchBytes() : 0;
    return std::max(tiles, Conv2dByteScratch(window));
  }
  return static_cast<size_t>(Tile<In, Weight>::kRows) *
         static_cast<size_t>(PatchDepth(window, params.groups));
}
constexpr size_t Conv2dFloat32ScratchElements(const WindowShape& window, int32_t groups) {
  if (HasWholeRows(window, groups)) return Conv2dBand<float>(window).CopiedElements(window);
  return static_cast<size_t>(std::max(Float32Tile<true>::kRows, Float32Tile<false>::kRows)) *
         static_cast<size_t>(PatchDepth(window, groups));
}

// Gathers the patches of each run of output pixels, for each group, and hands them to
// `multiply(group, rows, count, out)`, where out[i] is the group's first result of pixel i, at its
// place in the grid.
template <int32_t kRows, typename T, typename Multiply>
inline void ForEachPatchTile(const WindowShape& window, int32_t groups, const PixelGrid& grid,
                             const T* input, T fill, T* output, T* scratch, Multiply&& multiply) {
  const GridSteps steps(window, grid);
  const int32_t pixels = window.out_h * window.out_w;
  const int32_t group_in = window.in_c / groups, group_out = window.out_c / groups;
  for (int32_t batch = 0; batch < window.batch; ++batch) {
    for (int32_t group = 0; group < groups; ++group) {
      const T* from = input + group * group_in;
      T* row = output + steps.first + group * group_out;
      PatchCursor<T> cursor{.out_x = 0, .y0 = -window.pad_top, .to = row, .row = row};
      for (int32_t pixel = 0; pixel < pixels; pixel += kRows) {
        const int32_t count = std::min(kRows, pixels - pixel);
        const T* rows[kRows] = {};
        T* out[kRows] = {};
        GatherTile<kRows>(window, group_in, from, fill, count, steps.pixel, steps.row, scratch,
                          cursor, rows, out);
        multiply(group, rows, count, out);
      }
    }
    input += static_cast<size_t>(window.in_h) * static_cast<size_t>(window.in_w * window.in_c);
    output += steps.image;
  }
}

namespace conv2d_internal {

// Conv2d by patches and any Tile.
template <typename Tile, typename In, typename Weight, typename Requantize>
WRANGLET_NOINLINE inline void ConvolvePatches(const Conv2dParams<In, Weight, Requantize>& params,
                                              const In* input, const Weight* packed_filter,
                                              const typename Requantize::Bias* bias,
                                              const typename Requantize::Scale* scale, In* output,
                                              In* scratch) {
  const Requantize requantize(params.output);
  const int32_t depth = PatchDepth(params.window, params.groups);
  const int32_t columns = params.window.out_c / params.groups;
  const auto blocks = static_cast<size_t>((columns + kTileColumns - 1) / kTileColumns);
  ForEachPatchTile<Tile::kRows>(
      params.window, params.groups, params.grid, input, static_cast<In>(params.input_zero_point),
      output, scratch, [&](int32_t group, const auto& rows, int32_t count, const auto& out) {
        const size_t block = static_cast<size_t>(group) * blocks;
        Tile::MultiplyRows(rows, count, depth, columns,
                           packed_filter + block * PackedBlockElements<In, Weight>(depth),
                           bias + block * kTileColumns, scale + block * kTileColumns, requantize,
                           out);
      });
}

// Conv2d of int8 by int8 and a window that HasWholeRows. By tiles unless bytes have an instruction:
// it makes as many products at once as tiles save.
template <bool kFit, bool kByTiles = false>
WRANGLET_NOINLINE inline void ConvolveRuns(const Conv2dParams<int8_t, int8_t>& params,
                                           const int8_t* input, const int8_t* packed_filter,
                                           const int32_t* bias, const float* scale, int8_t* output,
                                           int8_t* scratch) {
  const auto convolve = MultipliesBytes<kFit>() ? Conv2dByBytes<kFit>
                        : kByTiles              ? Conv2dWinograd
                                                : Conv2dByWords;
  convolve(params.window, GridSteps(params.window, params.grid), params.input_zero_point,
           RequantizeInt8(params.output), input, packed_filter, bias, scale, output, scratch);
}

template <bool kFused>
WRANGLET_NOINLINE inline void ConvolvePatchesFloat32(const Conv2dFloat32Params& params,
                                                     const float* input, const float* packed_filter,
                                                     const float* bias, float* output,
                                                     float* scratch) {
  using Tile = Float32Tile<kFused>;
  const ClampFloat32x4 clamp(params.output);
  const int32_t depth = PatchDepth(params.window, params.groups);
  const int32_t columns = params.window.out_c / params.groups;
  const auto blocks = static_cast<size_t>((columns + kTileColumns - 1) / kTileColumns);
  ForEachPatchTile<Tile::kRows>(
      params.window, params.groups, params.grid, input, 0.0f, output, scratch,
      [&](int32_t group, const auto& rows, int32_t count, const auto& out) {
        const size_t column = static_cast<size_t>(group) * blocks * kTileColumns;
        Tile::MultiplyRows(rows, count, {.length = depth}, columns,
                           packed_filter + column * static_cast<size_t>(depth), bias + column,
                           clamp, out);
      });
}

// Conv2dFloat32 of a window that HasWholeRows.
template <bool kFused>
WRANGLET_NOINLINE inline void ConvolveRunsFloat32(const Conv2dFloat32Params& params,
                                                  const float* input, const float* packed_filter,
                                                  const float* bias, float* output,
                                                  float* scratch) {
  using Tile = Float32Tile<kFused>;
  const WindowShape& w = params.window;
  const GridSteps steps(w, params.grid);
  const ClampFloat32x4 clamp(params.output);
  const Runs runs{w.kernel_h, w.dilation_h * Conv2dBand<float>(w).pitch, w.kernel_w * w.in_c};
  const auto copy = [](const float* from, int32_t count, float* to) {
    CopyBytes(to, from, static_cast<size_t>(count) * sizeof(float));
  };
  ForEachBandTile<Tile::kRows>(w, steps, input, wasm_f32x4_splat(0.0f), output, scratch, copy,
                               [&](const auto& windows, int32_t count, const auto& out) {
                                 Tile::MultiplyRows(windows, count, runs, w.out_c, packed_filter,
                                                    bias, clamp, out);
                               });
}

template <bool kFused>
WRANGLET_INLINE inline void ConvolveFloat32(const Conv2dFloat32Params& params, const float* input,
                                            const float* packed_filter, const float* bias,
                                            float* output, float* scratch) {
  const auto convolve = HasWholeRows(params.window, params.groups) ? ConvolveRunsFloat32<kFused>
                                                                   : ConvolvePatchesFloat32<kFused>;
  convolve(params, input, packed_filter, bias, output, scratch);
}

}  // namespace conv2d_internal

// input [batch,in_h,in_w,in_c], output [batch,out_h,out_w,out_c], or pixels of a larger image,
// which the grid tells. `packed_filter`, `bias` and `scale` are PackGemm's of each group in turn,
// filters [out_c/groups][kernel_h*kernel_w*in_c/groups]. Outside the image lies the zero point.
// `scratch` has Conv2dScratchElements.
template <typename In, typename Weight, typename Requantize = RequantizeOf<In>>
WRANGLET_INLINE inline void Conv2d(const Conv2dParams<In, Weight, Requantize>& params,
                                   const In* input, const Weight* packed_filter,
                                   const typename Requantize::Bias* bias,
                                   const typename Requantize::Scale* scale, In* output,
                                   In* scratch) {
  using namespace conv2d_internal;
  if constexpr (sizeof(In) == 1 && sizeof(Weight) == 1) {
    if (HasWholeRows(params.window, params.groups)) {
      const auto convolve = params.by_tiles    ? ConvolveRuns<false, true>
                            : params.fit_pairs ? ConvolveRuns<true>
                                               : ConvolveRuns<false>;
      return convolve(params, input, packed_filter, bias, scale, output, scratch);
    }
  }
  ConvolvePatches<Tile<In, Weight>>(params, input, packed_filter, bias, scale, output, scratch);
}

// As Conv2d, packed by PackGemmFloat32; outside the image lies 0. `scratch` has
// Conv2dFloat32ScratchElements.
WRANGLET_INLINE inline void Conv2dFloat32(const Conv2dFloat32Params& params, const float* input,
                                          const float* packed_filter, const float* bias,
                                          float* output, float* scratch) {
  using namespace conv2d_internal;
  if (params.fused) {
    ConvolveFloat32<true>(params, input, packed_filter, bias, output, scratch);
  } else {
    ConvolveFloat32<false>(params, input, packed_filter, bias, output, scratch);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_CONV2D_H_
