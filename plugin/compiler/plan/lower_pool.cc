// Pool2D.

#include <cstdint>
#include <vector>

#include "kernels/average_pool.h"
#include "kernels/mean.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

// Whether the only window is the whole image.
bool IsGlobal(const Pool2D& op, const Shape& in, const Shape& out) {
  const Padding& p = op.window.padding;
  return out[1] == 1 && out[2] == 1 && op.kernel_h == in[1] && op.kernel_w == in[2] && p.top == 0 &&
         p.left == 0;
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Pool2D& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}));
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  if (op.kind == Pool2D::Kind::kAverage && IsGlobal(op, input.shape, output.shape)) {
    const auto dim = [&](size_t i) { return static_cast<int32_t>(input.shape[i]); };
    if (dtype == DType::kInt8 && !(*input.quantization == *output.quantization)) {
      return Lower(to, node, Mean{.axes = {1, 2}});
    }
    const std::vector<Argument> args = {to.Read(node.inputs[0]), to.Write(node.outputs[0])};
    if (dtype == DType::kFloat32 && op.activation.IsIdentity()) {
      to.Emit(node, MeanFloat32Params{dim(0), dim(1) * dim(2), dim(3)}, args);
      return Done{};
    }
    if (dtype == DType::kInt8) {
      to.Emit(node,
              AveragePoolInt8Params{{.batch = dim(0),
                                     .in_h = dim(1),
                                     .in_w = dim(2),
                                     .in_c = dim(3),
                                     .out_c = dim(3),
                                     .kernel_h = dim(1),
                                     .kernel_w = dim(2)},
                                    OutputOf(*output.quantization, op.activation)},
              args);
      return Done{};
    }
  }
  return to.graph().ErrorAt(node, "no kernel for this pool",
                            "supported: averages over the whole image");
}

}  // namespace wranglet
