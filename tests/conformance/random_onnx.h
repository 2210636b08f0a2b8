// A small ONNX network of one operator under construction, its sizes and constants chance's.

#ifndef WRANGLET_TESTS_CONFORMANCE_RANDOM_ONNX_H_
#define WRANGLET_TESTS_CONFORMANCE_RANDOM_ONNX_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/import/onnx_builder.h"
#include "tests/conformance/chance.h"

namespace wranglet {

// Inferences whose inputs are made.
inline constexpr size_t kSamples = 3;

using Dims = std::vector<int64_t>;

inline int64_t ElementsOf(const Dims& dims) {
  int64_t count = 1;
  for (const int64_t size : dims) count *= size;
  return count;
}

// A network under construction: inputs "x", and "z" when it has two; the output is "y".
class RandomOnnx : public Chance {
 public:
  explicit RandomOnnx(uint32_t seed, int64_t opset = 13) : Chance(seed), model(opset) {}

  Dims PickShape(int32_t least_rank, int32_t most_rank) {
    Dims shape;
    for (int32_t left = Pick(least_rank, most_rank); left > 0; --left) shape.push_back(Pick(1, 9));
    if (!OneIn(3)) shape[0] = 1;
    return shape;
  }
  // NCHW; never a cube, so that NHWC is seen to be another shape.
  Dims PickImage() {
    const Dims image = {OneIn(4) ? 2 : 1, PickChannels(), Pick(1, 9), Pick(2, 9)};
    return image[1] == image[2] && image[2] == image[3] ? PickImage() : image;
  }

  void Input(const std::string& name, const Dims& shape, bool is_positive = false) {
    model.Input(name, shape);
    shapes.push_back(shape);
    std::vector<float> values;
    for (int64_t i = ElementsOf(shape) * static_cast<int64_t>(kSamples); i > 0; --i) {
      values.push_back(is_positive ? PickReal(0.1f, 4) : PickReal(-4, 4));
    }
    samples.push_back(std::move(values));
  }
  void Constant(const std::string& name, const Dims& shape, float low, float high) {
    std::vector<float> values;
    for (int64_t i = ElementsOf(shape); i > 0; --i) values.push_back(PickReal(low, high));
    model.Floats(name, shape, values);
  }
  void Node(const std::string& op, const std::vector<std::string>& inputs) {
    model.Node(op, inputs, "y");
    model.Output("y");
  }

  OnnxBuilder model;
  std::vector<Dims> shapes;  // of each input
  std::vector<std::vector<float>> samples;
};

// A window over the image [N,C,H,W] "x" that has a place on it, as the node's attributes.
struct OnnxWindow {
  Dims kernel, strides = {1, 1}, dilations = {1, 1}, pads = {0, 0, 0, 0};

  OnnxWindow(RandomOnnx& net, const Dims& x, bool may_dilate) {
    kernel = {net.Pick(1, 4), net.Pick(1, 4)};
    if (net.OneIn(3)) {
      strides = {net.Pick(1, 3), net.Pick(1, 3)};
    } else if (may_dilate && net.OneIn(3)) {
      dilations = {net.Pick(1, 2), net.Pick(1, 2)};
    }
    for (size_t i = 0; i < 2; ++i) {
      if (net.OneIn(2)) {
        const auto most = static_cast<int32_t>(kernel[i]) - 1;
        pads[i] = net.Pick(0, most), pads[i + 2] = net.Pick(0, most);
      }
      const auto fits = [&] {
        return (kernel[i] - 1) * dilations[i] < x[i + 2] + pads[i] + pads[i + 2];
      };
      if (!fits()) dilations[i] = 1;
      if (!fits()) kernel[i] = 1, pads[i] = pads[i + 2] = 0;
    }
  }

  void Write(OnnxBuilder& model) const {
    model.With("kernel_shape", kernel).With("strides", strides).With("pads", pads);
  }
};

}  // namespace wranglet

#endif  // WRANGLET_TESTS_CONFORMANCE_RANDOM_ONNX_H_
