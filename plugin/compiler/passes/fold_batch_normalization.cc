#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/neighbours.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

// y = factor * x + offset, a channel each. In doubles: of a channel with hardly any variance the
// factor is large, and what is left of its bias a difference of large numbers.
struct Affine {
  std::vector<double> factor, offset;
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
    // A channel that training left dead may have a variance of 0, or a little below. When its scale
    // is 0 too, nothing but its bias counts.
    const double deviation =
        std::sqrt(std::max(0.0, double{variance[c]}) + node.As<BatchNormalization>()->epsilon);
    const double factor = scale[c] == 0 ? 0.0 : scale[c] / deviation;
    const double offset = bias[c] - mean[c] * factor;
    constexpr double kMost = std::numeric_limits<float>::max();
    if (!(std::abs(factor) <= kMost) || !(std::abs(offset) <= kMost)) {
      return graph.ErrorAt(node, "has no variance and no epsilon in channel " + std::to_string(c));
    }
    affine.factor.push_back(factor);
    affine.offset.push_back(offset);
  }
  return affine;
}

void FoldInto(Graph& graph, Node& producer, const Affine& affine) {
  const bool last_axis = producer.As<DepthwiseConv2D>() != nullptr;
  const auto filter = OwnFilter(graph, producer).MutableConstantAs<float>();
  const size_t channels = affine.factor.size(), depth = filter.size() / channels;
  for (size_t i = 0; i < filter.size(); ++i) {
    const double factor = affine.factor[last_axis ? i % channels : i / depth];
    filter[i] = static_cast<float>(filter[i] * factor);
  }
  const auto bias = OwnBias(graph, producer).MutableConstantAs<float>();
  for (size_t c = 0; c < channels; ++c) {
    bias[c] = static_cast<float>(bias[c] * affine.factor[c] + affine.offset[c]);
  }
}

TensorId AddFloats(Graph& graph, std::string name, Shape shape, const std::vector<double>& values) {
  Tensor tensor{.name = std::move(name), .shape = std::move(shape)};
  const std::vector<float> floats(values.begin(), values.end());
  const auto bytes = std::as_bytes(std::span(floats));
  tensor.constant.emplace(bytes.begin(), bytes.end());
  return graph.Add(std::move(tensor));
}

// Node `index` as a depthwise convolution of 1x1, between Reshapes when it is on no image. Returns
// how many nodes it is now.
size_t BecomeDepthwise(Graph& graph, size_t index, const Affine& affine) {
  Node node = graph.nodes[index];
  const Shape shape = graph.tensor(node.inputs[0]).shape;
  const int64_t channels = shape.back();
  const TensorId filter =
      AddFloats(graph, node.name + ".factor", {1, 1, 1, channels}, affine.factor);
  const TensorId bias = AddFloats(graph, node.name + ".offset", {channels}, affine.offset);
  const auto at = graph.nodes.begin() + static_cast<std::ptrdiff_t>(index);
  if (shape.size() == 4) {
    *at = {node.name, DepthwiseConv2D{}, {node.inputs[0], filter, bias}, node.outputs};
    return 1;
  }
  Tensor image{.name = node.name + ".image"};
  image.shape = {1, 1, 1, channels};
  for (size_t i = 0; i + 1 < shape.size(); ++i) image.shape[0] *= shape[i];
  const TensorId before = graph.Add(image), after = graph.Add(image);
  *at = {node.name, Reshape{}, {after}, node.outputs};
  graph.nodes.insert(
      at, {{node.name + ".to_image", Reshape{}, {node.inputs[0]}, {before}},
           {node.name + ".normalize", DepthwiseConv2D{}, {before, filter, bias}, {after}}});
  return 3;
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
      i += BecomeDepthwise(graph, i, affine);
    }
  }
  graph.MakeNamesUnique();
  graph.RemoveUnusedTensors();
  return Done{};
}

}  // namespace wranglet
