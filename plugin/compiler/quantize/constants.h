// Constants of a float network in the integers that stand for them.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_CONSTANTS_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_CONSTANTS_H_

#include "kernels/pair_lanes.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// An Error unless `tensor` is a constant of finite float32.
Status CheckFloatConstant(const Tensor& tensor);

// An operand, in int8 or int16 of these parameters.
Tensor QuantizeOperand(const Tensor& constant, DType dtype, const Quantization& quantization);
// The same of parameters that follow from its own least and greatest value.
Tensor QuantizeOperand(const Tensor& constant, DType dtype);

struct Weights {
  Tensor filter;  // int8, a scale an output channel
  Tensor bias;    // int32, or int64 for inputs of int16; without constant when there was none
};

// The filter, its channels along `axis` and what they weigh in `lanes`, and bias (or null) of a
// layer whose input is stored in `dtype` with this scale. A filter of floats that has a
// quantization lies on that grid. An Error when they are too large for any scale, or not constant.
Result<Weights> QuantizeWeights(const Tensor& filter, int axis, const PairLanes& lanes,
                                const Tensor* bias, float input_scale, DType dtype);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_CONSTANTS_H_
