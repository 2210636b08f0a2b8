#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

// y = factor * x + offset, a channel each.
struct Affine {
  std::vector<float> factor, offset;
};

Result<Affine> ReadAffine(const Graph& graph, const Node& node) {
  for (size_t i = 1; i < 5; ++i) {
    const Tensor& tensor = graph.tensor(node.inputs[i]);
    if (!tensor.constant || tensor.dtype != DType::kFloat32) {
      return graph.ErrorAt(node, "has parameters that are no constant floats");
    }
  }
  const auto values = [&](size_t i) { return graph.tensor(node.inputs[i]).ConstantAs<float>(); };
  const auto scale = values(1), bias = values(2), mean = values(3), variance = values(4);
  Affine affine;
  for (size_t c = 0; c < scale.size(); ++c) {
    // A channel that training left dead may have a variance of 0, or a little below.
    const double deviation = std::sqrt(std::max(0.0, double{variance[c]}) +
                                       node.As<BatchNormalization>()->epsilon);
    if (!(deviation > 0) || !std::isfinite(deviation)) {
      return graph.ErrorAt(node, "has no variance and no epsilon in channel " + std::to_string(c));
    }
    affine.factor.push_back(static_cast<float>(scale[c] / deviation));
    affine.offset.push_back(static_cast<float>(bias[c] - mean[c] * (scale[c] / deviation)));
  }
  return affine;
}

void FoldInto(Graph& graph, Node& producer, const Affine& affine) {
  const bool last_axis = producer.As<DepthwiseConv2D>() != nullptr;
  const auto filter = OwnFilter(graph, producer).MutableConstantAs<float>();
  const size_t channels = affine.factor.size(), depth = filter.size() / channels;
  for (size_t i = 0; i < filter.size(); ++i) {
    filter[i] *= affine.factor[last_axis ? i % channels : i / depth];
  }
  const auto bias = OwnBias(graph, producer).MutableConstantAs<float>();
  for (size_t c = 0; c < channels; ++c) {
    bias[c] = bias[c] * affine.factor[c] + affine.offset[c];
  }
}

TensorId AddFloats(Graph& graph, std::string name, Shape shape, const std::vector<float>& values) {
  Tensor tensor{.name = std::move(name), .shape = std::move(shape)};
  const auto bytes = std::as_bytes(std::span(values));
  tensor.constant.emplace(bytes.begin(), bytes.end());
  return graph.Add(std::move(tensor));
}

// A depthwise convolution of 1x1, which takes images only.
Status BecomeDepthwise(Graph& graph, Node& node, const Affine& affine) {
  const Shape& shape = graph.tensor(node.inputs[0]).shape;
  if (shape.size() != 4) {
    return graph.ErrorAt(node, "is neither after a convolution or matrix product nor on an image");
  }
  const int64_t channels = shape[3];
  const TensorId filter =
      AddFloats(graph, node.name + ".factor", {1, 1, 1, channels}, affine.factor);
  const TensorId bias = AddFloats(graph, node.name + ".offset", {channels}, affine.offset);
  node.op = DepthwiseConv2D{};
  node.inputs = {node.inputs[0], filter, bias};
  return Done{};
}

}  // namespace

Status FoldBatchNormalization(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size();) {
    if (graph.nodes[i].As<BatchNormalization>() == nullptr) {
      ++i;
      continue;
    }
    WRANGLET_ASSIGN(const Affine affine, ReadAffine(graph, graph.nodes[i]));
    const auto producer = SoleProducer(graph, i);
    if (producer && HasFloatWeights(graph, graph.nodes[*producer]) &&
        FusedActivation(graph.nodes[*producer].op)->IsIdentity()) {
      FoldInto(graph, graph.nodes[*producer], affine);
      MergeIntoProducer(graph, *producer, i);
    } else {
      WRANGLET_RETURN_IF_ERROR(BecomeDepthwise(graph, graph.nodes[i], affine));
      ++i;
    }
  }
  graph.RemoveUnusedTensors();
  return Done{};
}

}  // namespace wranglet
