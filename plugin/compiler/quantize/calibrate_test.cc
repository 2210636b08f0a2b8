#include "plugin/compiler/quantize/calibrate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "plugin/compiler/quantize/fidelity.h"
#include "plugin/compiler/quantize/quantize.h"
#include "plugin/compiler/run/random_network.h"

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

Result<Calibration> CalibrateRelu(const std::vector<std::vector<float>>& samples) {
  return Calibrate(
      Relu(), {samples.size(), [&](size_t i) -> Result<Sample> { return SampleOf(samples[i]); }});
}

TEST(Calibrate, FindsTheLeastAndGreatestOfAllSamples) {
  const Result<Calibration> calibration = CalibrateRelu({{-3, 1}, {2, 0.5f}, {-1, -2}});
  ASSERT_TRUE(calibration.ok()) << calibration.error().ToString();
  const Ranges ranges = EstimateRanges(Estimator::kMinMax, *calibration);
  EXPECT_EQ(ranges[0], (Range{-3, 2}));
  EXPECT_EQ(ranges[1], (Range{0, 2}));
  EXPECT_EQ((*calibration)[0].channel_most, (std::vector<float>{3, 2}));
  EXPECT_EQ((*calibration)[1].channel_most, (std::vector<float>{2, 1}));
}

TEST(Calibrate, NamesTheTensorThatIsNotFinite) {
  const Result<Calibration> ranges = CalibrateRelu({{-3, 1}, {INFINITY, 1}});
  ASSERT_FALSE(ranges.ok());
  EXPECT_EQ(
      ranges.error().ToString(),
      "relu.onnx: tensor 'x' is not finite in calibration sample 2; check the normalisation and "
      "the network");
}

TEST(Calibrate, RefusesASampleOfAnotherSize) { EXPECT_FALSE(CalibrateRelu({{1, 2, 3}}).ok()); }

TEST(Calibrate, PassesOnWhatAilsASample) {
  const Result<Calibration> ranges =
      Calibrate(Relu(), {1, [](size_t) -> Result<Sample> { return Error{.message = "gone"}; }});
  ASSERT_FALSE(ranges.ok());
  EXPECT_EQ(ranges.error().message, "gone");
}

// One random network, float and int8, on samples it was calibrated with: of each output's node the
// signal-to-noise ratio.
std::vector<double> DecibelsOf(uint32_t seed) {
  RandomNetwork network(seed, DType::kFloat32);
  const Graph& graph = network.graph();
  std::vector<Sample> samples;
  for (int i = 0; i < 8; ++i) samples.push_back({network.RandomInput()});
  const Result<Calibration> calibration =
      Calibrate(graph, {samples.size(), [&](size_t i) -> Result<Sample> { return samples[i]; }});
  EXPECT_TRUE(calibration.ok()) << calibration.error().ToString();
  // A quotient has no kernel in int8.
  Precisions precisions = Uniform(graph, DType::kInt8);
  for (size_t i = 0; i < precisions.size(); ++i) {
    const auto* binary = graph.nodes[i].As<Binary>();
    if (binary && binary->kind == Binary::Kind::kDiv) precisions[i] = DType::kFloat32;
  }
  const Result<Graph> quantized =
      QuantizeGraph(graph, EstimateRanges(Estimator::kMinMax, *calibration), precisions);
  EXPECT_TRUE(quantized.ok()) << quantized.error().ToString();
  const Result<Fidelity> fidelity = Fidelity::Make(graph, samples, TellingNodes(graph));
  EXPECT_TRUE(fidelity.ok()) << fidelity.error().ToString();
  const Result<std::vector<double>> decibels = fidelity->Of(*quantized);
  EXPECT_TRUE(decibels.ok()) << decibels.error().ToString();
  return *decibels;
}

// Eight bits give about 40 dB; each layer adds the noise of its own rounding. A few networks have a
// sum whose activation lets through hardly a step of its operands, or an output that is all zeros.
TEST(QuantizedNetworks, KeepCloseToTheFloatOnes) {
  std::vector<double> decibels;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const std::vector<double> some = DecibelsOf(seed);
    decibels.insert(decibels.end(), some.begin(), some.end());
    if (HasFailure()) return;
  }
  ASSERT_GT(decibels.size(), 150u);
  std::sort(decibels.begin(), decibels.end());
  EXPECT_GT(decibels[decibels.size() / 20], 10.0);
  EXPECT_GT(decibels[decibels.size() / 2], 30.0);
}

}  // namespace
}  // namespace wranglet
