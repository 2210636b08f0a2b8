// A window that moves over an image, as convolutions and pools have it.

#ifndef WRANGLET_TESTS_CONFORMANCE_RANDOM_WINDOW_H_
#define WRANGLET_TESTS_CONFORMANCE_RANDOM_WINDOW_H_

#include <cstdint>

#include "tests/conformance/random_tflite.h"

namespace wranglet {

struct RandomWindow {
  tflite::Padding padding = tflite::Padding_VALID;
  int32_t kernel_h = 1, kernel_w = 1;
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;

  // One that has a place on the image x.
  RandomWindow(RandomTflite& net, const Value& x, bool may_dilate) {
    if (net.OneIn(2)) padding = tflite::Padding_SAME;
    const bool is_square = net.OneIn(2);
    kernel_h = net.Pick(1, 4), kernel_w = is_square ? kernel_h : net.Pick(1, 5);
    if (net.OneIn(3)) {
      stride_h = net.Pick(1, 3), stride_w = is_square ? stride_h : net.Pick(1, 3);
    } else if (may_dilate && net.OneIn(3)) {
      dilation_h = net.Pick(1, 3), dilation_w = is_square ? dilation_h : net.Pick(1, 3);
    }
    if (padding == tflite::Padding_SAME) return;
    if (Span(kernel_h, dilation_h) > x.shape[1]) dilation_h = 1;
    if (Span(kernel_w, dilation_w) > x.shape[2]) dilation_w = 1;
    if (kernel_h > x.shape[1]) kernel_h = x.shape[1];
    if (kernel_w > x.shape[2]) kernel_w = x.shape[2];
  }

  TfliteShape OutputShape(const TfliteShape& x, int32_t channels) const {
    return {x[0], OutputSize(x[1], kernel_h, stride_h, dilation_h),
            OutputSize(x[2], kernel_w, stride_w, dilation_w), channels};
  }

 private:
  static int32_t Span(int32_t kernel, int32_t dilation) { return (kernel - 1) * dilation + 1; }

  int32_t OutputSize(int32_t size, int32_t kernel, int32_t stride, int32_t dilation) const {
    if (padding == tflite::Padding_SAME) return (size + stride - 1) / stride;
    return (size - Span(kernel, dilation)) / stride + 1;
  }
};

}  // namespace wranglet

#endif  // WRANGLET_TESTS_CONFORMANCE_RANDOM_WINDOW_H_
