// Writes a MobileNetV2 of any width and input size with random weights, to measure what such
// networks take:
//   random_mobilenet_v2 WIDTH SIZE FILE.onnx

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "plugin/compiler/base/file.h"
#include "plugin/compiler/import/onnx_builder.h"

namespace wranglet {
namespace {

constexpr int64_t kClasses = 10;

// Table 2 of Sandler et al., 2018 (arXiv:1801.04381).
struct Stage {
  int64_t expansion, channels, repeats, stride;
};
constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

// Scaled to a multiple of 8, and by no more than 10 % downwards.
int64_t Scaled(int64_t channels, double width) {
  const double wanted = static_cast<double>(channels) * width;
  const int64_t rounded = std::max<int64_t>(8, static_cast<int64_t>(wanted + 4) / 8 * 8);
  return static_cast<double>(rounded) >= 0.9 * wanted ? rounded : rounded + 8;
}

class Writer {
 public:
  explicit Writer(int64_t size) {
    model_.Input("image", {1, 3, size, size});
    model_.Floats("zero", {}, {0}).Floats("six", {}, {6});
  }

  // A convolution of the tensor before it; `groups` is 1 or its channels.
  void Convolve(int64_t outputs, int64_t kernel, int64_t stride, int64_t groups, bool has_relu6) {
    const int64_t inputs = channels_ / groups;
    const std::string name = Next();
    Filter(name + "_filter", {outputs, inputs, kernel, kernel}, inputs * kernel * kernel);
    model_.Floats(name + "_bias", {outputs}, std::vector<float>(outputs, 0.1f));
    model_.Node("Conv", {last_, name + "_filter", name + "_bias"}, name)
        .With("kernel_shape", std::vector<int64_t>{kernel, kernel})
        .With("strides", std::vector<int64_t>{stride, stride})
        .With("pads", std::vector<int64_t>(4, kernel / 2))
        .With("group", groups);
    last_ = name;
    channels_ = outputs;
    if (has_relu6) Apply("Clip", {"zero", "six"});
  }

  void Block(int64_t outputs, int64_t stride, int64_t expansion) {
    const std::string shortcut = last_;
    const bool adds = stride == 1 && channels_ == outputs;
    const int64_t hidden = channels_ * expansion;
    if (expansion > 1) Convolve(hidden, 1, 1, 1, true);
    Convolve(hidden, 3, stride, hidden, true);
    Convolve(outputs, 1, 1, 1, false);
    if (adds) Apply("Add", {shortcut});
  }

  std::string Finish() {
    Apply("ReduceMean", {});
    model_.With("axes", std::vector<int64_t>{2, 3}).With("keepdims", int64_t{0});
    Filter("classifier", {kClasses, channels_}, channels_);
    model_.Floats("classifier_bias", {kClasses}, std::vector<float>(kClasses, 0));
    Apply("Gemm", {"classifier", "classifier_bias"});
    model_.With("transB", int64_t{1});
    Apply("Softmax", {});
    model_.With("axis", int64_t{1});
    model_.Output(last_);
    return model_.Bytes();
  }

 private:
  std::string Next() { return "t" + std::to_string(++count_); }

  // An operator of the tensor before it and `others`.
  void Apply(const std::string& op, const std::vector<std::string>& others) {
    std::vector<std::string> inputs = {last_};
    inputs.insert(inputs.end(), others.begin(), others.end());
    last_ = Next();
    model_.Node(op, inputs, last_);
  }

  // He's deviation (arXiv:1502.01852), with which activations neither vanish nor explode.
  void Filter(const std::string& name, const std::vector<int64_t>& shape, int64_t terms) {
    std::normal_distribution<float> normal(0, std::sqrt(2.0f / static_cast<float>(terms)));
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    std::vector<float> values(static_cast<size_t>(count));
    std::generate(values.begin(), values.end(), [&] { return normal(random_); });
    model_.Floats(name, shape, values);
  }

  OnnxBuilder model_;
  std::mt19937 random_{1};
  std::string last_ = "image";
  int64_t channels_ = 3;
  int count_ = 0;
};

std::string RandomMobileNetV2(double width, int64_t size) {
  Writer writer(size);
  writer.Convolve(Scaled(32, width), 3, 2, 1, true);
  for (const Stage& stage : kStages) {
    for (int64_t i = 0; i < stage.repeats; ++i) {
      writer.Block(Scaled(stage.channels, width), i == 0 ? stage.stride : 1, stage.expansion);
    }
  }
  // The paper widens the last layer with widths above 1, and never narrows it.
  writer.Convolve(Scaled(1280, std::max(1.0, width)), 1, 1, 1, true);
  return writer.Finish();
}

}  // namespace
}  // namespace wranglet

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: random_mobilenet_v2 WIDTH SIZE FILE.onnx\n";
    return 2;
  }
  const std::string network = wranglet::RandomMobileNetV2(std::stod(argv[1]), std::stol(argv[2]));
  const wranglet::Status written = wranglet::WriteFile(argv[3], network);
  if (written.ok()) return 0;
  std::cerr << written.error().ToString() << "\n";
  return 1;
}
