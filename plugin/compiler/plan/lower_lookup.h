// Steps that look every element of 8 bits up in a table made here.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_LOOKUP_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_LOOKUP_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/lookup.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/lowering.h"

namespace wranglet {

inline bool Is8Bit(const Tensor& tensor) {
  return IsQuantized(tensor, DType::kInt8) || IsQuantized(tensor, DType::kUint8);
}

// By byte, what becomes of each stored value of type `from`: function(stored), saturated to what
// `into`, the other type of 8 bits, stores.
template <typename Function>
std::vector<uint8_t> TableOf(DType from, DType into, const Function& function) {
  const int32_t least = into == DType::kInt8 ? -128 : 0;
  std::vector<uint8_t> table;
  for (int32_t byte = 0; byte < 256; ++byte) {
    const int32_t stored = from == DType::kInt8 ? static_cast<int8_t>(byte) : byte;
    table.push_back(
        static_cast<uint8_t>(std::clamp<int32_t>(function(stored), least, least + 255)));
  }
  return table;
}

// The node's step from its input to its output, both of 8 bits.
template <typename Function>
void EmitLookup(Lowering& to, const Node& node, const Function& function) {
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  to.Emit(node, Lookup8Params{static_cast<int32_t>(CountOf(output))},
          {to.Read(node.inputs[0]), to.Constant(TableOf(input.dtype, output.dtype, function)),
           to.Write(node.outputs[0])},
          {0});
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_LOWER_LOOKUP_H_
