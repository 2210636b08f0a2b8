// The definition of the convolutions, on plain weights; tests hold the kernels against it.

#ifndef WRANGLET_KERNELS_CONV2D_REFERENCE_H_
#define WRANGLET_KERNELS_CONV2D_REFERENCE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/conv2d.h"
#include "kernels/depthwise_conv2d.h"
#include "kernels/depthwise_float32.h"
#include "kernels/gemm_reference.h"
#include "kernels/requantize_reference.h"

namespace wranglet {

// Calls `tap(input index, filter tap)` for each tap of the window at (out_y, out_x) that is inside
// the image; the index is that of the pixel's channel 0.
template <typename Tap>
inline void ForEachTapReference(const WindowShape& w, int32_t batch, int32_t out_y, int32_t out_x,
                                Tap&& tap) {
  for (int32_t ky = 0; ky < w.kernel_h; ++ky) {
    for (int32_t kx = 0; kx < w.kernel_w; ++kx) {
      const int32_t y = out_y * w.stride_h - w.pad_top + ky * w.dilation_h;
      const int32_t x = out_x * w.stride_w - w.pad_left + kx * w.dilation_w;
      if (y < 0 || y >= w.in_h || x < 0 || x >= w.in_w) continue;
      tap(((batch * w.in_h + y) * w.in_w + x) * w.in_c, ky * w.kernel_w + kx);
    }
  }
}

// Calls `pixel(batch, out_y, out_x, output index)` for each output pixel.
template <typename Pixel>
inline void ForEachPixelReference(const WindowShape& w, Pixel&& pixel) {
  for (int32_t b = 0; b < w.batch; ++b) {
    for (int32_t y = 0; y < w.out_h; ++y) {
      for (int32_t x = 0; x < w.out_w; ++x) {
        pixel(b, y, x, ((b * w.out_h + y) * w.out_w + x) * w.out_c);
      }
    }
  }
}

// Calls `product(i, j)` for each product of a grouped convolution's output channel: the i-th
// element of the input by the j-th of the filter.
template <typename Product>
inline void ForEachProductReference(const WindowShape& w, int32_t groups, int32_t b, int32_t y,
                                    int32_t x, int32_t channel, Product&& product) {
  const int32_t group_in = w.in_c / groups;
  const int32_t first = channel / (w.out_c / groups) * group_in;
  ForEachTapReference(w, b, y, x, [&](int32_t at, int32_t tap) {
    for (int32_t i = 0; i < group_in; ++i) {
      product(at + first + i, (channel * w.kernel_h * w.kernel_w + tap) * group_in + i);
    }
  });
}

// `filter` is OHWI: [out_c][kernel_h][kernel_w][in_c/groups].
template <typename In, typename Weight, typename Requantize>
inline void Conv2dReference(const Conv2dParams<In, Weight, Requantize>& params, const In* input,
                            const Weight* filter, const typename Requantize::Bias* bias,
                            const typename Requantize::Scale* scale, In* output) {
  const WindowShape& w = params.window;
  ForEachPixelReference(w, [&](int32_t b, int32_t y, int32_t x, int32_t out) {
    for (int32_t c = 0; c < w.out_c; ++c) {
      auto sum = static_cast<SumOf<In>>(bias[c]);
      ForEachProductReference(w, params.groups, b, y, x, c, [&](int32_t i, int32_t j) {
        sum += (input[i] - params.input_zero_point) * filter[j];
      });
      output[out + c] = RequantizeReference(sum, scale[c], params.output);
    }
  });
}

inline void Conv2dFloat32Reference(const Conv2dFloat32Params& params, const float* input,
                                   const float* filter, const float* bias, float* output) {
  const WindowShape& w = params.window;
  ForEachPixelReference(w, [&](int32_t b, int32_t y, int32_t x, int32_t out) {
    for (int32_t c = 0; c < w.out_c; ++c) {
      float sum = bias[c];
      ForEachProductReference(w, params.groups, b, y, x, c, [&](int32_t i, int32_t j) {
        sum = MultiplyAddReference(params.fused, input[i], filter[j], sum);
      });
      output[out + c] = std::clamp(sum, params.output.min, params.output.max);
    }
  });
}

// `filter` is 1HWC: [kernel_h][kernel_w][out_c].
template <typename In, typename Weight, typename Requantize>
inline void DepthwiseConv2dReference(const DepthwiseConv2dParams<In, Weight, Requantize>& params,
                                     const In* input, const Weight* filter,
                                     const typename Requantize::Bias* bias,
                                     const typename Requantize::Scale* scale, In* output) {
  const WindowShape& w = params.window;
  ForEachPixelReference(w, [&](int32_t b, int32_t y, int32_t x, int32_t out) {
    for (int32_t c = 0; c < w.out_c; ++c) {
      auto sum = static_cast<SumOf<In>>(bias[c]);
      ForEachTapReference(w, b, y, x, [&](int32_t at, int32_t tap) {
        sum += (input[at + c / (w.out_c / w.in_c)] - params.input_zero_point) *
               filter[tap * w.out_c + c];
      });
      output[out + c] = RequantizeReference(sum, scale[c], params.output);
    }
  });
}

inline void DepthwiseConv2dFloat32Reference(const DepthwiseConv2dFloat32Params& params,
                                            const float* input, const float* filter,
                                            const float* bias, float* output) {
  const WindowShape& w = params.window;
  ForEachPixelReference(w, [&](int32_t b, int32_t y, int32_t x, int32_t out) {
    for (int32_t c = 0; c < w.out_c; ++c) {
      float sum = bias[c];
      ForEachTapReference(w, b, y, x, [&](int32_t at, int32_t tap) {
        sum += input[at + c / (w.out_c / w.in_c)] * filter[tap * w.out_c + c];
      });
      output[out + c] = std::clamp(sum, params.output.min, params.output.max);
    }
  });
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_CONV2D_REFERENCE_H_
