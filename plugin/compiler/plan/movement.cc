#include "plugin/compiler/plan/movement.h"

#include <cstddef>

namespace wranglet {

std::vector<int64_t> ByteStrides(const Shape& shape, size_t element_bytes) {
  std::vector<int64_t> strides(shape.size());
  auto stride = static_cast<int64_t>(element_bytes);
  for (size_t i = shape.size(); i-- > 0; stride *= shape[i]) strides[i] = stride;
  return strides;
}

std::optional<MoveParams> MoveParamsOf(const Movement& m) {
  struct Dimension {
    int64_t size, from, to;
  };
  int64_t run = m.element_bytes;
  std::vector<Dimension> kept;  // innermost first
  for (size_t i = m.sizes.size(); i-- > 0;) {
    const Dimension d = {m.sizes[i], m.from[i], m.to[i]};
    if (d.size == 1) continue;
    if (kept.empty() && d.from == run && d.to == run) {
      run *= d.size;
    } else if (!kept.empty() && d.from == kept.back().size * kept.back().from &&
               d.to == kept.back().size * kept.back().to) {
      kept.back().size *= d.size;
    } else {
      kept.push_back(d);
    }
  }
  if (kept.size() > kMaxMoveRank) return std::nullopt;
  MoveParams params{.from_start = static_cast<int32_t>(m.from_start),
                    .to_start = static_cast<int32_t>(m.to_start),
                    .run_bytes = static_cast<int32_t>(run)};
  for (size_t i = 0; i < kept.size(); ++i) {
    const size_t at = kMaxMoveRank - 1 - i;
    params.sizes[at] = static_cast<int32_t>(kept[i].size);
    params.from[at] = static_cast<int32_t>(kept[i].from);
    params.to[at] = static_cast<int32_t>(kept[i].to);
  }
  return params;
}

}  // namespace wranglet
