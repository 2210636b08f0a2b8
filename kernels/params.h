// What kernels are told besides pointers: shapes and quantisation, all constants of the network.
// The compiler's plan holds these structs, `emit` prints them into steps.cc as designated
// initialisers (by ForEachField), and the host runner passes the very same values.
//
// Every struct is an aggregate with defaults, so that steps.cc names only what differs.

#ifndef WRANGLET_KERNELS_PARAMS_H_
#define WRANGLET_KERNELS_PARAMS_H_

#include <cstdint>
#include <limits>

namespace wranglet {

// A window moving over an NHWC image; padding beyond bottom and right follows from the output size.
struct WindowShape {
  int32_t batch = 1;
  int32_t in_h = 1, in_w = 1, in_c = 1;
  int32_t out_h = 1, out_w = 1, out_c = 1;
  int32_t kernel_h = 1, kernel_w = 1;
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  int32_t pad_top = 0, pad_left = 0;

  template <typename V>
  void ForEachField(V&& v) const {
    v("batch", batch), v("in_h", in_h), v("in_w", in_w), v("in_c", in_c), v("out_h", out_h);
    v("out_w", out_w), v("out_c", out_c), v("kernel_h", kernel_h), v("kernel_w", kernel_w);
    v("stride_h", stride_h), v("stride_w", stride_w), v("dilation_h", dilation_h);
    v("dilation_w", dilation_w), v("pad_top", pad_top), v("pad_left", pad_left);
  }
};

// The pixels of an image, every so many, that a kernel writes.
struct PixelGrid {
  int32_t first_y = 0, first_x = 0;
  int32_t step_h = 1, step_w = 1;
  int32_t image_h = 0, image_w = 0;  // 0: the output is all of the image

  template <typename V>
  void ForEachField(V&& v) const {
    v("first_y", first_y), v("first_x", first_x), v("step_h", step_h), v("step_w", step_w);
    v("image_h", image_h), v("image_w", image_w);
  }
};

// Where an int8 kernel puts its result: quantised value = round(real / scale) + zero_point, then
// clamped to [min, max] (a fused activation, already quantised).
struct Int8Output {
  int32_t zero_point = 0;
  int32_t min = -128, max = 127;

  template <typename V>
  void ForEachField(V&& v) const {
    v("zero_point", zero_point), v("min", min), v("max", max);
  }
};

// Where an int16 kernel puts its result: int16 tensors have no zero point.
struct Int16Output {
  int32_t min = -32768, max = 32767;

  template <typename V>
  void ForEachField(V&& v) const {
    v("min", min), v("max", max);
  }
};

// A fused activation of a float kernel.
struct FloatOutput {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();

  template <typename V>
  void ForEachField(V&& v) const {
    v("min", min), v("max", max);
  }
};

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_PARAMS_H_
