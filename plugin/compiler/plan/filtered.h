// Filtered: a node that multiplies its input by a constant filter and adds a bias, and what its
// kernels, float32 or int8, are told of them.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_FILTERED_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_FILTERED_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/pack_gemm.h"
#include "kernels/params.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/lowering.h"

namespace wranglet {

class Filtered {
 public:
  // Checks the node's types: all float32, or int8 with a filter that is symmetric, by tensor or
  // along its axis of output channels.
  static Result<Filtered> Make(Lowering& to, const Node& node);

  bool IsInt8() const { return dtype_ == DType::kInt8; }
  const Tensor& input() const { return to_->tensor(node_->inputs[0]); }
  const Tensor& filter() const { return to_->tensor(node_->inputs[1]); }
  const Tensor& output() const { return to_->tensor(node_->outputs[0]); }
  int32_t channels() const { return channels_; }  // of the output

  WindowShape WindowFor(const Window& window) const;
  int32_t InputZeroPoint() const { return input().quantization->zero_point[0]; }
  Int8Output Int8OutputFor(const Activation& activation) const;

  // The bias, zeros when the node has none, and for int8 the requantisation scales: one a channel.
  template <typename T>
  std::vector<T> Bias() const;
  std::vector<float> Scales() const;

  // Appends the step. Its arguments are the input, the packed filter and bias (and scales), the
  // output, and scratch memory when the kernel takes some.
  void Emit(KernelParams params, const PackedInt8& packed, size_t scratch_elements = 0) const;
  void Emit(KernelParams params, const PackedFloat32& packed, size_t scratch_elements = 0) const;

 private:
  Filtered(Lowering& to, const Node& node, DType dtype, int32_t channels)
      : to_(&to), node_(&node), dtype_(dtype), channels_(channels) {}

  void Emit(KernelParams params, const std::vector<Argument>& constants,
            size_t scratch_elements) const;

  Lowering* to_;
  const Node* node_;
  DType dtype_;
  int32_t channels_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_FILTERED_H_
