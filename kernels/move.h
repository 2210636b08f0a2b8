// Elements that change their places: Transpose, Slice and Concat. The planner (plan/movement.h) has
// merged dimensions that stay side by side, so that what moves is runs of bytes, as long as they
// can be. Called by steps.cc.

#ifndef WRANGLET_KERNELS_MOVE_H_
#define WRANGLET_KERNELS_MOVE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/simd.h"

namespace wranglet {

inline constexpr int32_t kMaxMoveRank = 6;

struct MoveParams {
  // Outermost first: sizes, and bytes from one run to the next along each, in input and output.
  // Dimensions that are not there have size 1.
  std::array<int32_t, kMaxMoveRank> sizes = {1, 1, 1, 1, 1, 1};
  std::array<int32_t, kMaxMoveRank> from = {}, to = {};
  int32_t from_start = 0, to_start = 0;  // where the first run is, in bytes
  int32_t run_bytes = 1;

  template <typename V>
  void ForEachField(V&& v) const {
    v("sizes", sizes), v("from", from), v("to", to), v("from_start", from_start);
    v("to_start", to_start), v("run_bytes", run_bytes);
  }
};

namespace move_internal {

// From so many bytes on, the call that memory.copy is in V8 takes less time than a loop.
inline constexpr size_t kLongRun = 512;

// A run of kBytes, or of `bytes` when that is 0.
template <size_t kBytes>
inline void CopyRun(uint8_t* to, const uint8_t* from, size_t bytes) {
  if constexpr (kBytes > 0) {
    std::memcpy(to, from, kBytes);
  } else if (bytes < kLongRun) {
    CopyBytes(to, from, bytes);
  } else {
    std::memcpy(to, from, bytes);
  }
}

// The innermost two dimensions, in squares: where one is contiguous in the input and the other in
// the output, a square's bytes are in the cache when they are used again.
template <size_t kBytes>
inline void MovePlane(const MoveParams& p, const uint8_t* input, uint8_t* output) {
  constexpr int32_t kSquare = 32;
  constexpr size_t kRows = kMaxMoveRank - 2, kColumns = kMaxMoveRank - 1;
  const auto bytes = static_cast<size_t>(p.run_bytes);
  const ptrdiff_t from_row = p.from[kRows], from_column = p.from[kColumns];
  const ptrdiff_t to_row = p.to[kRows], to_column = p.to[kColumns];
  for (int32_t rows = 0; rows < p.sizes[kRows]; rows += kSquare) {
    const int32_t end_row = std::min(rows + kSquare, p.sizes[kRows]);
    for (int32_t columns = 0; columns < p.sizes[kColumns]; columns += kSquare) {
      const int32_t count = std::min(kSquare, p.sizes[kColumns] - columns);
      for (int32_t row = rows; row < end_row; ++row) {
        const uint8_t* from = input + row * from_row + columns * from_column;
        uint8_t* to = output + row * to_row + columns * to_column;
        for (int32_t i = 0; i < count; ++i, from += from_column, to += to_column) {
          CopyRun<kBytes>(to, from, bytes);
        }
      }
    }
  }
}

template <size_t kBytes>
inline void Move(const MoveParams& p, const uint8_t* input, uint8_t* output) {
  const auto& n = p.sizes;
  const auto at = [](const std::array<int32_t, kMaxMoveRank>& strides, int32_t a, int32_t b,
                     int32_t c, int32_t d) {
    return a * strides[0] + b * strides[1] + c * strides[2] + d * strides[3];
  };
  for (int32_t a = 0; a < n[0]; ++a) {
    for (int32_t b = 0; b < n[1]; ++b) {
      for (int32_t c = 0; c < n[2]; ++c) {
        for (int32_t d = 0; d < n[3]; ++d) {
          MovePlane<kBytes>(p, input + p.from_start + at(p.from, a, b, c, d),
                            output + p.to_start + at(p.to, a, b, c, d));
        }
      }
    }
  }
}

}  // namespace move_internal

// input and output may not overlap, but for a move of one plane of one row towards lower addresses,
// by a run or more: its runs are copied one after the other.
inline void MoveElements(const MoveParams& params, const uint8_t* input, uint8_t* output) {
  switch (params.run_bytes) {
    case 1:
      return move_internal::Move<1>(params, input, output);
    case 2:
      return move_internal::Move<2>(params, input, output);
    case 4:
      return move_internal::Move<4>(params, input, output);
    case 8:
      return move_internal::Move<8>(params, input, output);
    default:
      return move_internal::Move<0>(params, input, output);
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_MOVE_H_
