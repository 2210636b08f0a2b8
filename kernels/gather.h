// Elements by tables of where they are: Pad in all its modes, and Resize to the nearest pixel. An
// output's element lies where the sum of its indices' offsets tells, each from a table of its
// dimension's. The planner (plan/gathering.h) makes the tables. Called by steps.cc.

#ifndef WRANGLET_KERNELS_GATHER_H_
#define WRANGLET_KERNELS_GATHER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/simd.h"

namespace wranglet {

inline constexpr int32_t kMaxGatherRank = 5;

// An offset that is none: such elements are filled.
inline constexpr int32_t kGatherFill = -1;

struct GatherParams {
  // Outermost first. Dimensions that are not there have size 1, and the offset 0.
  std::array<int32_t, kMaxGatherRank> sizes = {1, 1, 1, 1, 1};
  // A row is what is inside of these dimensions: runs, one after the other.
  int32_t row_runs = 0, row_bytes = 0;
  // What elements without a place are: bytes that repeat.
  std::array<int32_t, 4> fill = {};

  template <typename V>
  void ForEachField(V&& v) const {
    v("sizes", sizes), v("row_runs", row_runs), v("row_bytes", row_bytes), v("fill", fill);
  }
};

namespace gather_internal {

// `bytes` bytes of the pattern; they are whole elements.
inline void Fill(uint8_t* to, const std::array<int32_t, 4>& pattern, size_t bytes) {
  if (bytes < 16) {
    CopyBytes(to, pattern.data(), bytes);
    return;
  }
  const v128_t value = wasm_v128_load(pattern.data());
  for (size_t i = 0; i + 16 < bytes; i += 16) wasm_v128_store(to + i, value);
  wasm_v128_store(to + bytes - 16, value);  // may overlap the one before by whole elements
}

}  // namespace gather_internal

// `tables` has the offsets in bytes of each dimension's indices, outermost first, then each run's
// offset and length in bytes. input and output may not overlap.
inline void GatherRuns(const GatherParams& params, const uint8_t* input, const int32_t* tables,
                       uint8_t* output) {
  const auto& n = params.sizes;
  const int32_t* table[kMaxGatherRank];
  for (size_t i = 0; i < n.size(); tables += n[i], ++i) table[i] = tables;
  const int32_t* const runs = tables;
  const auto row = [&](int32_t base, bool is_filled) {
    if (is_filled) {
      gather_internal::Fill(output, params.fill, static_cast<size_t>(params.row_bytes));
      output += params.row_bytes;
      return;
    }
    for (int32_t run = 0; run < params.row_runs; ++run) {
      const int32_t from = runs[2 * run];
      const auto bytes = static_cast<size_t>(runs[2 * run + 1]);
      if (from == kGatherFill) {
        gather_internal::Fill(output, params.fill, bytes);
      } else {
        CopyBytes(output, input + base + from, bytes);
      }
      output += bytes;
    }
  };
  for (int32_t a = 0; a < n[0]; ++a) {
    for (int32_t b = 0; b < n[1]; ++b) {
      for (int32_t c = 0; c < n[2]; ++c) {
        for (int32_t d = 0; d < n[3]; ++d) {
          const int32_t outer[] = {table[0][a], table[1][b], table[2][c], table[3][d]};
          const int32_t base = outer[0] + outer[1] + outer[2] + outer[3];
          const bool is_filled = (outer[0] | outer[1] | outer[2] | outer[3]) < 0;
          for (int32_t e = 0; e < n[4]; ++e) {
            row(base + table[4][e], is_filled || table[4][e] < 0);
          }
        }
      }
    }
  }
}

}  // namespace wranglet

#endif  // WRANGLET_KERNELS_GATHER_H_
