// Movement: a MoveElements step (kernels/move.h) before its dimensions are merged.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_MOVEMENT_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_MOVEMENT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/move.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Bytes from one element to the next along each dimension of a row-major tensor.
std::vector<int64_t> ByteStrides(const Shape& shape, size_t element_bytes);

struct Movement {
  // Of what moves, outermost dimension first: sizes, and bytes between neighbours along each.
  Shape sizes;
  std::vector<int64_t> from, to;
  int64_t from_start = 0, to_start = 0;  // of the first element, in bytes
  int64_t element_bytes = 1;
};

// As a kernel is told it: dimensions of size 1 are gone, neighbours that are one dimension in input
// and output are merged, and innermost ones that are contiguous in both have become runs. Nothing
// when more than kMaxMoveRank are left.
std::optional<MoveParams> MoveParamsOf(const Movement& movement);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_MOVEMENT_H_
