// The kernels a Plan may call, each with what steps.cc has to know of it. The only place that ties
// a params struct to its function: `emit` prints the calls and Runner makes them from here.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_KERNEL_TABLE_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_KERNEL_TABLE_H_

#include <span>
#include <tuple>
#include <variant>
#include <vector>

#include "kernels/add.h"
#include "kernels/arg_max.h"
#include "kernels/average_pool.h"
#include "kernels/batch_gemm.h"
#include "kernels/binary_float32.h"
#include "kernels/cast.h"
#include "kernels/conv2d.h"
#include "kernels/depthwise_conv2d.h"
#include "kernels/depthwise_float32.h"
#include "kernels/gather.h"
#include "kernels/gemm_float32.h"
#include "kernels/gemm_quantized.h"
#include "kernels/l2_normalization.h"
#include "kernels/lookup.h"
#include "kernels/max_pool.h"
#include "kernels/maximum.h"
#include "kernels/mean.h"
#include "kernels/move.h"
#include "kernels/multiply.h"
#include "kernels/prelu.h"
#include "kernels/quantize.h"
#include "kernels/resize_bilinear.h"
#include "kernels/sigmoid_newton.h"
#include "kernels/softmax.h"
#include "kernels/unary_float32.h"
#include "kernels/unary_int16.h"
#include "plugin/compiler/plan/kernel.h"

namespace wranglet {

// A new kernel needs a line here and a lowering that makes its params.
inline constexpr std::tuple kKernels = {
    Kernel<&AddFixedPoint<int8_t>>{"AddFixedPoint<int8_t>", "kernels/add.h"},
    Kernel<&AddFixedPoint<int16_t>>{"AddFixedPoint<int16_t>", "kernels/add.h"},
    Kernel<&AddInt8>{"AddInt8", "kernels/add.h"},
    Kernel<&ArgMaxFloat32>{"ArgMaxFloat32", "kernels/arg_max.h"},
    Kernel<&ArgMaxInt16>{"ArgMaxInt16", "kernels/arg_max.h"},
    Kernel<&ArgMaxInt8>{"ArgMaxInt8", "kernels/arg_max.h"},
    Kernel<&AveragePoolFloat32>{"AveragePoolFloat32", "kernels/average_pool.h"},
    Kernel<&AveragePoolInt16>{"AveragePoolInt16", "kernels/average_pool.h"},
    Kernel<&AveragePoolInt8>{"AveragePoolInt8", "kernels/average_pool.h"},
    Kernel<&BatchGemm<float>>{"BatchGemm<float>", "kernels/batch_gemm.h"},
    Kernel<&BatchGemm<int16_t>>{"BatchGemm<int16_t>", "kernels/batch_gemm.h"},
    Kernel<&BatchGemm<int8_t>>{"BatchGemm<int8_t>", "kernels/batch_gemm.h"},
    Kernel<&BinaryFloat32>{"BinaryFloat32", "kernels/binary_float32.h"},
    Kernel<&CastElements>{"CastElements", "kernels/cast.h"},
    Kernel<&ClampFloat32>{"ClampFloat32", "kernels/unary_float32.h"},
    Kernel<&Conv2d<int8_t, int8_t>>{"Conv2d<int8_t, int8_t>", "kernels/conv2d.h"},
    Kernel<&Conv2d<int8_t, int16_t>>{"Conv2d<int8_t, int16_t>", "kernels/conv2d.h"},
    Kernel<&Conv2d<int8_t, int16_t, RequantizeTwice>>{"Conv2d<int8_t, int16_t, RequantizeTwice>",
                                                      "kernels/conv2d.h"},
    Kernel<&Conv2d<int16_t, int8_t>>{"Conv2d<int16_t, int8_t>", "kernels/conv2d.h"},
    Kernel<&Conv2d<int16_t, int8_t, RequantizeInt16Bounded>>{
        "Conv2d<int16_t, int8_t, RequantizeInt16Bounded>", "kernels/conv2d.h"},
    Kernel<&Conv2dFloat32>{"Conv2dFloat32", "kernels/conv2d.h"},
    Kernel<&DepthwiseConv2d<int8_t, int8_t>>{"DepthwiseConv2d<int8_t, int8_t>",
                                             "kernels/depthwise_conv2d.h"},
    Kernel<&DepthwiseConv2d<int8_t, int16_t>>{"DepthwiseConv2d<int8_t, int16_t>",
                                              "kernels/depthwise_conv2d.h"},
    Kernel<&DepthwiseConv2d<int8_t, int16_t, RequantizeTwice>>{
        "DepthwiseConv2d<int8_t, int16_t, RequantizeTwice>", "kernels/depthwise_conv2d.h"},
    Kernel<&DepthwiseConv2d<int16_t, int8_t>>{"DepthwiseConv2d<int16_t, int8_t>",
                                              "kernels/depthwise_conv2d.h"},
    Kernel<&DepthwiseConv2d<int16_t, int8_t, RequantizeInt16Bounded>>{
        "DepthwiseConv2d<int16_t, int8_t, RequantizeInt16Bounded>", "kernels/depthwise_conv2d.h"},
    Kernel<&DepthwiseConv2dFloat32>{"DepthwiseConv2dFloat32", "kernels/depthwise_float32.h"},
    Kernel<&DequantizeToFloat32<int8_t>>{"DequantizeToFloat32<int8_t>", "kernels/quantize.h"},
    Kernel<&DequantizeToFloat32<int16_t>>{"DequantizeToFloat32<int16_t>", "kernels/quantize.h"},
    Kernel<&GatherRuns>{"GatherRuns", "kernels/gather.h"},
    Kernel<&Gemm<int8_t, int8_t>>{"Gemm<int8_t, int8_t>", "kernels/gemm_quantized.h"},
    Kernel<&Gemm<int8_t, int16_t>>{"Gemm<int8_t, int16_t>", "kernels/gemm_quantized.h"},
    Kernel<&Gemm<int16_t, int8_t>>{"Gemm<int16_t, int8_t>", "kernels/gemm_quantized.h"},
    Kernel<&Gemm<int16_t, int8_t, RequantizeInt16Bounded>>{
        "Gemm<int16_t, int8_t, RequantizeInt16Bounded>", "kernels/gemm_quantized.h"},
    Kernel<&GemmFloat32>{"GemmFloat32", "kernels/gemm_float32.h"},
    Kernel<&L2NormalizationFloat32>{"L2NormalizationFloat32", "kernels/l2_normalization.h"},
    Kernel<&L2NormalizationInt16>{"L2NormalizationInt16", "kernels/l2_normalization.h"},
    Kernel<&L2NormalizationInt8>{"L2NormalizationInt8", "kernels/l2_normalization.h"},
    Kernel<&Lookup16>{"Lookup16", "kernels/unary_int16.h"},
    Kernel<&Lookup8>{"Lookup8", "kernels/lookup.h"},
    Kernel<&Lookup8To16>{"Lookup8To16", "kernels/lookup.h"},
    Kernel<&MaxPoolFloat32>{"MaxPoolFloat32", "kernels/max_pool.h"},
    Kernel<&MaxPoolInt16>{"MaxPoolInt16", "kernels/max_pool.h"},
    Kernel<&MaxPoolInt8>{"MaxPoolInt8", "kernels/max_pool.h"},
    Kernel<&Maximum<int8_t>>{"Maximum<int8_t>", "kernels/maximum.h"},
    Kernel<&Maximum<int16_t>>{"Maximum<int16_t>", "kernels/maximum.h"},
    Kernel<&MeanFloat32>{"MeanFloat32", "kernels/mean.h"},
    Kernel<&MeanInt16>{"MeanInt16", "kernels/mean.h"},
    Kernel<&MeanInt8>{"MeanInt8", "kernels/mean.h"},
    Kernel<&MoveElements>{"MoveElements", "kernels/move.h"},
    Kernel<&MultiplyInt16>{"MultiplyInt16", "kernels/multiply.h"},
    Kernel<&MultiplyInt8>{"MultiplyInt8", "kernels/multiply.h"},
    Kernel<&PReluQuantized<int8_t>>{"PReluQuantized<int8_t>", "kernels/prelu.h"},
    Kernel<&PReluQuantized<int16_t>>{"PReluQuantized<int16_t>", "kernels/prelu.h"},
    Kernel<&QuantizeFloat32Int16>{"QuantizeFloat32Int16", "kernels/quantize.h"},
    Kernel<&QuantizeFloat32Int8>{"QuantizeFloat32Int8", "kernels/quantize.h"},
    Kernel<&RequantizeInt16Int8>{"RequantizeInt16Int8", "kernels/quantize.h"},
    Kernel<&ResizeBilinearFloat32>{"ResizeBilinearFloat32", "kernels/resize_bilinear.h"},
    Kernel<&ResizeBilinearInt16>{"ResizeBilinearInt16", "kernels/resize_bilinear.h"},
    Kernel<&ResizeBilinearInt8>{"ResizeBilinearInt8", "kernels/resize_bilinear.h"},
    Kernel<&ScaleInt16>{"ScaleInt16", "kernels/unary_int16.h"},
    Kernel<&SigmoidInt16>{"SigmoidInt16", "kernels/unary_int16.h"},
    Kernel<&SigmoidNewtonInt16>{"SigmoidNewtonInt16", "kernels/sigmoid_newton.h"},
    Kernel<&SoftmaxFloat32>{"SoftmaxFloat32", "kernels/softmax.h"},
    Kernel<&SoftmaxInt16>{"SoftmaxInt16", "kernels/softmax.h"},
    Kernel<&SoftmaxInt8>{"SoftmaxInt8", "kernels/softmax.h"},
    Kernel<&UnaryFloat32>{"UnaryFloat32", "kernels/unary_float32.h"},
    Kernel<&UnaryInt16>{"UnaryInt16", "kernels/unary_int16.h"},
};

template <typename... Kernels>
std::variant<typename Kernels::Params...> ParamsOf(const std::tuple<Kernels...>&);

// The params of one call, and thereby which kernel it calls.
using KernelParams = decltype(ParamsOf(kKernels));

struct KernelInfo {
  const char* name;             // "GemmFloat32", or "Gemm<int8_t, int8_t>"
  const char* header;           // "kernels/gemm_float32.h"
  std::vector<KernelArg> args;  // after the params
};

// What kernel `params` belongs to.
KernelInfo InfoOf(const KernelParams& params);

// Calls it; `args` are its arguments after the params, as many as InfoOf tells.
void CallKernel(const KernelParams& params, std::span<void* const> args);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_KERNEL_TABLE_H_
