#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/passes/layout_views.h"
#include "plugin/compiler/passes/on_base.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/passes/reshape_on_base.h"

namespace wranglet {
namespace {

class Rewriter {
 public:
  explicit Rewriter(Graph& graph)
      : graph_(graph), old_nodes_(std::move(graph.nodes)), views_(graph) {
    graph_.nodes.clear();
  }

  Status Run() {
    if (graph_.channels_first) RelayInputs();
    for (Node& node : old_nodes_) WRANGLET_RETURN_IF_ERROR(Rewrite(std::move(node)));
    for (TensorId& id : graph_.outputs) id = views_.Materialize(id);
    graph_.MakeNamesUnique();
    graph_.RemoveUnusedTensors();
    return Done{};
  }

 private:
  // An NCHW input whose every reader wants it NHWC becomes NHWC. (In a file whose images are NHWC,
  // an input that is transposed is what its user has agreed on.)
  void RelayInputs() {
    const Permutation to_last = {0, 2, 3, 1};
    // From the end: of each tensor, whether it is read, and if so only to become NHWC.
    std::vector<bool> read(graph_.tensors.size()), relaid(graph_.tensors.size(), true);
    const auto keep = [&](TensorId id) { relaid[static_cast<size_t>(id)] = false; };
    for (const TensorId id : graph_.outputs) keep(id);
    for (auto node = old_nodes_.rbegin(); node != old_nodes_.rend(); ++node) {
      const auto* transpose = node->As<Transpose>();
      const auto output = static_cast<size_t>(node->outputs[0]);
      const bool any_order = IsOfSingleElements(node->op) || node->As<Pad>() != nullptr;
      const bool through = any_order && read[output] && relaid[output];
      for (const TensorId id : node->inputs) {
        if (id == kNoTensor) continue;
        read[static_cast<size_t>(id)] = true;
        if (!through && (transpose == nullptr || transpose->permutation != to_last)) keep(id);
      }
    }
    for (TensorId& input : graph_.inputs) {
      const auto index = static_cast<size_t>(input);
      if (!read[index] || !relaid[index]) continue;
      Tensor tensor = graph_.tensor(input);
      tensor.shape = Permuted(tensor.shape, to_last);
      const TensorId relaid_input = graph_.Add(std::move(tensor));
      views_.Set(input, {relaid_input, Inverse(to_last)});
      input = relaid_input;
    }
  }

  Status Rewrite(Node node) {
    // A quantised file may move elements and store them anew in one node.
    const bool alike = graph_.tensor(node.inputs[0]).IsStoredLike(graph_.tensor(node.outputs[0]));
    if (const auto* op = node.As<Transpose>(); op && alike) return RewriteTranspose(node, *op);
    if (node.As<Reshape>() != nullptr && alike) return RewriteReshape(std::move(node));
    if (node.As<Mean>() != nullptr || node.As<ArgMax>() != nullptr) {
      return RewriteReduction(std::move(node));
    }
    if (IsOfSingleElements(node.op) && views_.Of(node.inputs[0]).reshaped) {
      return RewriteReshapedElements(std::move(node));
    }
    if (node.As<FullyConnected>() != nullptr) return RewriteFullyConnected(std::move(node));
    return RewriteOnBases(std::move(node));
  }

  // Leaves the node as it is.
  Status Keep(Node node) {
    for (TensorId& id : node.inputs) id = views_.Materialize(id);
    graph_.nodes.push_back(std::move(node));
    return Done{};
  }

  Status RewriteTranspose(const Node& node, const Transpose& op) {
    View view = views_.Of(node.inputs[0]);
    if (view.reshaped) view = views_.Of(views_.Materialize(node.inputs[0]));
    view.permutation = Compose(view.permutation, op.permutation);
    views_.Set(node.outputs[0], std::move(view));
    return Done{};
  }

  Status RewriteReshape(Node node) {
    const View view = views_.Of(node.inputs[0]);
    const Shape to = graph_.tensor(node.outputs[0]).shape;
    if (view.reshaped || KeepsOrder(graph_.tensor(view.base).shape, view.permutation)) {
      const TensorId base = view.reshaped ? views_.Materialize(node.inputs[0]) : view.base;
      const TensorId output = node.outputs[0];
      if (graph_.tensor(base).shape == to) {
        views_.Set(output, views_.Of(base));
      } else {
        node.inputs[0] = base;
        graph_.nodes.push_back(std::move(node));
      }
      return Done{};
    }
    const Shape& shape = graph_.tensor(view.base).shape;
    const std::optional<ReshapedBase> reshaped = ReshapeOnBase(shape, view.permutation, to);
    // A matrix is mostly read by a fully connected layer, which needs no order.
    if (reshaped && (to.size() > 2 || KeepsOrder(shape, reshaped->order))) {
      const TensorId base = views_.Transposed(view.base, reshaped->order);
      views_.Set(node.outputs[0], {views_.Reshaped(base, reshaped->shape), reshaped->permutation});
    } else {
      views_.Set(node.outputs[0], {view.base, view.permutation, /*reshaped=*/true});
    }
    return Done{};
  }

  // The same reduction of the base, over the dimensions that the axes are there.
  Status RewriteReduction(Node node) {
    const View view = views_.Of(node.inputs[0]);
    if (view.IsBase() || view.reshaped) return Keep(std::move(node));
    const auto rank = view.permutation.size();
    const Shape& shape = graph_.tensor(view.base).shape;
    std::vector<bool> reduced(rank);
    const auto move = [&](int32_t& axis) {
      axis = view.permutation[static_cast<size_t>(axis)];
      reduced[static_cast<size_t>(axis)] = true;
    };
    if (Mean* mean = node.As<Mean>()) {
      std::ranges::for_each(mean->axes, move);
      std::ranges::sort(mean->axes);
    } else {
      move(node.As<ArgMax>()->axis);
    }
    const bool keeps = graph_.tensor(node.outputs[0]).shape.size() == rank;
    // What is left of the base's dimensions, and each one's place there.
    Shape left;
    std::vector<int32_t> place(rank, -1);
    for (size_t i = 0; i < rank; ++i) {
      if (reduced[i] && !keeps) continue;
      place[i] = static_cast<int32_t>(left.size());
      left.push_back(reduced[i] ? 1 : shape[i]);
    }
    Permutation permutation;
    for (const int32_t i : view.permutation) {
      if (place[static_cast<size_t>(i)] >= 0) {
        permutation.push_back(place[static_cast<size_t>(i)]);
      }
    }
    AppendOnBase(std::move(node), {view.base}, std::move(left), std::move(permutation));
    return Done{};
  }

  // What treats every element by itself does not mind their order.
  Status RewriteReshapedElements(Node node) {
    const View view = views_.Of(node.inputs[0]);
    AppendOnBase(std::move(node), {view.base}, graph_.tensor(view.base).shape, view.permutation,
                 /*reshaped=*/true);
    return Done{};
  }

  // Behind a Flatten, the filter's columns are put in the order of what was flattened.
  Status RewriteFullyConnected(Node node) {
    const View view = views_.Of(node.inputs[0]);
    const Tensor& filter = graph_.tensor(node.inputs[1]);
    const bool by_column = filter.quantization && filter.quantization->scale.size() > 1 &&
                           filter.quantization->axis == 1;
    const Shape flat = graph_.tensor(node.inputs[0]).shape;
    Shape seen = Permuted(graph_.tensor(view.base).shape, view.permutation);
    if (!view.reshaped || !filter.constant || by_column || view.permutation[0] != 0 ||
        flat.size() != 2 || flat[0] != seen[0]) {
      return Keep(std::move(node));
    }
    node.inputs[0] = views_.Reshaped(view.base, flat);
    node.inputs[1] = WithColumnsBy(node.inputs[1], seen, view.permutation);
    return Keep(std::move(node));
  }

  // The filter, [channels][the dimensions of `seen` behind the first], in the order of the base.
  TensorId WithColumnsBy(TensorId id, const Shape& seen, const Permutation& permutation) {
    const auto [found, is_new] = filters_.try_emplace({id, permutation}, kNoTensor);
    if (!is_new) return found->second;
    Tensor filter = graph_.tensor(id);
    const Shape shape = filter.shape;
    filter.shape.resize(1);
    filter.shape.insert(filter.shape.end(), seen.begin() + 1, seen.end());
    filter = TransposedConstant(filter, Inverse(permutation));
    filter.shape = shape;
    return found->second = graph_.Add(std::move(filter));
  }

  // Appends `node` reading `inputs`; its output becomes a view of what it computes now.
  void AppendOnBase(Node node, std::vector<TensorId> inputs, Shape shape, Permutation permutation,
                    bool reshaped = false) {
    Tensor tensor = graph_.tensor(node.outputs[0]);
    tensor.shape = std::move(shape);
    const TensorId base = graph_.Add(std::move(tensor));
    views_.Set(node.outputs[0], {base, std::move(permutation), reshaped});
    node.inputs = std::move(inputs);
    node.outputs = {base};
    graph_.nodes.push_back(std::move(node));
  }

  // An operator that can works on the bases of its inputs. If these are viewed differently, the
  // order is that for which the fewest elements have to be moved.
  Status RewriteOnBases(Node node) {
    const Permutation permutation = BestOrder(node);
    const std::optional<Operator> moved =
        IsIdentity(permutation) ? std::nullopt : OnBase(node.op, permutation);
    if (!moved) return Keep(std::move(node));
    std::vector<TensorId> inputs;
    std::vector<Shape> shapes;
    for (const TensorId id : node.inputs) {
      inputs.push_back(graph_.tensor(id).constant ? views_.ConstantBaseBy(id, permutation)
                                                  : views_.BaseBy(id, permutation));
      shapes.push_back(graph_.tensor(inputs.back()).shape);
    }
    node.op = *moved;
    WRANGLET_ASSIGN(Shape shape, InferShape(node.op, shapes));
    AppendOnBase(std::move(node), std::move(inputs), std::move(shape), permutation);
    return Done{};
  }

  // An empty one, which is the identity, when not all inputs have as many dimensions as the output,
  // or a scale belongs to one of the dimensions.
  Permutation BestOrder(const Node& node) {
    const auto one_scale = [](const Tensor& tensor) {
      return !tensor.quantization || tensor.quantization->scale.size() == 1;
    };
    const size_t rank = graph_.tensor(node.outputs[0]).shape.size();
    if (!one_scale(graph_.tensor(node.outputs[0]))) return {};
    std::map<Permutation, int64_t> in_place;  // elements
    for (const TensorId id : node.inputs) {
      if (id == kNoTensor) return {};
      const Tensor& tensor = graph_.tensor(id);
      if (tensor.shape.size() > rank || !one_scale(tensor)) return {};
      if (tensor.constant) continue;
      const View view = views_.Of(id);
      if (view.reshaped || view.permutation.size() != rank) return {};
      in_place[view.permutation] += CountOf(tensor);
    }
    // Of equals, any other is better than the identity: what follows wants images NHWC.
    const auto best = std::ranges::max_element(in_place, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second < b.second : IsIdentity(a.first);
    });
    return best == in_place.end() ? Permutation() : best->first;
  }

  Graph& graph_;
  std::vector<Node> old_nodes_;
  LayoutViews views_;
  std::map<std::pair<TensorId, Permutation>, TensorId> filters_;
};

}  // namespace

Status CancelTransposes(Graph& graph) { return Rewriter(graph).Run(); }

}  // namespace wranglet
