// Operators that move elements, or only rename them.

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/compiler/plan/lower.h"

namespace wranglet {

Status Lower(Lowering& to, const Node& node, const Reshape&) {
  to.Alias(node.outputs[0], node.inputs[0]);
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Transpose& op) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const size_t rank = input.shape.size();
  if (rank > kMaxTransposeRank || SizeOf(input.dtype) > 4) {
    return to.graph().ErrorAt(node,
                              "no kernel for a " + std::string(NameOf(input.dtype)) +
                                  " tensor of " + std::to_string(rank) + " dimensions",
                              "supported: up to 6 dimensions of up to 32 bits an element");
  }
  std::vector<int32_t> strides(rank, 1);  // of the input
  for (size_t i = rank; i-- > 1;) {
    strides[i - 1] = strides[i] * static_cast<int32_t>(input.shape[i]);
  }
  TransposeParams params{.element_bytes = static_cast<int32_t>(SizeOf(input.dtype))};
  for (size_t i = 0; i < rank; ++i) {
    const auto axis = static_cast<size_t>(op.permutation[i]);
    params.sizes[kMaxTransposeRank - rank + i] = static_cast<int32_t>(input.shape[axis]);
    params.strides[kMaxTransposeRank - rank + i] = strides[axis];
  }
  to.Emit(node, params, {to.Read(node.inputs[0]), to.Write(node.outputs[0])});
  return Done{};
}

// Passes leave none of these.

Status Lower(Lowering& to, const Node& node, const BatchNormalization&) {
  return to.graph().ErrorAt(node,
                            "a batch normalisation that follows no convolution is not supported",
                            "let it follow the convolution whose output it normalises");
}

}  // namespace wranglet
