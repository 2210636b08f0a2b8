// WindowOf: the shape of a convolution, as its kernels are told it.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_WINDOW_OF_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_WINDOW_OF_H_

#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Of a node that reads an image and a filter, its inputs 0 and 1.
inline WindowShape WindowOf(const Graph& graph, const Node& node, const Window& window) {
  const auto dim = [&](TensorId id, size_t i) {
    return static_cast<int32_t>(graph.tensor(id).shape[i]);
  };
  const TensorId input = node.inputs[0], filter = node.inputs[1], output = node.outputs[0];
  return {.batch = dim(input, 0),
          .in_h = dim(input, 1),
          .in_w = dim(input, 2),
          .in_c = dim(input, 3),
          .out_h = dim(output, 1),
          .out_w = dim(output, 2),
          .out_c = dim(output, 3),
          .kernel_h = dim(filter, 1),
          .kernel_w = dim(filter, 2),
          .stride_h = window.stride_h,
          .stride_w = window.stride_w,
          .dilation_h = window.dilation_h,
          .dilation_w = window.dilation_w,
          .pad_top = window.padding.top,
          .pad_left = window.padding.left};
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_WINDOW_OF_H_
