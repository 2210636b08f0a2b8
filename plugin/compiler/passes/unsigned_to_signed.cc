#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

// What uint8 numbers lie above the int8 ones that stand for the same.
constexpr int32_t kOffset = 128;

bool IsUnsigned(const Tensor& tensor) {
  return tensor.dtype == DType::kUint8 && tensor.quantization.has_value();
}

void MakeSigned(Tensor& tensor) {
  tensor.dtype = DType::kInt8;
  for (int32_t& zero_point : tensor.quantization->zero_point) zero_point -= kOffset;
  // Without the carry, 128 less is the highest bit turned.
  if (tensor.constant) {
    for (std::byte& stored : *tensor.constant) stored ^= std::byte{0x80};
  }
}

class Signer {
 public:
  explicit Signer(Graph& graph) : graph_(graph), old_nodes_(std::move(graph.nodes)) {
    graph_.nodes.clear();
  }

  Status Run() {
    for (Node& node : old_nodes_) {
      auto* pool = node.As<Pool2D>();
      if (pool != nullptr && IsUnsigned(graph_.tensor(node.inputs[0]))) pool->origin -= kOffset;
    }
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      const auto id = static_cast<TensorId>(i);
      if (IsUnsigned(graph_.tensors[i]) && !IsInterface(id)) MakeSigned(graph_.tensors[i]);
    }
    for (Node& node : old_nodes_) Rewrite(std::move(node));
    graph_.MakeNamesUnique();
    graph_.RemoveUnusedTensors();
    return Done{};
  }

 private:
  bool IsInterface(TensorId id) const {
    return std::ranges::count(graph_.inputs, id) > 0 || std::ranges::count(graph_.outputs, id) > 0;
  }

  // The int8 tensor that stands for `id`, a uint8 one of the network's interface: of a constant,
  // which may be an output, a constant.
  TensorId TwinOf(TensorId id) {
    const auto [found, is_new] = twins_.try_emplace(id, kNoTensor);
    if (is_new) {
      Tensor twin = graph_.tensor(id);
      twin.name += ".int8";
      MakeSigned(twin);
      found->second = graph_.Add(std::move(twin));
    }
    return found->second;
  }

  void AppendQuantize(TensorId from, TensorId to) {
    graph_.nodes.push_back({.name = graph_.tensor(from).name + ".store",
                            .op = Quantize{},
                            .inputs = {from},
                            .outputs = {to}});
  }

  void Rewrite(Node node) {
    // A node that stores 8 bits anew may as well read or write the interface itself.
    const auto is_byte = [&](TensorId id) { return SizeOf(graph_.tensor(id).dtype) == 1; };
    if (node.As<Quantize>() != nullptr && is_byte(node.inputs[0]) && is_byte(node.outputs[0])) {
      graph_.nodes.push_back(std::move(node));
      return;
    }
    for (TensorId& id : node.inputs) {
      if (id == kNoTensor || !IsUnsigned(graph_.tensor(id))) continue;
      const bool is_there = twins_.contains(id) || graph_.tensor(id).constant;
      const TensorId twin = TwinOf(id);
      if (!is_there) AppendQuantize(id, twin);
      id = twin;
    }
    const TensorId output = node.outputs[0];
    const bool is_unsigned = IsUnsigned(graph_.tensor(output));
    if (is_unsigned) node.outputs[0] = TwinOf(output);
    const TensorId written = node.outputs[0];
    graph_.nodes.push_back(std::move(node));
    if (is_unsigned) AppendQuantize(written, output);
  }

  Graph& graph_;
  std::vector<Node> old_nodes_;
  std::map<TensorId, TensorId> twins_;
};

}  // namespace

Status UnsignedToSigned(Graph& graph) { return Signer(graph).Run(); }

}  // namespace wranglet
