// How each operator becomes steps: one overload an alternative of Operator, so that an operator
// without a lowering does not compile. lower_*.cc define them, a family of operators each.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_H_

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/lowering.h"

namespace wranglet {

// Appends the steps of `node`, whose operator is `op`, or says why there are none.
Status Lower(Lowering& to, const Node& node, const Conv2D& op);
Status Lower(Lowering& to, const Node& node, const DepthwiseConv2D& op);
Status Lower(Lowering& to, const Node& node, const FullyConnected& op);
Status Lower(Lowering& to, const Node& node, const TransposeConv& op);
Status Lower(Lowering& to, const Node& node, const BatchMatMul& op);
Status Lower(Lowering& to, const Node& node, const Pool2D& op);
Status Lower(Lowering& to, const Node& node, const Binary& op);
Status Lower(Lowering& to, const Node& node, const Clamp& op);
Status Lower(Lowering& to, const Node& node, const Unary& op);
Status Lower(Lowering& to, const Node& node, const PRelu& op);
Status Lower(Lowering& to, const Node& node, const Mean& op);
Status Lower(Lowering& to, const Node& node, const ArgMax& op);
Status Lower(Lowering& to, const Node& node, const L2Normalization& op);
Status Lower(Lowering& to, const Node& node, const Softmax& op);
Status Lower(Lowering& to, const Node& node, const Reshape& op);
Status Lower(Lowering& to, const Node& node, const Transpose& op);
Status Lower(Lowering& to, const Node& node, const Pad& op);
Status Lower(Lowering& to, const Node& node, const Concat& op);
Status Lower(Lowering& to, const Node& node, const Slice& op);
Status Lower(Lowering& to, const Node& node, const Resize& op);
Status Lower(Lowering& to, const Node& node, const BatchNormalization& op);
Status Lower(Lowering& to, const Node& node, const Quantize& op);
Status Lower(Lowering& to, const Node& node, const Dequantize& op);
Status Lower(Lowering& to, const Node& node, const Cast& op);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_H_
