// Patches: what each output of a convolution or matrix product reads.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_PATCHES_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_PATCHES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// A layer as products of matrices, one a group of output channels: its patches (rows: one an output
// pixel; columns: `inputs`) times its filter.
class Patches {
 public:
  // Nothing of a node that is no Conv2D, DepthwiseConv2D or FullyConnected.
  static std::optional<Patches> Of(const Graph& graph, const Node& node);

  size_t rows() const { return rows_; }
  size_t groups() const { return groups_; }
  size_t inputs() const { return inputs_; }    // numbers an output reads
  size_t outputs() const { return outputs_; }  // channels of a group

  // Row `row` of a group, from the layer's input; zeros where the window reaches beyond it.
  void Read(std::span<const float> input, size_t row, size_t group, std::span<float> patch) const;

  // Where in the filter the weight lies with which `output` of a group reads input `input`.
  size_t WeightIndex(size_t group, size_t output, size_t input) const;
  // The output channel of the layer.
  size_t Channel(size_t group, size_t output) const { return group * outputs_ + output; }

 private:
  Patches() = default;

  size_t rows_ = 0, groups_ = 1, inputs_ = 0, outputs_ = 0;
  int64_t height_ = 1, width_ = 1, channels_ = 0;  // of the input
  int64_t out_height_ = 1, out_width_ = 1;
  int64_t kernel_h_ = 1, kernel_w_ = 1, depth_ = 0;  // depth: input channels of a group
  Window window_;
  bool channels_last_ = false;  // of the filter: the output channel is its last dimension
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_PATCHES_H_
