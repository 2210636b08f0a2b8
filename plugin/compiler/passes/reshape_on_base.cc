#include "plugin/compiler/passes/reshape_on_base.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace wranglet {
namespace {

// Dimensions of the base that together are as many elements as dimensions of the result.
struct Group {
  std::vector<int32_t> from, to;
};

// `from` and `to` hold dimensions of more than 1.
std::optional<std::vector<Group>> Grouped(const Shape& base, const std::vector<int32_t>& from,
                                          const Shape& result, const std::vector<int32_t>& to) {
  std::vector<Group> groups;
  size_t i = 0, j = 0;
  while (i < from.size() && j < to.size()) {
    Group group;
    int64_t left = base[static_cast<size_t>(from[i])], right = result[static_cast<size_t>(to[j])];
    group.from.push_back(from[i++]);
    group.to.push_back(to[j++]);
    while (left != right) {
      if (left < right) {
        if (i == from.size()) return std::nullopt;
        left *= base[static_cast<size_t>(from[i])];
        group.from.push_back(from[i++]);
      } else {
        if (j == to.size()) return std::nullopt;
        right *= result[static_cast<size_t>(to[j])];
        group.to.push_back(to[j++]);
      }
    }
    if (group.from.size() > 1 && group.to.size() > 1) return std::nullopt;
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace

std::optional<ReshapedBase> ReshapeOnBase(const Shape& base, const Permutation& view,
                                          const Shape& to) {
  std::vector<int32_t> from_wide, to_wide, to_ones;
  for (const int32_t i : view) {
    if (base[static_cast<size_t>(i)] > 1) from_wide.push_back(i);
  }
  for (size_t i = 0; i < to.size(); ++i) {
    (to[i] > 1 ? to_wide : to_ones).push_back(static_cast<int32_t>(i));
  }
  auto groups = Grouped(base, from_wide, to, to_wide);
  if (!groups) return std::nullopt;
  // Groups go where the base has the first dimension of theirs.
  std::ranges::sort(*groups, {}, [](const Group& group) { return std::ranges::min(group.from); });
  ReshapedBase reshaped;
  reshaped.permutation.resize(to.size());
  const auto place = [&](int32_t dimension) {
    reshaped.permutation[static_cast<size_t>(dimension)] =
        static_cast<int32_t>(reshaped.shape.size());
    reshaped.shape.push_back(to[static_cast<size_t>(dimension)]);
  };
  for (const Group& group : *groups) {
    reshaped.order.insert(reshaped.order.end(), group.from.begin(), group.from.end());
    std::ranges::for_each(group.to, place);
  }
  std::ranges::for_each(to_ones, place);
  for (size_t i = 0; i < base.size(); ++i) {
    if (base[i] == 1) reshaped.order.push_back(static_cast<int32_t>(i));
  }
  return reshaped;
}

}  // namespace wranglet
