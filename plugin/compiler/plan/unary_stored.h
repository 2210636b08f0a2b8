// What LiteRT makes of quantised elements, one at a time: the tables of quantised functions. Each
// formula was compared with LiteRT.js 2.5.3 on every input of many scales.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_UNARY_STORED_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_UNARY_STORED_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "kernels/sigmoid_newton.h"
#include "kernels/unary_int16.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// The function of a real number, in float32.
float UnaryOf(const Unary& op, float x);

// The function of a stored value of 8 bits, before the output's type saturates it. Most are the
// nearest to the float32 function; LeakyRelu, HardSwish, Abs and Rsqrt are XNNPACK's or TensorFlow
// Lite's own integer arithmetic, and Sqrt is rounded down as there.
int32_t UnaryStored(const Unary& op, int32_t stored, const Quantization& from,
                    const Quantization& into);

// min(max(x, activation.min), activation.max) of a stored int8, by TensorFlow Lite's ReluX.
int32_t ClampStored(const Activation& activation, int32_t stored, const Quantization& from,
                    const Quantization& into);

// Lookup16's table of `function`, by TensorFlow Lite's LUTPopulateInt16 in arithmetic of Float:
// each entry is moved by half the error that going straight to the next would make midway.
template <typename Float>
std::vector<int16_t> MakeLookup16(Float input_scale, int32_t input_zero_point, Float output_scale,
                                  const std::function<Float(Float)>& function);

// The parameters but for the count where logistic and tanh are SigmoidNewtonInt16, as TensorFlow
// Lite computes them of an input scale of 2^-12, and tanh of 2^-11.
std::optional<SigmoidNewtonInt16Params> MakeSigmoidNewtonInt16Params(float input_scale,
                                                                     bool is_tanh);

// Where they are SigmoidInt16: its table, whose entries are moved in the same way, and its
// parameters but for the count.
std::vector<uint16_t> MakeSigmoidTable();
SigmoidInt16Params MakeSigmoidInt16Params(float input_scale, bool is_tanh);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_UNARY_STORED_H_
