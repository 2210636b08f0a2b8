// The static arena: where each buffer of a network lies, given the steps during which it is alive.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_ARENA_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_ARENA_H_

#include <cstdint>
#include <vector>

namespace wranglet {

// A buffer that holds `bytes` bytes from step `first` to step `last`, both included.
struct Lifetime {
  int64_t bytes = 0;
  int32_t first = 0;
  int32_t last = 0;
};

struct ArenaLayout {
  std::vector<int64_t> offsets;  // of each buffer, in bytes, multiples of `alignment`
  int64_t bytes = 0;             // the arena's size
  std::vector<int64_t> live;     // by step: the (aligned) bytes alive at it
  int64_t lower_bound = 0;       // the most of these: no layout is smaller
};

// The bytes alive at each step.
std::vector<int64_t> LiveBytes(const std::vector<Lifetime>& buffers);

// Places buffers so that no two that are alive at the same step overlap: first fit (each in turn at
// the lowest offset that is free for all of its lifetime), in several orders, of which the smallest
// arena wins. The orders are those of TensorFlow Lite's greedy-by-size planner (Pisarchyk and Lee,
// "Efficient Memory Management for Deep Neural Net Inference", 2020) and, for networks where that
// is not the best, by area, by length of life and by breadth (the fullest step's buffers first).
ArenaLayout LayOutArena(const std::vector<Lifetime>& buffers, int64_t alignment);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_ARENA_H_
