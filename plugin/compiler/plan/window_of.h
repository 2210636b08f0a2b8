// WindowOf: how a window moves over an image, as kernels of convolutions and pools are told it.

#ifndef WRANGLET_PLUGIN_COMPILER_PLAN_WINDOW_OF_H_
#define WRANGLET_PLUGIN_COMPILER_PLAN_WINDOW_OF_H_

#include <cstddef>
#include <cstdint>

#include "kernels/params.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Of images of these shapes, NHWC.
inline WindowShape WindowOf(const Shape& in, const Shape& out, int32_t kernel_h, int32_t kernel_w,
                            const Window& window) {
  const auto dim = [](const Shape& shape, size_t i) { return static_cast<int32_t>(shape[i]); };
  return {.batch = dim(in, 0),
          .in_h = dim(in, 1),
          .in_w = dim(in, 2),
          .in_c = dim(in, 3),
          .out_h = dim(out, 1),
          .out_w = dim(out, 2),
          .out_c = dim(out, 3),
          .kernel_h = kernel_h,
          .kernel_w = kernel_w,
          .stride_h = window.stride_h,
          .stride_w = window.stride_w,
          .dilation_h = window.dilation_h,
          .dilation_w = window.dilation_w,
          .pad_top = window.padding.top,
          .pad_left = window.padding.left};
}

// Of a node that reads an image and a filter, its inputs 0 and 1.
inline WindowShape WindowOf(const Graph& graph, const Node& node, const Window& window) {
  const Shape& filter = graph.tensor(node.inputs[1]).shape;
  return WindowOf(graph.tensor(node.inputs[0]).shape, graph.tensor(node.outputs[0]).shape,
                  static_cast<int32_t>(filter[1]), static_cast<int32_t>(filter[2]), window);
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_PLAN_WINDOW_OF_H_
