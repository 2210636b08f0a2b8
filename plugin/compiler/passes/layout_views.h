// For CancelTransposes: tensors that no node makes until somebody needs them as they are.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_LAYOUT_VIEWS_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_LAYOUT_VIEWS_H_

#include <map>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/graph/transposition.h"

namespace wranglet {

// A tensor as another one, `base`, whose dimensions are permuted and which then, if `reshaped`, has
// the tensor's own shape.
struct View {
  TensorId base = kNoTensor;
  Permutation permutation;
  bool reshaped = false;

  bool IsBase() const { return IsIdentity(permutation) && !reshaped; }
};

class LayoutViews {
 public:
  explicit LayoutViews(Graph& graph) : graph_(graph) {}

  // A tensor that is no view of another is one of itself.
  View Of(TensorId id);
  void Set(TensorId id, View view);

  // `id` as it is: made by nodes appended to the graph, if it was a view of another tensor.
  // kNoTensor stays kNoTensor.
  TensorId Materialize(TensorId id);

  // The tensor of which `id`, an activation, is the view by `permutation` alone; made by appended
  // nodes, unless it is the base already.
  TensorId BaseBy(TensorId id, const Permutation& permutation);

  // The same of a constant, which gets leading 1s up to the permutation's rank.
  TensorId ConstantBaseBy(TensorId id, const Permutation& permutation);

  // `from` transposed, or in another shape, by an appended node unless it is as asked already.
  // Where only 1s change places, a Transpose has no work.
  TensorId Transposed(TensorId from, const Permutation& permutation);
  TensorId Reshaped(TensorId from, Shape shape);

 private:
  void Append(TensorId output, Operator op, TensorId input);

  Graph& graph_;
  std::vector<View> views_;
  std::map<std::pair<TensorId, Permutation>, TensorId> transposed_, constants_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_LAYOUT_VIEWS_H_
