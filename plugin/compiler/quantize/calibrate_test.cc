#include "plugin/compiler/quantize/calibrate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "plugin/compiler/plan/plan.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/run/random_network.h"
#include "plugin/compiler/run/reference_evaluation.h"
#include "plugin/compiler/run/runner.h"

namespace wranglet {
namespace {

Sample SampleOf(const std::vector<float>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {{bytes.begin(), bytes.end()}};
}

// y = max(x, 0), of two elements.
Graph Relu() {
  Graph graph;
  graph.file = "relu.onnx";
  graph.inputs = {graph.Add({.name = "x", .shape = {1, 2}})};
  graph.outputs = {graph.Add({.name = "y", .shape = {1, 2}})};
  graph.nodes.push_back({"relu", Clamp{Activation{.min = 0}}, graph.inputs, graph.outputs});
  return graph;
}

Result<Ranges> CalibrateRelu(const std::vector<std::vector<float>>& samples) {
  MinMaxEstimator estimator;
  return Calibrate(Relu(), estimator, samples.size(),
                   [&](size_t i) -> Result<Sample> { return SampleOf(samples[i]); });
}

TEST(Calibrate, FindsTheLeastAndGreatestOfAllSamples) {
  const Result<Ranges> ranges = CalibrateRelu({{-3, 1}, {2, 0.5f}, {-1, -2}});
  ASSERT_TRUE(ranges.ok()) << ranges.error().ToString();
  EXPECT_EQ((*ranges)[0], (Range{-3, 2}));
  EXPECT_EQ((*ranges)[1], (Range{0, 2}));
}

TEST(Calibrate, NamesTheTensorThatIsNotFinite) {
  const Result<Ranges> ranges = CalibrateRelu({{-3, 1}, {INFINITY, 1}});
  ASSERT_FALSE(ranges.ok());
  EXPECT_EQ(
      ranges.error().ToString(),
      "relu.onnx: tensor 'x' is not finite in calibration sample 2; check the normalisation and "
      "the network");
}

TEST(Calibrate, RefusesASampleOfAnotherSize) { EXPECT_FALSE(CalibrateRelu({{1, 2, 3}}).ok()); }

TEST(Calibrate, PassesOnWhatAilsASample) {
  MinMaxEstimator estimator;
  const Result<Ranges> ranges = Calibrate(
      Relu(), estimator, 1, [](size_t) -> Result<Sample> { return Error{.message = "gone"}; });
  ASSERT_FALSE(ranges.ok());
  EXPECT_EQ(ranges.error().message, "gone");
}

// Decibels by which the power of a signal exceeds that of its error, summed over samples.
class Sqnr {
 public:
  void Add(const std::vector<double>& signal, const std::vector<double>& approximation) {
    ASSERT_EQ(signal.size(), approximation.size());
    for (size_t i = 0; i < signal.size(); ++i) {
      signal_ += signal[i] * signal[i];
      noise_ += (signal[i] - approximation[i]) * (signal[i] - approximation[i]);
    }
  }
  double Decibels() const { return 10 * std::log10(signal_ / noise_); }
  bool IsSilent() const { return signal_ < 1e-9; }

 private:
  double signal_ = 0, noise_ = 0;
};

// The input as the int8 network takes it.
std::vector<std::byte> Quantized(const Tensor& input, const std::vector<std::byte>& floats) {
  std::vector<std::byte> bytes;
  for (const double real : RealValues(Tensor{.shape = input.shape}, floats)) {
    const double stored =
        std::nearbyint(real / input.quantization->scale[0]) + input.quantization->zero_point[0];
    bytes.push_back(static_cast<std::byte>(static_cast<int8_t>(std::clamp(stored, -128.0, 127.0))));
  }
  return bytes;
}

// Whether a sum's activation lets through less than eight steps of an operand, so that eight bits
// an operand cannot tell what it will be.
bool IsIllConditioned(const Graph& quantized) {
  return std::any_of(quantized.nodes.begin(), quantized.nodes.end(), [&](const Node& node) {
    const auto scale = [&](TensorId id) { return quantized.tensor(id).quantization->scale[0]; };
    return node.As<Binary>() && std::max(scale(node.inputs[0]), scale(node.inputs[1])) >
                                    255.0f / 8 * scale(node.outputs[0]);
  });
}

// One random network, float and int8, on samples it was calibrated with.
void CompareWithFloat(uint32_t seed, std::vector<double>& decibels) {
  RandomNetwork network(seed, DType::kFloat32);
  const Graph& graph = network.graph();
  std::vector<std::vector<std::byte>> samples;
  for (int i = 0; i < 8; ++i) samples.push_back(network.RandomInput());
  MinMaxEstimator estimator;
  const Result<Ranges> ranges =
      Calibrate(graph, estimator, samples.size(),
                [&](size_t i) -> Result<Sample> { return Sample{samples[i]}; });
  ASSERT_TRUE(ranges.ok()) << ranges.error().ToString();
  const Result<Graph> quantized = QuantizeGraph(graph, *ranges);
  ASSERT_TRUE(quantized.ok()) << quantized.error().ToString();
  const Result<Plan> float_plan = MakePlan(graph), int8_plan = MakePlan(*quantized);
  ASSERT_TRUE(float_plan.ok()) << float_plan.error().ToString();
  ASSERT_TRUE(int8_plan.ok()) << int8_plan.error().ToString();
  if (IsIllConditioned(*quantized)) return;
  Runner float_runner(*float_plan), int8_runner(*int8_plan);
  std::vector<Sqnr> outputs(graph.outputs.size());
  for (const auto& sample : samples) {
    float_runner.SetInput(0, sample);
    float_runner.Run();
    int8_runner.SetInput(0, Quantized(quantized->tensor(quantized->inputs[0]), sample));
    int8_runner.Run();
    for (size_t i = 0; i < outputs.size(); ++i) {
      outputs[i].Add(RealValues(graph.tensor(graph.outputs[i]), float_runner.Output(i)),
                     RealValues(quantized->tensor(quantized->outputs[i]), int8_runner.Output(i)));
    }
  }
  for (const Sqnr& output : outputs) {
    if (!output.IsSilent()) decibels.push_back(output.Decibels());
  }
}

// Eight bits give about 40 dB; each layer adds the noise of its own rounding.
TEST(QuantizedNetworks, KeepCloseToTheFloatOnes) {
  std::vector<double> decibels;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const size_t before = decibels.size();
    CompareWithFloat(seed, decibels);
    if (HasFatalFailure()) return;
    for (size_t i = before; i < decibels.size(); ++i) EXPECT_GT(decibels[i], 15.0);
  }
  EXPECT_GT(decibels.size(), 150u);
  std::sort(decibels.begin(), decibels.end());
  EXPECT_GT(decibels[decibels.size() / 2], 30.0);
}

}  // namespace
}  // namespace wranglet
