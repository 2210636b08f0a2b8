#include "plugin/compiler/quantize/fidelity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugin/compiler/quantize/layer_network.h"
#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

LayerNetwork Twice(float factor) {
  LayerNetwork network(3, 1);
  network.Pointwise({2 * factor}, {0});
  return network;
}

TEST(Fidelity, IsSignalOverNoise) {
  const LayerNetwork network = Twice(1);
  const auto samples = network.RandomSamples(5, -1, 1);
  const Result<Fidelity> fidelity = Fidelity::Make(network.graph, samples, {"layer0"});
  ASSERT_TRUE(fidelity.ok());
  EXPECT_EQ(*fidelity->Of(network.graph), (std::vector<double>{Fidelity::kMost}));
  // Off by a tenth of the signal: a hundredth of its power.
  EXPECT_NEAR((*fidelity->Of(Twice(1.1f).graph))[0], 20.0, 1e-3);
  EXPECT_NEAR((*fidelity->Of(Twice(1.1f).graph, {{"layer0", {1 / 1.1f}}}))[0], 120, 40);
}

TEST(Fidelity, ReadsWhatAnInt8NetworkStores) {
  const LayerNetwork network = Twice(1);
  const auto samples = network.RandomSamples(50, -1, 1);
  const Result<Graph> quantized =
      QuantizeGraph(network.graph, {Range{-1, 1}, std::nullopt, std::nullopt, Range{-2, 2}});
  ASSERT_TRUE(quantized.ok()) << quantized.error().ToString();
  const Result<Fidelity> fidelity = Fidelity::Make(network.graph, samples, {"layer0"});
  // Uniform numbers, rounded to a 255th of their range; twice a stored value is one: 20 log10(255).
  EXPECT_NEAR((*fidelity->Of(*quantized))[0], 48.1, 0.8);
}

TEST(Fidelity, ASampleOfAnotherSizeIsAnError) {
  const LayerNetwork network = Twice(1);
  const std::vector<Sample> samples = {LayerNetwork::SampleOf({1, 2})};
  EXPECT_FALSE(Fidelity::Make(network.graph, samples, {"layer0"}).ok());
}

TEST(Fidelity, ANodeThatIsNotThereIsAnError) {
  const LayerNetwork network = Twice(1);
  const Result<Fidelity> fidelity =
      Fidelity::Make(network.graph, network.RandomSamples(1, 0, 1), {"layer7"});
  ASSERT_FALSE(fidelity.ok());
  EXPECT_EQ(fidelity.error().ToString(), "net.onnx: node 'layer7' puts out no real values");
}

TEST(TellingNodes, AreThoseBeforeProbabilities) {
  LayerNetwork network(1, 2);
  network.Pointwise({1, 0, 0, 1}, {0, 0}).Append(Reshape{}).Append(Softmax{}).Append(Reshape{});
  EXPECT_EQ(TellingNodes(network.graph), (std::vector<std::string>{"layer0"}));
  LayerNetwork plain(1, 2);
  plain.Pointwise({1, 0, 0, 1}, {0, 0});
  EXPECT_EQ(TellingNodes(plain.graph), (std::vector<std::string>{"layer0"}));
  EXPECT_TRUE(TellingNodes(LayerNetwork(1, 2).graph).empty());
}

}  // namespace
}  // namespace wranglet
