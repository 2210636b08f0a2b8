// Precisions: the types in which a quantised network computes, and stores its activations.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_PRECISIONS_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_PRECISIONS_H_

#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// By node: the type its activations should have, kFloat32, kInt16 or kInt8.
using Precisions = std::vector<DType>;

// All nodes of `graph` in one type.
Precisions Uniform(const Graph& graph, DType dtype);

struct Types {
  std::vector<DType> computes;  // by node: the type of the activations it reads and writes
  std::vector<DType> stored;    // by tensor; float32 of all that is no activation of real numbers
};

// A node computes as `precisions` says, but for one that only moves stored values, which does as
// the node before it, and one that reads or writes other numbers than float32, which stays as it
// is. Each activation is stored as it was computed, an input of the network in the widest type that
// its readers ask for.
Types DecideTypes(const Graph& graph, const Precisions& precisions);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_PRECISIONS_H_
