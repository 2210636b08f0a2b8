// Steps that compute rows of an image from rows of an image, and chains of them.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_ROW_CHAIN_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_ROW_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plugin/compiler/plan/lowering.h"

namespace wranglet {

// A step of a chain: output row y comes of the input's rows from y * stride - pad, `kernel` of
// them, as far as they are rows of the image.
struct RowStep {
  size_t step = 0;                       // in Lowering::steps
  size_t input_arg = 0, output_arg = 0;  // of the step's args
  int32_t in_rows = 0, out_rows = 0;     // of the whole images
  int32_t out_width = 0;                 // in pixels
  int64_t in_row_bytes = 0, out_row_bytes = 0;
  int32_t kernel = 1, stride = 1, pad = 0;

  // The rows of the input that output rows [first, end) need.
  int32_t FirstInput(int32_t first) const;
  int32_t EndInput(int32_t end) const;
};

// The longest chain that step `at` is in, each step reading what the one before has made and nobody
// else looks at; fewer than two when it is in none.
std::vector<RowStep> ChainAt(Lowering& lowering, size_t at);

// The params of the call that computes `out_rows` rows from `in_rows` rows, of which `pad_top` are
// missing above.
KernelParams ForRows(const KernelParams& whole, int32_t in_rows, int32_t out_rows, int32_t pad_top,
                     int32_t out_width);

// The scratch buffer that such a call needs, in bytes, 0 where it does not depend on its rows.
int64_t RowScratchBytes(const KernelParams& params);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_ROW_CHAIN_H_
