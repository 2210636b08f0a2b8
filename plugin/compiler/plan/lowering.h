// Lowering: what the planner knows while it turns nodes into steps. Arguments name buffers, not yet
// places; once all lifetimes are known, MakePlan lays out the arena.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_LOWERING_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_LOWERING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/pack/weights_image.h"
#include "plugin/compiler/plan/kernel_table.h"
#include "plugin/compiler/plan/plan.h"

namespace wranglet {

// An argument of a kernel: a buffer of the arena, by number; a constant, by its offset in the
// weights image; or nothing.
struct Argument {
  Ref::Region region = Ref::Region::kNone;
  int64_t index = 0;
  int64_t offset = 0;   // bytes from the start of the buffer
  int64_t advance = 0;  // Ref's
};

// A Step whose arena arguments have no place yet.
struct DraftStep {
  const Node* node = nullptr;
  KernelParams params;
  std::vector<Argument> args;
  std::vector<TensorId> completes;
  // The arguments that the last one, the output, may replace: the kernel has read an element of
  // theirs, for the last time, when it writes the output's element of the same index.
  std::vector<size_t> replaceable;
  // Neighbours of one span, a number of 1 or more, share their buffers: all of them live
  // throughout.
  int32_t span = 0;
  // Neighbours of one loop, a number of 1 or more, run Lowering::rounds[loop - 1] times.
  int32_t loop = 0;
};

class Lowering {
 public:
  // `fused` as in PlanOptions.
  explicit Lowering(const Graph& graph, bool fused = false);

  const Graph& graph() const { return graph_; }
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }

  // A tensor that is there: a buffer, or a constant as it is in the graph.
  Argument Read(TensorId id);
  // The buffer of an activation that the step now being made computes, or some of it: all steps of
  // its node get the same.
  Argument Write(TensorId id);
  // A buffer for one step or span, nothing when `bytes` is 0.
  Argument Scratch(int64_t bytes);
  // A constant packed for its kernel.
  template <typename T>
  Argument Constant(const std::vector<T>& elements) {
    return Constant(std::as_bytes(std::span(elements)));
  }
  Argument Constant(std::span<const std::byte> bytes);

  // `alias` has the bytes of `id`, under another shape.
  void Alias(TensorId alias, TensorId id);

  // Appends a step of `node`, whose outputs it completes.
  void Emit(const Node& node, KernelParams params, std::vector<Argument> args,
            std::vector<size_t> replaceable = {});

  // What MakePlan takes from here.
  std::vector<DraftStep> steps;
  std::vector<int64_t> buffer_bytes;
  std::vector<int32_t> rounds;  // of each loop
  std::vector<TensorId> complete_at_start;
  WeightsImage weights{kPlaceAlignment};

 private:
  Argument NewBuffer(int64_t bytes);

  const Graph& graph_;
  const bool fused_;
  std::vector<std::optional<Argument>> arguments_;  // by tensor
  std::vector<int32_t> completed_by_;               // by tensor: a step, or -1 from the start
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_LOWERING_H_
