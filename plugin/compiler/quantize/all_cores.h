// OnAllCores: one function on as many threads as there are cores.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_ALL_CORES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_ALL_CORES_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace wranglet {

// Calls `work` on every core, and on no more threads than `most`; returns when all have returned.
template <typename Work>
void OnAllCores(size_t most, const Work& work) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const size_t threads = std::min(cores, most);
  std::vector<std::jthread> others(threads > 1 ? threads - 1 : 0);
  for (std::jthread& other : others) other = std::jthread(work);
  work();
}

// Calls f(i) for each i of [0, count), on all cores.
template <typename F>
void ForEachOnAllCores(size_t count, const F& f) {
  std::atomic<size_t> next = 0;
  OnAllCores(count, [&] {
    for (size_t i; (i = next++) < count;) f(i);
  });
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_ALL_CORES_H_
