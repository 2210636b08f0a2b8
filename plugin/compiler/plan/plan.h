// Plan: what will run. Ordered steps, the kernel each step calls, and the place of every buffer in
// one static arena and of every constant in the weights image. Nothing is left to be decided at run
// time.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_PLAN_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/kernel_table.h"

namespace wranglet {

// A place: bytes from the start of the arena or of the weights image, or nothing (a null argument).
struct Ref {
  enum class Region { kNone, kArena, kWeights };
  Region region = Region::kNone;
  int64_t offset = 0;
  int64_t advance = 0;  // of a step in a Loop: how many bytes further it is in each next round
  bool operator==(const Ref&) const = default;
};

// Places in the arena and in the weights image are multiples of this, so that kernels may load
// vectors.
inline constexpr int64_t kPlaceAlignment = 16;

// A tensor that something outside a step looks at: an input or output of the network, or, for
// observers, what a step has just computed.
struct PlacedTensor {
  TensorId tensor = kNoTensor;  // in the Graph that was planned
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;
  std::optional<Quantization> quantization;
  Ref place;
  int64_t bytes = 0;
};

// One call of a kernel.
struct Step {
  std::string node;     // the Graph node this belongs to
  size_t layer = 0;     // its number among those that have steps; one may have many
  std::string summary;  // "Conv2D 1x96x96x3, 16x3x3x3 -> 1x48x48x16", a comment in steps.cc
  KernelParams params;
  std::vector<Ref> args;  // in the order of the kernel's parameters after the params struct
  // What is complete after this step, in a loop after its last round: the node's output and every
  // tensor that aliases it (Reshape). Empty when the step's result is only an intermediate of its
  // node.
  std::vector<PlacedTensor> completes;
};

// Steps [first, end) that run `rounds` times, in turn.
struct Loop {
  size_t first = 0, end = 0;
  int32_t rounds = 1;
};

struct Plan {
  std::vector<Step> steps;
  std::vector<Loop> loops;         // in order, apart from each other
  std::vector<std::byte> weights;  // weights.bin
  int64_t arena_bytes = 0;
  // The most bytes alive at one step: no arena can be smaller (without changing the steps).
  int64_t arena_lower_bound = 0;
  // The bytes alive when the inputs are written, [0]; during step i, [i + 1]; and when the outputs
  // are read, the last.
  std::vector<int64_t> live_bytes;
  std::vector<PlacedTensor> inputs;   // in the order of Graph::inputs
  std::vector<PlacedTensor> outputs;  // in the order of Graph::outputs
  // Tensors that need no step: the inputs, and Reshapes of them. Observers see these first.
  std::vector<PlacedTensor> complete_at_start;
  int64_t macs = 0;  // multiply-accumulates of one inference
};

struct PlanOptions {
  // Whether products of float32 are rounded once, with their sums: MultiplyAdd<true>, which needs
  // relaxed SIMD.
  bool fused = false;
  // Whether steps may run by bands of rows (plan/bands.h) where that makes the arena smaller. What
  // passes between them is then never complete, and observers do not see it.
  bool by_bands = false;
  // An arena up to this many bytes is small enough: it lies in a core's second-level cache.
  int64_t small_arena = 256 * 1024;
  // What the buffers between the steps of one chain should take together, in bytes: with the steps'
  // weights and scratch memory they shall stay in that cache. Lower bands move more rows.
  int64_t band_bytes = 128 * 1024;
};

// Plans a validated Graph whose passes have run (no BatchNormalization). An operator
// that has no kernel for its tensors' types is an Error at its node that names what is supported.
Result<Plan> MakePlan(const Graph& graph, const PlanOptions& options = {});

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_PLAN_H_
