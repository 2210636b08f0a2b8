// Runner: executes a Plan on the host with the kernels that the Worker uses, for calibration,
// `wranglet run` and tests.

#ifndef WRANGLET_PLUGIN_COMPILER_RUN_RUNNER_H_
#define WRANGLET_PLUGIN_COMPILER_RUN_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/plan/plan.h"

namespace wranglet {

class Runner {
 public:
  // Sees each tensor as soon as it is complete: the inputs, then what every step computes. The
  // bytes are valid during the call only, for later steps reuse their place.
  using Observer = std::function<void(TensorId tensor, std::span<const std::byte> bytes)>;

  // Keeps a reference to `plan`, which must outlive the Runner. The fresh arena holds a pattern
  // that no network should ever see, not zeros, so that a step that reads what nobody wrote shows
  // in its output.
  explicit Runner(const Plan& plan);
  explicit Runner(Plan&&) = delete;

  // Where input `index` goes, plan.inputs[index].bytes long. Steps may overwrite it: fill it before
  // every Run.
  std::span<std::byte> Input(size_t index);

  // Copies `bytes`, exactly as many as the input has, into input `index`.
  void SetInput(size_t index, std::span<const std::byte> bytes);

  void Run(const Observer& observer = {});

  // Output `index` of the last Run; valid until the next SetInput or Run.
  std::span<const std::byte> Output(size_t index) const;

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  using Memory = std::unique_ptr<std::byte[], Free>;

  static Memory Allocate(size_t bytes);
  std::byte* At(const Ref& ref, int32_t round = 0) const;

  const Plan& plan_;
  Memory arena_;
  Memory weights_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_RUN_RUNNER_H_
