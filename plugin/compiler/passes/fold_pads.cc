#include <algorithm>
#include <cstddef>
#include <optional>

#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

Window* ConvolutionWindow(Node& node) {
  if (auto* convolution = node.As<Conv2D>()) return &convolution->window;
  if (auto* depthwise = node.As<DepthwiseConv2D>()) return &depthwise->window;
  return nullptr;
}

// What a Pad adds around its images, if it is zeros, and nothing else.
std::optional<Padding> PaddedZeros(const Graph& graph, const Node& node) {
  const auto* pad = node.As<Pad>();
  if (pad == nullptr || pad->mode != Pad::Mode::kConstant || pad->value != 0.0f ||
      pad->before.size() != 4 || pad->before[0] + pad->after[0] + pad->before[3] + pad->after[3] ||
      !graph.tensor(node.inputs[0]).IsStoredLike(graph.tensor(node.outputs[0]))) {
    return std::nullopt;
  }
  return Padding{pad->before[1], pad->before[2], pad->after[1], pad->after[2]};
}

// Whether kernels take it: past the window's reach, whole windows would lie in the padding.
bool IsWithinReach(const Padding& padding, const Window& window, const Shape& filter) {
  const int64_t reach_h = (filter[1] - 1) * window.dilation_h;
  const int64_t reach_w = (filter[2] - 1) * window.dilation_w;
  return std::max(padding.top, padding.bottom) <= reach_h &&
         std::max(padding.left, padding.right) <= reach_w;
}

}  // namespace

Status FoldPads(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    Window* window = ConvolutionWindow(node);
    const auto producer = window != nullptr ? Producer(graph, i) : std::nullopt;
    const auto zeros = producer ? PaddedZeros(graph, graph.nodes[*producer]) : std::nullopt;
    if (!zeros) continue;
    const Padding& own = window->padding;
    const Padding sum = {own.top + zeros->top, own.left + zeros->left, own.bottom + zeros->bottom,
                         own.right + zeros->right};
    if (!IsWithinReach(sum, *window, graph.tensor(node.inputs[1]).shape)) continue;
    window->padding = sum;
    node.inputs[0] = graph.nodes[*producer].inputs[0];
  }
  return RemoveDeadNodes(graph);
}

}  // namespace wranglet
