// Files of ONNX that are quantised keep float operators, between nodes that dequantise and quantise
// again. Here these three become one operator of int8, or of int16.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/pass.h"
#include "plugin/compiler/passes/store.h"

namespace wranglet {
namespace {

// Whether kernels take it as an activation.
bool IsStored(const Tensor& tensor) {
  if (!tensor.quantization || tensor.quantization->scale.size() != 1) return false;
  return tensor.dtype == DType::kInt8 ||
         (tensor.dtype == DType::kInt16 && tensor.quantization->zero_point[0] == 0);
}

// Whether the output of an operator that KeepsQuantization holds its input's very elements.
bool MovesElements(const Graph& graph, const Node& node) {
  if (const auto* pool = node.As<Pool2D>()) {
    return pool->kind == Pool2D::Kind::kMax && pool->activation.IsIdentity();
  }
  if (const auto* resize = node.As<Resize>()) return resize->kind == Resize::Kind::kNearest;
  if (const auto* pad = node.As<Pad>()) {
    // Only 0 is surely on every grid.
    return pad->mode != Pad::Mode::kConstant || pad->value == 0;
  }
  return KeepsQuantization(node.op) && graph.tensor(node.outputs[0]).dtype == DType::kFloat32;
}

// Whether there are kernels of integers that compute `op` with any scales of its inputs and of
// `output`.
bool HasStoredForm(const Operator& op, const Tensor& output) {
  if (const auto* binary = std::get_if<Binary>(&op)) return binary->kind != Binary::Kind::kDiv;
  const bool is_prescribed = output.quantization == PrescribedQuantization(op, output.dtype);
  if (std::holds_alternative<L2Normalization>(op)) {
    return output.dtype == DType::kInt8 && is_prescribed;
  }
  if (std::holds_alternative<Softmax>(op)) return output.dtype == DType::kInt8 || is_prescribed;
  return !std::holds_alternative<BatchNormalization>(op) && !std::holds_alternative<Quantize>(op) &&
         !std::holds_alternative<Dequantize>(op) && !std::holds_alternative<Cast>(op) &&
         !std::holds_alternative<ArgMax>(op);
}

// A step of what is read, or of the product of two, may be fewer steps of the output than so many.
// Beyond that, which all but saturates it, and where float32 has no such number, there are no
// kernels of integers.
constexpr float kMostSteps = 0x1p13f;

// Whether the scales of the inputs of `op` and of its output are near enough for integers.
bool HasNearScales(const Graph& graph, const Operator& op, const std::vector<TensorId>& inputs,
                   const Tensor& output) {
  const auto is_near = [&](float scale) {
    return scale / output.quantization->scale[0] < kMostSteps;
  };
  const auto& first = graph.tensor(inputs[0]).quantization->scale;
  if (inputs.size() < 2) return is_near(first[0]);
  const auto& second = graph.tensor(inputs[1]).quantization->scale;
  const auto* binary = std::get_if<Binary>(&op);
  const bool is_product = FilterChannelAxis(op) || std::holds_alternative<BatchMatMul>(op) ||
                          std::holds_alternative<PRelu>(op) ||
                          (binary != nullptr && binary->kind == Binary::Kind::kMul);
  return std::ranges::all_of(second, [&](float scale) {
    return is_product ? is_near(first[0] * scale) : is_near(first[0]) && is_near(scale);
  });
}

class Fuser {
 public:
  explicit Fuser(Graph& graph) : graph_(graph), old_nodes_(std::move(graph.nodes)) {
    graph_.nodes.clear();
    MergeQuantizes();
    readers_.resize(graph_.tensors.size());
    for (size_t i = 0; i < old_nodes_.size(); ++i) {
      for (const TensorId id : old_nodes_[i].inputs) {
        if (id != kNoTensor) readers_[static_cast<size_t>(id)].push_back(i);
      }
    }
    // The network itself reads its outputs.
    for (const TensorId id : graph_.outputs) {
      readers_[static_cast<size_t>(id)].push_back(old_nodes_.size());
    }
  }

  Status Run() {
    gone_.resize(old_nodes_.size());
    for (size_t i = 0; i < old_nodes_.size(); ++i) {
      if (!gone_[i]) Rewrite(i);
    }
    graph_.MakeNamesUnique();
    for (Tensor& tensor : graph_.tensors) {
      if (tensor.dtype == DType::kFloat32) tensor.quantization.reset();
    }
    return RemoveDeadNodes(graph_);
  }

 private:
  // Nodes that quantise the same tensor alike are one: exporters give each reader its own.
  void MergeQuantizes() {
    std::map<TensorId, std::vector<TensorId>> made;  // of each tensor: what it is quantised to
    std::map<TensorId, TensorId> same;
    for (Node& node : old_nodes_) {
      for (TensorId& id : node.inputs) {
        if (const auto found = same.find(id); found != same.end()) id = found->second;
      }
      const TensorId output = node.outputs[0];
      if (node.As<Quantize>() == nullptr || std::ranges::count(graph_.outputs, output) > 0)
        continue;
      std::vector<TensorId>& others = made[node.inputs[0]];
      const auto alike = std::ranges::find_if(others, [&](TensorId other) {
        return graph_.tensor(other).IsStoredLike(graph_.tensor(output));
      });
      if (alike == others.end()) {
        others.push_back(output);
      } else {
        same[output] = *alike;
      }
    }
    std::erase_if(old_nodes_, [&](const Node& node) { return same.contains(node.outputs[0]); });
  }

  void Rewrite(size_t i) {
    Node& node = old_nodes_[i];
    if (node.As<Dequantize>() != nullptr && IsStored(graph_.tensor(node.inputs[0]))) {
      stored_.resize(graph_.tensors.size(), kNoTensor);
      stored_[static_cast<size_t>(node.outputs[0])] = node.inputs[0];
    } else if (node.As<Quantize>() != nullptr) {
      RewriteQuantize(node);
    } else if (MoveStored(node) || FuseWithQuantize(node)) {
      return;
    }
    graph_.nodes.push_back(node);
  }

  // The tensor that the floats `id` were dequantised from, or kNoTensor.
  TensorId StoredOf(TensorId id) const {
    return id >= 0 && static_cast<size_t>(id) < stored_.size() ? stored_[static_cast<size_t>(id)]
                                                               : kNoTensor;
  }

  // What is quantised just after it was dequantised need not be float in between.
  void RewriteQuantize(Node& node) {
    const TensorId stored = StoredOf(node.inputs[0]);
    const DType output = graph_.tensor(node.outputs[0]).dtype;
    if (stored != kNoTensor && graph_.tensor(stored).dtype == output) node.inputs[0] = stored;
  }

  // A tensor of `id`'s shape, stored as `like` is.
  TensorId AddStored(TensorId id, const Tensor& like, const char* suffix) {
    const Tensor& tensor = graph_.tensor(id);
    return graph_.Add({.name = tensor.name + suffix,
                       .dtype = like.dtype,
                       .shape = tensor.shape,
                       .quantization = like.quantization});
  }

  // Elements may be moved first, and dequantised after.
  bool MoveStored(Node& node) {
    const TensorId first = StoredOf(node.inputs[0]);
    const bool concat = node.As<Concat>() != nullptr;
    if (first == kNoTensor || !(concat || MovesElements(graph_, node))) return false;
    const Tensor like = graph_.tensor(first);
    for (const TensorId id : node.inputs) {
      const TensorId stored = StoredOf(id);
      if (stored == kNoTensor || !graph_.tensor(stored).IsStoredLike(like)) return false;
    }
    for (TensorId& id : node.inputs) id = StoredOf(id);
    const TensorId output = node.outputs[0];
    const TensorId moved = AddStored(output, like, ".stored");
    node.outputs = {moved};
    std::string name = node.name + ".dequantize";
    graph_.nodes.push_back(node);
    graph_.nodes.push_back({std::move(name), Dequantize{}, {moved}, {output}});
    stored_.resize(graph_.tensors.size(), kNoTensor);
    stored_[static_cast<size_t>(output)] = moved;
    return true;
  }

  // The Quantize that alone reads what `node` computes.
  std::optional<size_t> QuantizeAfter(const Node& node) const {
    const auto& readers = readers_[static_cast<size_t>(node.outputs[0])];
    if (readers.size() != 1 || readers[0] == old_nodes_.size()) return std::nullopt;
    const Node& reader = old_nodes_[readers[0]];
    const bool fits =
        reader.As<Quantize>() != nullptr && IsStored(graph_.tensor(reader.outputs[0]));
    return fits ? std::optional(readers[0]) : std::nullopt;
  }

  bool FuseWithQuantize(Node& node) {
    const std::optional<size_t> after = QuantizeAfter(node);
    if (!after) return false;
    const TensorId output = old_nodes_[*after].outputs[0];
    const Tensor like = graph_.tensor(output);
    if (!HasStoredForm(node.op, like)) return false;
    const std::optional<std::vector<TensorId>> inputs = StoredInputs(node, like);
    if (!inputs || !HasNearScales(graph_, node.op, *inputs, like)) return false;
    node.inputs = *inputs;
    const Tensor first = graph_.tensor(node.inputs[0]);
    if (!KeepsQuantization(node.op) || first.IsStoredLike(like)) {
      node.outputs = {output};
      gone_[*after] = true;
    } else {
      // Kernels that keep the scale: the Quantize stores anew what they give.
      node.outputs = {AddStored(output, first, ".kept")};
      old_nodes_[*after].inputs = node.outputs;
    }
    graph_.nodes.push_back(node);
    return true;
  }

  // All inputs of `node` as kernels take them whose activations have the type of `output`, or
  // nothing.
  std::optional<std::vector<TensorId>> StoredInputs(const Node& node, const Tensor& output) {
    if (const std::optional<int> axis = FilterChannelAxis(node.op)) {
      return StoredFilterAndBias(node, *axis, output.dtype);
    }
    std::vector<TensorId> inputs;
    for (const TensorId id : node.inputs) {
      inputs.push_back(graph_.tensor(id).constant ? StoredConstant(id, output.dtype)
                                                  : StoredOf(id));
      if (inputs.back() == kNoTensor || graph_.tensor(inputs.back()).dtype != output.dtype) {
        return std::nullopt;
      }
    }
    if (node.As<Concat>() != nullptr) {
      for (TensorId& id : inputs) id = Restored(id, output);
    }
    return inputs;
  }

  // The tensor `id`, stored as `like` is.
  TensorId Restored(TensorId id, const Tensor& like) {
    if (graph_.tensor(id).IsStoredLike(like)) return id;
    const TensorId restored = AddStored(id, like, ".restored");
    graph_.nodes.push_back({graph_.tensor(restored).name, Quantize{}, {id}, {restored}});
    return restored;
  }

  // The constant floats `id` as integers, if they are on a grid of one scale.
  TensorId StoredConstant(TensorId id, DType dtype) {
    const std::optional<Tensor> stored = StoredOnGrid(graph_.tensor(id), dtype);
    return stored && IsStored(*stored) ? graph_.Add(*stored) : kNoTensor;
  }

  std::optional<std::vector<TensorId>> StoredFilterAndBias(const Node& node, int axis,
                                                           DType dtype) {
    const TensorId x = StoredOf(node.inputs[0]);
    if (x == kNoTensor || graph_.tensor(x).dtype != dtype) return std::nullopt;
    std::optional<Tensor> filter = StoredOnGrid(graph_.tensor(node.inputs[1]), DType::kInt8);
    if (!filter) return std::nullopt;
    const Quantization& q = *filter->quantization;
    const bool symmetric = std::ranges::count(q.zero_point, 0) == std::ssize(q.zero_point);
    if ((q.scale.size() > 1 && q.axis != axis) || (dtype != DType::kInt8 && !symmetric)) {
      return std::nullopt;
    }
    std::vector<TensorId> inputs = {x};
    std::optional<Tensor> bias;
    if (node.inputs.size() > 2 && node.inputs[2] != kNoTensor) {
      bias = StoredBias(graph_.tensor(node.inputs[2]), graph_.tensor(x).quantization->scale[0],
                        q.scale);
      if (!bias) return std::nullopt;
    }
    inputs.push_back(graph_.Add(*std::move(filter)));
    inputs.push_back(bias ? graph_.Add(*std::move(bias)) : kNoTensor);
    return inputs;
  }

  Graph& graph_;
  std::vector<Node> old_nodes_;
  std::vector<bool> gone_;
  std::vector<std::vector<size_t>> readers_;  // of each tensor: indices of old nodes
  std::vector<TensorId> stored_;
};

}  // namespace

Status FuseQuantization(Graph& graph) { return Fuser(graph).Run(); }

}  // namespace wranglet
