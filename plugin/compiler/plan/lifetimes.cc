#include "plugin/compiler/plan/lifetimes.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace wranglet {
namespace {

// The steps whose buffers live together with those of step i: its span, or itself.
std::pair<size_t, size_t> SpanAt(const std::vector<DraftStep>& steps, size_t i) {
  size_t first = i, last = i;
  if (steps[i].span != 0) {
    while (first > 0 && steps[first - 1].span == steps[i].span) --first;
    while (last + 1 < steps.size() && steps[last + 1].span == steps[i].span) ++last;
  }
  return {first, last};
}

}  // namespace

std::vector<Lifetime> LifetimesOf(Lowering& lowering) {
  const int32_t end = static_cast<int32_t>(lowering.steps.size()) + 1;
  std::vector<Lifetime> lifetimes;
  for (const int64_t bytes : lowering.buffer_bytes) lifetimes.push_back({bytes, end, 0});
  auto use = [&](const Argument& argument, int32_t first, int32_t last) {
    if (argument.region != Ref::Region::kArena) return;
    Lifetime& life = lifetimes[static_cast<size_t>(argument.index)];
    life.first = std::min(life.first, first);
    life.last = std::max(life.last, last);
  };
  for (const TensorId id : lowering.graph().inputs) use(lowering.Read(id), 0, 0);
  for (size_t i = 0; i < lowering.steps.size();) {
    const auto [first, last] = SpanAt(lowering.steps, i);
    for (; i <= last; ++i) {
      for (const Argument& a : lowering.steps[i].args) {
        use(a, static_cast<int32_t>(first) + 1, static_cast<int32_t>(last) + 1);
      }
    }
  }
  for (const TensorId id : lowering.graph().outputs) use(lowering.Read(id), end, end);
  for (Lifetime& life : lifetimes) {
    if (life.first > life.last) life = {};  // which nothing uses
  }
  return lifetimes;
}

}  // namespace wranglet
