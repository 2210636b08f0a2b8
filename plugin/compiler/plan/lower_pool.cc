// Pool2D.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/average_pool.h"
#include "kernels/max_pool.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_anew.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"
#include "plugin/compiler/plan/window_of.h"

namespace wranglet {
namespace {

// Whether the only window is the whole image.
bool IsGlobal(const WindowShape& w) {
  return w.out_h == 1 && w.out_w == 1 && w.kernel_h == w.in_h && w.kernel_w == w.in_w &&
         w.dilation_h == 1 && w.dilation_w == 1 && w.pad_top == 0 && w.pad_left == 0;
}

template <typename Output>
void EmitPool(Lowering& to, const Node& node, const Pool2D& op, const Output& output) {
  const WindowShape window =
      WindowOf(to.tensor(node.inputs[0]).shape, to.tensor(node.outputs[0]).shape, op.kernel_h,
               op.kernel_w, op.window);
  const std::vector<Argument> args = {to.Read(node.inputs[0]), to.Write(node.outputs[0])};
  if (op.kind == Pool2D::Kind::kMax) {
    to.Emit(node, MaxPoolParams<Output>{window, output}, args);
  } else {
    to.Emit(node, AveragePoolParams<Output>{window, op.counts_padding, op.origin, output}, args);
  }
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Pool2D& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}, kAllPrecisions));
  if (dtype == DType::kFloat32) {
    EmitPool(to, node, op, OutputOf(op.activation));
    return Done{};
  }
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const WindowShape window =
      WindowOf(input.shape, output.shape, op.kernel_h, op.kernel_w, op.window);
  const bool is_average = op.kind == Pool2D::Kind::kAverage;
  const int32_t most = dtype == DType::kInt8 ? kMostPoolPixels<int8_t> : kMostPoolPixels<int16_t>;
  const bool fits = !is_average || int64_t{op.kernel_h} * op.kernel_w <= most;
  if (is_average && IsGlobal(window) && op.activation.IsIdentity() &&
      !(fits && input.IsStoredLike(output))) {
    return Lower(to, node, Mean{.axes = {1, 2}});
  }
  if (!fits) {
    return to.graph().ErrorAt(
        node, "no kernel for windows of more than " + std::to_string(most) + " pixels");
  }
  const Activation activation = input.IsStoredLike(output) ? op.activation : Activation{};
  if (dtype == DType::kInt8) {
    EmitPool(to, node, op, OutputOf(*input.quantization, activation));
  } else {
    EmitPool(to, node, op, Int16OutputOf(*input.quantization, activation));
  }
  return StoreAnew(to, node, op.activation);
}

}  // namespace wranglet
