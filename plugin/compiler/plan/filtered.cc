#include "plugin/compiler/plan/filtered.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {

Result<Filtered> Filtered::Make(Lowering& to, const Node& node) {
  const int channel_axis = *FilterChannelAxis(node.op);
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}));
  WRANGLET_RETURN_IF_ERROR(CheckFilterAndBias(to.graph(), node, dtype, channel_axis));
  const int64_t channels = to.tensor(node.inputs[1]).shape[static_cast<size_t>(channel_axis)];
  const Filtered filtered(to, node, dtype, static_cast<int32_t>(channels));
  if (filtered.IsInt8()) {
    const std::vector<float> scales = filtered.Scales();
    if (!std::all_of(scales.begin(), scales.end(), [](float s) { return std::isfinite(s); })) {
      return to.graph().ErrorAt(node, "the scales of input, filter and output are too far apart");
    }
  }
  return filtered;
}

WindowShape Filtered::WindowFor(const Window& window) const {
  auto dim = [](const Tensor& t, size_t i) { return static_cast<int32_t>(t.shape[i]); };
  return {.batch = dim(input(), 0),
          .in_h = dim(input(), 1),
          .in_w = dim(input(), 2),
          .in_c = dim(input(), 3),
          .out_h = dim(output(), 1),
          .out_w = dim(output(), 2),
          .out_c = dim(output(), 3),
          .kernel_h = dim(filter(), 1),
          .kernel_w = dim(filter(), 2),
          .stride_h = window.stride_h,
          .stride_w = window.stride_w,
          .dilation_h = window.dilation_h,
          .dilation_w = window.dilation_w,
          .pad_top = window.padding.top,
          .pad_left = window.padding.left};
}

Int8Output Filtered::Int8OutputFor(const Activation& activation) const {
  return OutputOf(*output().quantization, activation);
}

template <typename T>
std::vector<T> Filtered::Bias() const {
  if (node_->inputs.size() < 3 || node_->inputs[2] == kNoTensor) {
    return std::vector<T>(static_cast<size_t>(channels_));
  }
  const std::span<const T> bias = to_->tensor(node_->inputs[2]).ConstantAs<T>();
  return {bias.begin(), bias.end()};
}
template std::vector<int32_t> Filtered::Bias() const;
template std::vector<float> Filtered::Bias() const;

std::vector<float> Filtered::Scales() const {
  return RequantizationScales(input().quantization->scale[0], filter().quantization->scale,
                              output().quantization->scale[0], channels_);
}

void Filtered::Emit(KernelParams params, const PackedInt8& packed, size_t scratch_elements) const {
  Emit(std::move(params),
       {to_->Constant(packed.filter), to_->Constant(packed.bias), to_->Constant(packed.scale)},
       scratch_elements);
}

void Filtered::Emit(KernelParams params, const PackedFloat32& packed,
                    size_t scratch_elements) const {
  Emit(std::move(params), {to_->Constant(packed.filter), to_->Constant(packed.bias)},
       scratch_elements);
}

void Filtered::Emit(KernelParams params, const std::vector<Argument>& constants,
                    size_t scratch_elements) const {
  std::vector<Argument> args = {to_->Read(node_->inputs[0])};
  args.insert(args.end(), constants.begin(), constants.end());
  args.push_back(to_->Write(node_->outputs[0]));
  if (scratch_elements > 0) {
    args.push_back(to_->Scratch(static_cast<int64_t>(scratch_elements * SizeOf(dtype_))));
  }
  to_->Emit(*node_, std::move(params), std::move(args));
}

}  // namespace wranglet
