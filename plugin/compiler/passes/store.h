// Constant floats as the integers that quantised kernels take.

#ifndef WRANGLET_PLUGIN_COMPILER_PASSES_STORE_H_
#define WRANGLET_PLUGIN_COMPILER_PASSES_STORE_H_

#include <optional>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// A constant of floats that keeps its grid (Tensor::quantization), as int8 or int16; nothing of any
// other tensor, nor when a value is off the grid or out of the type's range.
std::optional<Tensor> StoredOnGrid(const Tensor& floats, DType dtype);

// The bias of a quantised operator, as int32, of scale `input` times those of the filter; nothing
// when it is no constant of floats, or too large for int32.
std::optional<Tensor> StoredBias(const Tensor& floats, float input,
                                 const std::vector<float>& filter);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PASSES_STORE_H_
