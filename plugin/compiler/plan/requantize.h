// Arithmetic of quantised tensors at compile time: what a kernel multiplies, adds and clamps by.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_REQUANTIZE_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_REQUANTIZE_H_

#include <cstdint>
#include <vector>

#include "kernels/fixed_point.h"
#include "kernels/params.h"
#include "kernels/requantize_int16.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The int8 value nearest to `real`, which may be infinite: real / scale + zero_point in float32,
// clamped to
// [-128, 127], then rounded, halves to even. XNNPACK's xnn_qs8_quantize.
int32_t QuantizeInt8(float real, float scale, int32_t zero_point);

// `value`, a multiple of the scale, as it is stored, not yet clamped to what the type holds. Scales
// far apart give any int32: those far outside of every type come as others far outside.
int32_t PlusZeroPoint(int32_t value, const Quantization& into);

// QUANTIZE of a tensor of 8 bits, for one stored value, before the output's type saturates it.
// Between tensors of one type it is XNNPACK's (qs8-vcvt: a multiplier with 8 bits of fraction);
// between signed and unsigned, or where the scales are so far apart that XNNPACK declines,
// TensorFlow Lite's own (reference_ops::Requantize).
int32_t RequantizeStored(int32_t stored, const Quantization& from, const Quantization& into,
                         bool same_type);

// Where a kernel puts an int8 tensor: its zero point, and the fused activation's range in stored
// values.
Int8Output OutputOf(const Quantization& output, const Activation& activation);

// The same as TensorFlow Lite's kernels have it: halves are rounded away from zero, before the zero
// point is added.
Int8Output TfliteOutputOf(const Quantization& output, const Activation& activation);

// The same for an int16 tensor.
Int16Output Int16OutputOf(const Quantization& output, const Activation& activation);

// The activation's range, for a float kernel.
FloatOutput OutputOf(const Activation& activation);

// input * filter[c] / output for each of `channels` channels, in float32 and in this order, as
// XNNPACK computes it. A filter with one scale has it for every channel.
std::vector<float> RequantizationScales(float input, const std::vector<float>& filter, float output,
                                        int64_t channels);

// The same as TensorFlow Lite's kernels of int8 and uint8 have it: computed in double, and with a
// mantissa of 31 bits. `float_product` tells that input * filter is a float32.
std::vector<FixedPoint> FixedPointScales(const Quantization& input, const Quantization& filter,
                                         const Quantization& output, int64_t channels,
                                         bool float_product);

// The same for int16 activations: the quotient, in double, as it is for kHalfAway, or with as many
// bits as the rounding takes.
std::vector<double> Int16RequantizationScales(const Quantization& input, const Quantization& filter,
                                              const Quantization& output, int64_t channels,
                                              Rounding16 rounding, bool float_product);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_REQUANTIZE_H_
