// For tests: a float network of layers, one behind the other, and samples of its input.

#ifndef WRANGLET_PLUGIN_COMPILER_QUANTIZE_LAYER_NETWORK_H_
#define WRANGLET_PLUGIN_COMPILER_QUANTIZE_LAYER_NETWORK_H_

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/quantize/calibrate.h"
#include "plugin/compiler/quantize/run_samples.h"

namespace wranglet {

// Its input is 1 x 1 x pixels x channels.
class LayerNetwork {
 public:
  LayerNetwork(int64_t pixels, int64_t channels) {
    graph.file = "net.onnx";
    graph.inputs = {graph.Add({.name = "x", .shape = {1, 1, pixels, channels}})};
    graph.outputs = graph.inputs;
  }

  // Filter [outputs][inputs], and a bias.
  LayerNetwork& Pointwise(const std::vector<float>& filter, const std::vector<float>& bias,
                          Activation activation = {}, int32_t groups = 1) {
    const auto outputs = static_cast<int64_t>(bias.size());
    const Shape shape = {outputs, 1, 1, static_cast<int64_t>(filter.size()) / outputs};
    Conv2D op{.groups = groups, .activation = activation};
    return Append(op, {Constant(shape, filter), Constant({outputs}, bias)}, outputs);
  }
  LayerNetwork& Depthwise(const std::vector<float>& filter, const std::vector<float>& bias,
                          Activation activation = {}) {
    const auto channels = static_cast<int64_t>(bias.size());
    return Append(DepthwiseConv2D{.activation = activation},
                  {Constant({1, 1, 1, channels}, filter), Constant({channels}, bias)}, channels);
  }
  LayerNetwork& Append(const Operator& op, const std::vector<TensorId>& constants = {},
                       int64_t channels = 0) {
    std::vector<TensorId> inputs = graph.outputs;
    inputs.insert(inputs.end(), constants.begin(), constants.end());
    Shape shape = graph.tensor(inputs[0]).shape;
    if (channels > 0) shape.back() = channels;
    const std::string name = "layer" + std::to_string(graph.nodes.size());
    graph.outputs = {graph.Add({.name = name + ".out", .shape = shape})};
    graph.nodes.push_back({name, op, inputs, graph.outputs});
    return *this;
  }

  TensorId Constant(const Shape& shape, const std::vector<float>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    Tensor tensor{.name = "c" + std::to_string(graph.tensors.size()), .shape = shape};
    tensor.constant.emplace(bytes.begin(), bytes.end());
    return graph.Add(std::move(tensor));
  }

  // Uniform numbers from `least` to `most`.
  std::vector<Sample> RandomSamples(size_t count, float least, float most,
                                    uint32_t seed = 1) const {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(least, most);
    std::vector<Sample> samples;
    for (size_t i = 0; i < count; ++i) {
      std::vector<float> values(static_cast<size_t>(*ElementCount(graph.tensor(0).shape)));
      for (float& value : values) value = uniform(random);
      samples.push_back(SampleOf(values));
    }
    return samples;
  }

  static Sample SampleOf(const std::vector<float>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    return {{bytes.begin(), bytes.end()}};
  }

  std::span<const float> Filter(size_t node) const {
    return graph.tensor(graph.nodes[node].inputs[1]).ConstantAs<float>();
  }

  Graph graph;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_QUANTIZE_LAYER_NETWORK_H_
