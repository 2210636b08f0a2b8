// OnThreads, OnAllCores: one function on several threads.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_ALL_CORES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_ALL_CORES_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace wranglet {

// Calls `work` on so many threads, of which the caller's is one; returns when all have returned.
template <typename Work>
void OnThreads(size_t threads, const Work& work) {
  std::vector<std::jthread> others(threads > 1 ? threads - 1 : 0);
  for (std::jthread& other : others) other = std::jthread(work);
  work();
}

// Calls `work` on every core, and on no more threads than `most`.
template <typename Work>
void OnAllCores(size_t most, const Work& work) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  OnThreads(std::min(cores, most), work);
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
