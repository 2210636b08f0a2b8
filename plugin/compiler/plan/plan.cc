#include "plugin/compiler/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>
#include <variant>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/plan/arena.h"
#include "plugin/compiler/plan/bands.h"
#include "plugin/compiler/plan/lifetimes.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lowering.h"

namespace wranglet {
namespace {

// Whether the stored values of an 8-bit tensor mean numbers: scales are positive (those of a
// filter's dead channel may be 0), zero points are values of the type.
bool HasMeaning(const Tensor& tensor) {
  const bool is_signed = tensor.dtype == DType::kInt8;
  if (!tensor.quantization || !(is_signed || tensor.dtype == DType::kUint8)) return true;
  const auto& [scales, zero_points, axis] = *tensor.quantization;
  const int32_t lowest = is_signed ? -128 : 0;
  return std::all_of(
             scales.begin(), scales.end(),
             [&](float s) { return std::isfinite(s) && (s > 0 || (s == 0 && tensor.constant)); }) &&
         std::all_of(zero_points.begin(), zero_points.end(),
                     [&](int32_t z) { return z >= lowest && z <= lowest + 255; });
}

// What kernels trust: they count elements in int32, more bytes than a WebAssembly memory is given,
// and compute with scales and zero points as they are.
Status CheckTensors(const Graph& graph) {
  for (const Tensor& t : graph.tensors) {
    const std::string name = "tensor '" + t.name + "' (" + ToString(t.shape) + ")";
    if (BytesOf(t) > std::numeric_limits<int32_t>::max()) {
      return Error{.message = name + " is over 2 GB", .file = graph.file};
    }
    if (!HasMeaning(t)) {
      return Error{.message = name + " has a scale or zero point that makes no sense",
                   .file = graph.file};
    }
  }
  return Done{};
}

Status LowerAll(Lowering& lowering) {
  for (const Node& node : lowering.graph().nodes) {
    WRANGLET_RETURN_IF_ERROR(
        std::visit([&](const auto& op) { return Lower(lowering, node, op); }, node.op));
  }
  return Done{};
}

// Lets steps write over an input that nobody reads later: the output becomes one buffer with that
// input. Returns the buffer that each buffer has become, and leaves no bytes and no life to those
// that are no more.
std::vector<int64_t> ReplaceInPlace(const std::vector<DraftStep>& steps,
                                    std::vector<Lifetime>& lifetimes) {
  std::vector<int64_t> became(lifetimes.size());
  for (size_t i = 0; i < became.size(); ++i) became[i] = static_cast<int64_t>(i);
  auto life = [&](int64_t buffer) -> Lifetime& { return lifetimes[static_cast<size_t>(buffer)]; };
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].replaceable.empty()) continue;
    const int64_t output = steps[i].args.back().index;
    for (const size_t arg : steps[i].replaceable) {
      const Argument& candidate = steps[i].args[arg];
      if (candidate.region != Ref::Region::kArena) continue;
      const int64_t input = became[static_cast<size_t>(candidate.index)];
      if (life(input).last != static_cast<int32_t>(i) + 1 ||
          life(input).bytes != life(output).bytes) {
        continue;
      }
      became[static_cast<size_t>(output)] = input;
      life(input).last = life(output).last;
      life(output) = {};
      break;
    }
  }
  return became;
}

// Turns a Lowering's arguments into places, and it into a Plan.
class Placement {
 public:
  explicit Placement(Lowering& lowering) : lowering_(lowering) {
    std::vector<Lifetime> lifetimes = LifetimesOf(lowering);
    became_ = ReplaceInPlace(lowering.steps, lifetimes);
    layout_ = LayOutArena(lifetimes, kPlaceAlignment);
  }

  Plan MakePlan() && {
    Plan plan;
    plan.loops = LoopsOf(lowering_.steps);
    std::map<const Node*, size_t> layers;
    for (DraftStep& draft : lowering_.steps) {
      const size_t layer = layers.emplace(draft.node, layers.size()).first->second;
      plan.steps.push_back(StepOf(std::move(draft), layer));
    }
    plan.inputs = Placed(lowering_.graph().inputs);
    plan.outputs = Placed(lowering_.graph().outputs);
    plan.complete_at_start = Placed(lowering_.complete_at_start);
    plan.arena_bytes = layout_.bytes;
    plan.arena_lower_bound = layout_.lower_bound;
    plan.live_bytes = layout_.live;
    plan.live_bytes.resize(plan.steps.size() + 2);
    plan.weights = std::move(lowering_.weights).Take();
    plan.macs = MacsOf(lowering_.graph());
    return plan;
  }

 private:
  Ref PlaceOf(const Argument& argument) const {
    if (argument.region != Ref::Region::kArena) return {argument.region, argument.index};
    const int64_t buffer = became_[static_cast<size_t>(argument.index)];
    const int64_t start = layout_.offsets[static_cast<size_t>(buffer)];
    return {argument.region, start + argument.offset, argument.advance};
  }

  std::vector<Loop> LoopsOf(const std::vector<DraftStep>& steps) const {
    std::vector<Loop> loops;
    for (size_t i = 0; i < steps.size(); ++i) {
      const int32_t loop = steps[i].loop;
      if (loop == 0) continue;
      if (i == 0 || steps[i - 1].loop != loop) {
        loops.push_back({i, i, lowering_.rounds[static_cast<size_t>(loop) - 1]});
      }
      loops.back().end = i + 1;
    }
    return loops;
  }

  std::vector<PlacedTensor> Placed(const std::vector<TensorId>& ids) {
    std::vector<PlacedTensor> placed;
    for (const TensorId id : ids) {
      const Tensor& t = lowering_.tensor(id);
      placed.push_back(
          {id, t.name, t.dtype, t.shape, t.quantization, PlaceOf(lowering_.Read(id)), BytesOf(t)});
    }
    return placed;
  }

  std::string SummaryOf(const Node& node) const {
    auto shapes = [&](const std::vector<TensorId>& ids) {
      std::string text;
      for (const TensorId id : ids) {
        if (id == kNoTensor) continue;
        text += (text.empty() ? "" : ", ") + ToString(lowering_.tensor(id).shape);
      }
      return text;
    };
    return std::string(NameOf(node.op)) + " " + shapes(node.inputs) + " -> " + shapes(node.outputs);
  }

  Step StepOf(DraftStep&& draft, size_t layer) {
    Step step{.node = draft.node->name,
              .layer = layer,
              .summary = SummaryOf(*draft.node),
              .params = std::move(draft.params),
              .args = {},
              .completes = Placed(draft.completes)};
    for (const Argument& argument : draft.args) step.args.push_back(PlaceOf(argument));
    return step;
  }

  Lowering& lowering_;
  std::vector<int64_t> became_;
  ArenaLayout layout_;
};

}  // namespace

Result<Plan> MakePlan(const Graph& graph, const PlanOptions& options) {
  WRANGLET_RETURN_IF_ERROR(CheckTensors(graph));
  Lowering lowering(graph, options.fused);
  WRANGLET_RETURN_IF_ERROR(LowerAll(lowering));
  if (options.by_bands) RunByBands(lowering, options);
  return Placement(lowering).MakePlan();
}

}  // namespace wranglet
