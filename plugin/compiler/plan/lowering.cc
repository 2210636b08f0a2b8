#include "plugin/compiler/plan/lowering.h"

#include <utility>
#include <variant>

namespace wranglet {

Lowering::Lowering(const Graph& graph, bool fused)
    : graph_(graph),
      fused_(fused),
      arguments_(graph.tensors.size()),
      completed_by_(graph.tensors.size(), -1) {
  for (const TensorId id : graph.inputs) {
    arguments_[static_cast<size_t>(id)] = NewBuffer(BytesOf(tensor(id)));
    complete_at_start.push_back(id);
  }
}

Argument Lowering::NewBuffer(int64_t bytes) {
  buffer_bytes.push_back(bytes);
  return {Ref::Region::kArena, static_cast<int64_t>(buffer_bytes.size()) - 1};
}

Argument Lowering::Read(TensorId id) {
  std::optional<Argument>& argument = arguments_[static_cast<size_t>(id)];
  if (!argument) argument = Constant(*tensor(id).constant);
  return *argument;
}

Argument Lowering::Write(TensorId id) {
  std::optional<Argument>& argument = arguments_[static_cast<size_t>(id)];
  if (!argument) argument = NewBuffer(BytesOf(tensor(id)));
  return *argument;
}

Argument Lowering::Scratch(int64_t bytes) { return bytes == 0 ? Argument{} : NewBuffer(bytes); }

Argument Lowering::Constant(std::span<const std::byte> bytes) {
  return {Ref::Region::kWeights, weights.Add(bytes)};
}

void Lowering::Alias(TensorId alias, TensorId id) {
  arguments_[static_cast<size_t>(alias)] = Read(id);
  const int32_t step = completed_by_[static_cast<size_t>(id)];
  completed_by_[static_cast<size_t>(alias)] = step;
  (step < 0 ? complete_at_start : steps[static_cast<size_t>(step)].completes).push_back(alias);
}

void Lowering::Emit(const Node& node, KernelParams params, std::vector<Argument> args,
                    std::vector<size_t> replaceable) {
  const auto fuse = [&](auto& kernel) {
    if constexpr (requires { kernel.fused; }) kernel.fused = fused_;
  };
  std::visit(fuse, params);
  // A node of several steps is complete after its last one.
  if (!steps.empty() && steps.back().node == &node) steps.back().completes.clear();
  for (const TensorId id : node.outputs) {
    completed_by_[static_cast<size_t>(id)] = static_cast<int32_t>(steps.size());
  }
  steps.push_back({.node = &node,
                   .params = std::move(params),
                   .args = std::move(args),
                   .completes = node.outputs,
                   .replaceable = std::move(replaceable)});
}

}  // namespace wranglet
