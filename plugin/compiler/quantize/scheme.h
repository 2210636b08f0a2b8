// Scheme: what type and parameters every activation of a quantised network has.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_SCHEME_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_SCHEME_H_

#include <optional>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/precisions.h"
#include "plugin/compiler/quantize/ranges.h"

namespace wranglet {

struct Scheme {
  struct Activation {
    DType dtype = DType::kFloat32;
    // What it holds: of one that stays float32 what was measured, if it was, within a fused
    // activation; else that of all tensors that share its parameters.
    std::optional<Range> range;
    std::optional<Quantization> quantization;  // unless dtype is float32
  };
  std::vector<DType> computes;          // by node: the type of the activations it reads and writes
  std::vector<Activation> activations;  // by tensor
};

// Whether all inputs of the operator must have its output's scale: TensorFlow Lite's
// restrict_same_input_output_scale, of operators with several inputs.
bool SharesQuantization(const Operator& op);

// Whether the node's output takes its parameters from a range of its own, and from no other
// tensor's or the operator.
bool HasOwnRange(const Graph& graph, const Node& node);

// Takes the types from DecideTypes, and then the parameters from the `ranges`, by TensorId, and
// what operators ask for: a fused activation narrows a range; the output of what moves values has
// its input's parameters; those of Softmax, Logistic, Tanh and L2Normalization are TensorFlow
// Lite's; tensors that a Concat, Maximum or Minimum joins share theirs, where their types allow it;
// and scales are kept to what the kernel that makes them can express. Errors: a tensor without a
// finite range.
Result<Scheme> MakeScheme(const Graph& graph, const Ranges& ranges, const Precisions& precisions);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_SCHEME_H_
