// Filtered: a node that multiplies its input by a constant filter and adds a bias, and what its
// kernels, float32 or quantised, are told of them.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_FILTERED_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_FILTERED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "kernels/lane_sums.h"
#include "kernels/pack_gemm.h"
#include "kernels/pair_lanes.h"
#include "kernels/params.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/lowering.h"

namespace wranglet {

class Filtered {
 public:
  // Checks the node's types: all float32; or int8 or int16 activations, an int8 filter quantised by
  // tensor or along its axis of output channels, symmetric for int16, and a bias of integers.
  static Result<Filtered> Make(Lowering& to, const Node& node);

  bool IsFloat() const { return dtype_ == DType::kFloat32; }
  const Tensor& input() const { return to_->tensor(node_->inputs[0]); }
  const Tensor& filter() const { return to_->tensor(node_->inputs[1]); }
  const Tensor& output() const { return to_->tensor(node_->outputs[0]); }
  int32_t channels() const { return channels_; }  // of the output

  WindowShape WindowFor(const Window& window) const;
  int32_t InputZeroPoint() const { return input().quantization->zero_point[0]; }

  // Calls `use.operator()<In, Weight, Requantize>()` with the types of the quantised kernel that
  // serves: In is the activations', and Weight has the range of the filter less its zero points, or
  // more where the kernel of int8 by int8 has not that of the sums, or not that Requantize.
  template <typename Use>
  void WithTypes(Use&& use) const {
    if (dtype_ == DType::kInt16 && IsBoundedInt16()) {
      use.template operator()<int16_t, int8_t, RequantizeInt16Bounded>();
    } else if (dtype_ == DType::kInt16) {
      use.template operator()<int16_t, int8_t, RequantizeInt16>();
    } else if (ItsArithmetic() != Arithmetic::kXnnpack) {
      use.template operator()<int8_t, int16_t, RequantizeTwice>();
    } else if (FitsInt8() && IsBounded()) {
      use.template operator()<int8_t, int8_t, RequantizeInt8>();
    } else {
      use.template operator()<int8_t, int16_t, RequantizeInt8>();
    }
  }

  // Whether the kernel of int8 by int8, if these are its types, may take PairDot.
  template <typename In, typename Weight>
  bool FitsPairs(const PairLanes& lanes) const {
    return sizeof(In) == 1 && sizeof(Weight) == 1 && FitsLanes(lanes);
  }

  // Whether it may take WinogradTiles.
  template <typename In, typename Weight>
  bool FitsTiles() const {
    return sizeof(In) == 1 && sizeof(Weight) == 1 && FitsTileSums();
  }

  // Whether the sums of int8 by int8 that RequantizeInt8 takes, bias included, fit int16 whatever
  // the input, and RequantizeLanes takes them instead.
  bool FitsLaneSums(const Activation& activation) const;

  // The filter's weights, less its zero points.
  template <typename Weight>
  std::vector<Weight> Weights() const;
  // The bias, zeros when the node has none, and, for quantised tensors, the requantisation scales:
  // one a channel.
  template <typename T>
  std::vector<T> Bias() const;
  template <typename T>
  std::vector<T> Scales() const;
  template <typename Requantize>
  typename Requantize::Output OutputFor(const Activation& activation) const;

  // Appends the step. Its arguments are the input, the packed filter and bias (and scales), the
  // output, and, where the kernel takes any, scratch memory of so many bytes (none at all of 0).
  template <typename In, typename Weight, typename Requantize>
  void Emit(KernelParams params, const Packed<In, Weight, Requantize>& packed,
            std::optional<size_t> scratch_bytes = {}) const {
    Emit(std::move(params),
         {to_->Constant(packed.filter), to_->Constant(packed.bias), to_->Constant(packed.scale)},
         scratch_bytes);
  }
  void Emit(KernelParams params, const PackedFloat32& packed,
            std::optional<size_t> scratch_bytes = {}) const;

 private:
  Filtered(Lowering& to, const Node& node, DType dtype, int32_t channels)
      : to_(&to), node_(&node), dtype_(dtype), channels_(channels) {}

  // The bias tensor, or null.
  const Tensor* BiasTensor() const;
  Arithmetic ItsArithmetic() const;
  Rounding16 Rounding() const;
  Status CheckScales() const;
  Status CheckInt16Sums() const;
  // The most that a channel's sum can be, either way, where activations, less their zero point, are
  // at most `activation`.
  std::vector<double> LargestSums(double activation) const;
  // Of int8 by int8, by channel.
  std::vector<LaneSums> Sums() const;
  bool FitsInt8() const;
  bool FitsLanes(const PairLanes& lanes) const;
  bool FitsTileSums() const;
  // Whether int8 kernels may leave out the clamping of what is far outside of int8.
  bool IsBounded() const;
  // Whether RequantizeInt16Bounded serves.
  bool IsBoundedInt16() const;
  // Output channels are the first dimension of a filter, or the last.
  bool HasChannelsLast() const;
  // Output channel of the i-th element of the filter, and its zero point.
  size_t ChannelAt(size_t i) const;
  int32_t ZeroPointAt(size_t i) const;
  void Emit(KernelParams params, const std::vector<Argument>& constants,
            std::optional<size_t> scratch_bytes) const;

  Lowering* to_;
  const Node* node_;
  DType dtype_;
  int32_t channels_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_FILTERED_H_
