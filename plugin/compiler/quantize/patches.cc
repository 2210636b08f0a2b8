#include "plugin/compiler/quantize/patches.h"

#include <algorithm>

#include "plugin/compiler/graph/traits.h"

namespace wranglet {

std::optional<Patches> Patches::Of(const Graph& graph, const Node& node) {
  const auto* conv = node.As<Conv2D>();
  const auto* depthwise = node.As<DepthwiseConv2D>();
  if (conv == nullptr && depthwise == nullptr && !node.As<FullyConnected>()) return std::nullopt;
  const Tensor &input = graph.tensor(node.inputs[0]), &output = graph.tensor(node.outputs[0]);
  const Shape& filter = graph.tensor(node.inputs[1]).shape;
  Patches p;
  p.channels_ = input.shape.back();
  p.depth_ = filter.back();
  const int64_t made = output.shape.back();
  p.rows_ = static_cast<size_t>(CountOf(output) / made);
  if (conv != nullptr || depthwise != nullptr) {
    p.window_ = conv != nullptr ? conv->window : depthwise->window;
    p.height_ = input.shape[1];
    p.width_ = input.shape[2];
    p.out_height_ = output.shape[1];
    p.out_width_ = output.shape[2];
    p.kernel_h_ = filter[1];
    p.kernel_w_ = filter[2];
  } else {
    // An image of one pixel a row.
    p.height_ = p.out_height_ = CountOf(input) / p.channels_;
  }
  if (conv != nullptr) p.groups_ = static_cast<size_t>(conv->groups);
  if (depthwise != nullptr) {
    p.groups_ = static_cast<size_t>(p.channels_);
    p.depth_ = 1;
    p.channels_last_ = true;
  }
  p.inputs_ = static_cast<size_t>(p.kernel_h_ * p.kernel_w_ * p.depth_);
  p.outputs_ = static_cast<size_t>(made) / p.groups_;
  return p;
}

void Patches::Read(std::span<const float> input, size_t row, size_t group,
                   std::span<float> patch) const {
  const auto r = static_cast<int64_t>(row);
  const int64_t top = r / out_width_ % out_height_ * window_.stride_h - window_.padding.top;
  const int64_t left = r % out_width_ * window_.stride_w - window_.padding.left;
  const int64_t image = r / (out_width_ * out_height_) * height_ * width_ * channels_;
  const float* from = input.data() + image + static_cast<int64_t>(group) * depth_;
  float* to = patch.data();
  for (int64_t ky = 0; ky < kernel_h_; ++ky) {
    for (int64_t kx = 0; kx < kernel_w_; ++kx, to += depth_) {
      const int64_t y = top + ky * window_.dilation_h, x = left + kx * window_.dilation_w;
      if (y < 0 || y >= height_ || x < 0 || x >= width_) {
        std::fill_n(to, depth_, 0.0f);
      } else {
        std::copy_n(from + (y * width_ + x) * channels_, depth_, to);
      }
    }
  }
}

size_t Patches::WeightIndex(size_t group, size_t output, size_t input) const {
  const size_t channel = Channel(group, output);
  return channels_last_ ? input * groups_ * outputs_ + channel : channel * inputs_ + input;
}

}  // namespace wranglet
