#include "plugin/compiler/plan/broadcasting.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace wranglet {
namespace {

struct Dimension {
  int32_t size, a_stride, b_stride;
};

// Whether walking `outer` is going on behind the end of `inner`.
bool Continues(const Dimension& inner, const Dimension& outer) {
  return outer.a_stride == inner.a_stride * inner.size &&
         outer.b_stride == inner.b_stride * inner.size;
}

// One operand's sizes, innermost first, and how far apart its elements are.
class Operand {
 public:
  explicit Operand(const Shape& shape) : shape_(shape) {}

  int32_t SizeOf(size_t dimension) const {
    return dimension < shape_.size() ? static_cast<int32_t>(shape_[shape_.size() - 1 - dimension])
                                     : 1;
  }
  // The stride of the next dimension, from the innermost on; 0 of one that is repeated.
  int32_t NextStride(size_t dimension) {
    const int32_t size = SizeOf(dimension), stride = elements_;
    elements_ *= size;
    return size == 1 ? 0 : stride;
  }

 private:
  const Shape& shape_;
  int32_t elements_ = 1;
};

}  // namespace

std::optional<Broadcast> BroadcastOf(const Shape& a, const Shape& b) {
  Operand of_a(a), of_b(b);
  std::vector<Dimension> dimensions;  // innermost first
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const Dimension next = {std::max(of_a.SizeOf(i), of_b.SizeOf(i)), of_a.NextStride(i),
                            of_b.NextStride(i)};
    if (next.size == 1) continue;
    if (!dimensions.empty() && Continues(dimensions.back(), next)) {
      dimensions.back().size *= next.size;
    } else {
      dimensions.push_back(next);
    }
  }
  if (dimensions.size() > kMaxBroadcastRank) return std::nullopt;
  Broadcast broadcast;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    const size_t place = kMaxBroadcastRank - 1 - i;
    broadcast.sizes[place] = dimensions[i].size;
    broadcast.a_strides[place] = dimensions[i].a_stride;
    broadcast.b_strides[place] = dimensions[i].b_stride;
  }
  return broadcast;
}

}  // namespace wranglet
