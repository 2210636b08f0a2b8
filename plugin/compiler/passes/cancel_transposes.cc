#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

// While the pass walks through the nodes, a tensor may be a mere view: `base`, transposed. No node
// makes a view until somebody needs it as it is.
struct View {
  TensorId base = kNoTensor;
  Permutation permutation;
};

class Rewriter {
 public:
  explicit Rewriter(Graph& graph) : graph_(graph), old_nodes_(std::move(graph.nodes)) {
    graph_.nodes.clear();
  }

  Status Run() {
    RelayInputs();
    for (Node& node : old_nodes_) WRANGLET_RETURN_IF_ERROR(Rewrite(std::move(node)));
    for (TensorId& id : graph_.outputs) id = Materialize(id);
    graph_.MakeNamesUnique();
    graph_.RemoveUnusedTensors();
    return Done{};
  }

 private:
  View ViewOf(TensorId id) {
    views_.resize(graph_.tensors.size());
    View& view = views_[static_cast<size_t>(id)];
    if (view.base != kNoTensor) return view;
    Permutation identity(graph_.tensor(id).shape.size());
    for (size_t i = 0; i < identity.size(); ++i) identity[i] = static_cast<int32_t>(i);
    return {id, std::move(identity)};
  }

  void SetView(TensorId id, View view) {
    views_.resize(graph_.tensors.size());
    views_[static_cast<size_t>(id)] = std::move(view);
  }

  // `id` as it is: the Transpose that makes it, if it was a view.
  TensorId Materialize(TensorId id) {
    if (id == kNoTensor) return id;
    const View view = ViewOf(id);
    if (IsIdentity(view.permutation)) return view.base;
    if (KeepsOrder(graph_.tensor(view.base).shape, view.permutation)) {
      AppendNode(id, Reshape{}, view.base);
    } else {
      AppendNode(id, Transpose{view.permutation}, view.base);
    }
    SetView(id, {});
    return id;
  }

  void AppendNode(TensorId output, Operator op, TensorId input) {
    std::string name = graph_.tensor(output).name + ".layout";
    graph_.nodes.push_back(
        {.name = std::move(name), .op = std::move(op), .inputs = {input}, .outputs = {output}});
  }

  // An NCHW input whose every reader wants it NHWC becomes NHWC.
  void RelayInputs() {
    const Permutation to_last = {0, 2, 3, 1};
    std::vector<bool> relays(graph_.tensors.size()), others(graph_.tensors.size());
    for (const Node& node : old_nodes_) {
      const auto* transpose = node.As<Transpose>();
      const bool relay = transpose != nullptr && transpose->permutation == to_last;
      for (const TensorId id : node.inputs) {
        if (id != kNoTensor) (relay ? relays : others)[static_cast<size_t>(id)] = true;
      }
    }
    for (TensorId& input : graph_.inputs) {
      const auto index = static_cast<size_t>(input);
      if (!relays[index] || others[index]) continue;
      Tensor tensor = graph_.tensor(input);
      tensor.shape = Permuted(tensor.shape, to_last);
      const TensorId relaid = graph_.Add(std::move(tensor));
      SetView(input, {relaid, Inverse(to_last)});
      input = relaid;
    }
  }

  Status Rewrite(Node node) {
    // A quantised file may move elements and store them anew in one node.
    const bool alike = graph_.tensor(node.inputs[0]).IsStoredLike(graph_.tensor(node.outputs[0]));
    if (const auto* op = node.As<Transpose>(); op && alike) return RewriteTranspose(node, *op);
    if (node.As<Reshape>() != nullptr && alike) return RewriteReshape(std::move(node));
    if (node.As<Mean>() != nullptr) return RewriteMean(std::move(node));
    if (node.As<Clamp>() != nullptr || node.As<Binary>() != nullptr) {
      return RewriteElementwise(std::move(node));
    }
    for (TensorId& id : node.inputs) id = Materialize(id);
    graph_.nodes.push_back(std::move(node));
    return Done{};
  }

  Status RewriteTranspose(const Node& node, const Transpose& op) {
    View view = ViewOf(node.inputs[0]);
    view.permutation = Compose(view.permutation, op.permutation);
    SetView(node.outputs[0], std::move(view));
    return Done{};
  }

  // A view that only moves dimensions of size 1 has its base's bytes in order.
  Status RewriteReshape(Node node) {
    const View view = ViewOf(node.inputs[0]);
    const bool keeps = KeepsOrder(graph_.tensor(view.base).shape, view.permutation);
    node.inputs[0] = keeps ? view.base : Materialize(node.inputs[0]);
    if (graph_.tensor(node.inputs[0]).shape == graph_.tensor(node.outputs[0]).shape) {
      SetView(node.outputs[0], ViewOf(node.inputs[0]));
      return Done{};
    }
    graph_.nodes.push_back(std::move(node));
    return Done{};
  }

  // The same mean of the base, over the dimensions that the axes are there.
  Status RewriteMean(Node node) {
    const View view = ViewOf(node.inputs[0]);
    if (IsIdentity(view.permutation)) {
      node.inputs[0] = view.base;
      graph_.nodes.push_back(std::move(node));
      return Done{};
    }
    Mean& mean = *node.As<Mean>();
    const auto rank = static_cast<int32_t>(view.permutation.size());
    const Shape& shape = graph_.tensor(view.base).shape;
    std::vector<bool> reduced(static_cast<size_t>(rank));
    for (int32_t& axis : mean.axes) {
      axis = view.permutation[static_cast<size_t>(axis)];
      reduced[static_cast<size_t>(axis)] = true;
    }
    std::sort(mean.axes.begin(), mean.axes.end());
    const bool keeps = graph_.tensor(node.outputs[0]).shape.size() == static_cast<size_t>(rank);
    // What is left of the base's dimensions, and each one's place there.
    Shape left;
    std::vector<int32_t> place(static_cast<size_t>(rank), -1);
    for (size_t i = 0; i < static_cast<size_t>(rank); ++i) {
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

  // Appends `node` reading `inputs`; its output becomes a view of what it computes now.
  void AppendOnBase(Node node, std::vector<TensorId> inputs, Shape shape, Permutation permutation) {
    Tensor tensor = graph_.tensor(node.outputs[0]);
    tensor.shape = std::move(shape);
    const TensorId base = graph_.Add(std::move(tensor));
    SetView(node.outputs[0], {base, std::move(permutation)});
    node.inputs = std::move(inputs);
    node.outputs = {base};
    graph_.nodes.push_back(std::move(node));
  }

  // An operator of elements works on the bases when all of them are viewed alike; constants are
  // transposed to fit.
  Status RewriteElementwise(Node node) {
    const size_t rank = graph_.tensor(node.outputs[0]).shape.size();
    Permutation shared;
    bool alike = true;
    for (const TensorId id : node.inputs) {
      if (graph_.tensor(id).constant) continue;
      const View view = ViewOf(id);
      if (shared.empty()) shared = view.permutation;
      alike = alike && view.permutation == shared && view.permutation.size() == rank;
    }
    if (!alike || shared.empty() || IsIdentity(shared)) {
      for (TensorId& id : node.inputs) id = Materialize(id);
      graph_.nodes.push_back(std::move(node));
      return Done{};
    }
    std::vector<TensorId> inputs;
    std::vector<Shape> shapes;
    for (const TensorId id : node.inputs) {
      inputs.push_back(graph_.tensor(id).constant ? AddTransposed(id, shared) : ViewOf(id).base);
      shapes.push_back(graph_.tensor(inputs.back()).shape);
    }
    WRANGLET_ASSIGN(Shape shape, InferShape(node.op, shapes));
    AppendOnBase(std::move(node), std::move(inputs), std::move(shape), std::move(shared));
    return Done{};
  }

  // The constant `id`, with leading 1s up to the rank, in the order of the base of a view.
  TensorId AddTransposed(TensorId id, const Permutation& permutation) {
    const auto [found, is_new] = transposed_.try_emplace({id, permutation}, kNoTensor);
    if (!is_new) return found->second;
    Tensor tensor = graph_.tensor(id);
    const size_t missing = permutation.size() - tensor.shape.size();
    tensor.shape.insert(tensor.shape.begin(), missing, 1);
    if (tensor.quantization) tensor.quantization->axis += static_cast<int>(missing);
    return found->second = graph_.Add(TransposedConstant(tensor, Inverse(permutation)));
  }

  Graph& graph_;
  std::vector<Node> old_nodes_;
  std::vector<View> views_;
  std::map<std::pair<TensorId, Permutation>, TensorId> transposed_;
};

}  // namespace

Status CancelTransposes(Graph& graph) { return Rewriter(graph).Run(); }

}  // namespace wranglet
