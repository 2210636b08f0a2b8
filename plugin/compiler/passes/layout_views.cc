#include "plugin/compiler/passes/layout_views.h"

#include <numeric>

namespace wranglet {

View LayoutViews::Of(TensorId id) {
  views_.resize(graph_.tensors.size());
  View& view = views_[static_cast<size_t>(id)];
  if (view.base != kNoTensor) return view;
  Permutation identity(graph_.tensor(id).shape.size());
  std::iota(identity.begin(), identity.end(), 0);
  return {id, std::move(identity)};
}

void LayoutViews::Set(TensorId id, View view) {
  views_.resize(graph_.tensors.size());
  views_[static_cast<size_t>(id)] = std::move(view);
}

void LayoutViews::Append(TensorId output, Operator op, TensorId input) {
  graph_.nodes.push_back({.name = graph_.tensor(output).name + ".layout",
                          .op = std::move(op),
                          .inputs = {input},
                          .outputs = {output}});
}

TensorId LayoutViews::Materialize(TensorId id) {
  if (id == kNoTensor) return id;
  const View view = Of(id);
  if (view.IsBase()) return view.base;
  const bool keeps = KeepsOrder(graph_.tensor(view.base).shape, view.permutation);
  if (keeps || view.reshaped) {
    Append(id, Reshape{}, keeps ? view.base : Transposed(view.base, view.permutation));
  } else {
    Append(id, Transpose{view.permutation}, view.base);
  }
  Set(id, {});
  return id;
}

TensorId LayoutViews::Transposed(TensorId from, const Permutation& permutation) {
  if (IsIdentity(permutation)) return from;
  const auto [found, is_new] = transposed_.try_emplace({from, permutation}, kNoTensor);
  if (!is_new) return found->second;
  Tensor tensor = graph_.tensor(from);
  tensor.shape = Permuted(tensor.shape, permutation);
  const TensorId made = graph_.Add(std::move(tensor));
  if (KeepsOrder(graph_.tensor(from).shape, permutation)) {
    Append(made, Reshape{}, from);
  } else {
    Append(made, Transpose{permutation}, from);
  }
  return found->second = made;
}

TensorId LayoutViews::BaseBy(TensorId id, const Permutation& permutation) {
  View view = Of(id);
  if (view.reshaped) view = Of(Materialize(id));
  return Transposed(view.base, Compose(view.permutation, Inverse(permutation)));
}

TensorId LayoutViews::ConstantBaseBy(TensorId id, const Permutation& permutation) {
  const auto [found, is_new] = constants_.try_emplace({id, permutation}, kNoTensor);
  if (!is_new) return found->second;
  Tensor tensor = graph_.tensor(id);
  const size_t missing = permutation.size() - tensor.shape.size();
  tensor.shape.insert(tensor.shape.begin(), missing, 1);
  if (tensor.quantization) tensor.quantization->axis += static_cast<int>(missing);
  return found->second = graph_.Add(TransposedConstant(tensor, Inverse(permutation)));
}

TensorId LayoutViews::Reshaped(TensorId from, Shape shape) {
  if (graph_.tensor(from).shape == shape) return from;
  Tensor tensor = graph_.tensor(from);
  tensor.shape = std::move(shape);
  const TensorId made = graph_.Add(std::move(tensor));
  Append(made, Reshape{}, from);
  return made;
}

}  // namespace wranglet
