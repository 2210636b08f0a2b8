#include "plugin/compiler/plan/arena.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <tuple>

namespace wranglet {
namespace {

bool Meet(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

// Places buffers in the given order, each at the lowest free offset.
ArenaLayout FirstFit(const std::vector<Lifetime>& buffers, const std::vector<size_t>& order) {
  ArenaLayout layout{.offsets = std::vector<int64_t>(buffers.size())};
  std::vector<size_t> placed;  // ascending by offset
  for (const size_t i : order) {
    int64_t offset = 0;
    for (const size_t j : placed) {
      if (!Meet(buffers[i], buffers[j])) continue;
      if (layout.offsets[j] >= offset + buffers[i].bytes) break;
      offset = std::max(offset, layout.offsets[j] + buffers[j].bytes);
    }
    layout.offsets[i] = offset;
    layout.bytes = std::max(layout.bytes, offset + buffers[i].bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), offset,
                                   [&](int64_t o, size_t j) { return o < layout.offsets[j]; }),
                  i);
  }
  return layout;
}

// The orders worth trying: larger keys first, then as given.
std::vector<std::vector<size_t>> Orders(const std::vector<Lifetime>& buffers,
                                        const std::vector<int64_t>& live) {
  using Key = std::tuple<int64_t, int64_t>;
  auto length = [](const Lifetime& b) { return int64_t{b.last} - b.first + 1; };
  auto breadth = [&live](const Lifetime& b) {
    return *std::max_element(live.begin() + b.first, live.begin() + b.last + 1);
  };
  const std::array<std::function<Key(const Lifetime&)>, 5> keys = {
      [&](const Lifetime& b) { return Key(b.bytes, length(b)); },
      [&](const Lifetime& b) { return Key(b.bytes * length(b), b.bytes); },
      [&](const Lifetime& b) { return Key(length(b), b.bytes); },
      [&](const Lifetime& b) { return Key(breadth(b), b.bytes); },
      [&](const Lifetime& b) { return Key(-int64_t{b.first}, b.bytes); },
  };
  std::vector<std::vector<size_t>> orders;
  for (const auto& key : keys) {
    std::vector<size_t>& order = orders.emplace_back(buffers.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return key(buffers[a]) > key(buffers[b]); });
  }
  return orders;
}

}  // namespace

std::vector<int64_t> LiveBytes(const std::vector<Lifetime>& buffers) {
  int32_t steps = 0;
  for (const Lifetime& b : buffers) steps = std::max(steps, b.last + 1);
  std::vector<int64_t> live(static_cast<size_t>(steps) + 1);
  for (const Lifetime& b : buffers) {
    live[static_cast<size_t>(b.first)] += b.bytes;
    live[static_cast<size_t>(b.last) + 1] -= b.bytes;
  }
  std::partial_sum(live.begin(), live.end(), live.begin());
  live.pop_back();
  return live;
}

ArenaLayout LayOutArena(const std::vector<Lifetime>& buffers, int64_t alignment) {
  std::vector<Lifetime> aligned = buffers;
  for (Lifetime& b : aligned) b.bytes = (b.bytes + alignment - 1) / alignment * alignment;
  const std::vector<int64_t> live = LiveBytes(aligned);
  ArenaLayout best;
  for (const std::vector<size_t>& order : Orders(aligned, live)) {
    ArenaLayout layout = FirstFit(aligned, order);
    if (best.offsets.empty() || layout.bytes < best.bytes) best = std::move(layout);
  }
  best.lower_bound = live.empty() ? 0 : *std::max_element(live.begin(), live.end());
  best.live = live;
  return best;
}

}  // namespace wranglet
