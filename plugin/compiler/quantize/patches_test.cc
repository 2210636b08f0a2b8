#include "plugin/compiler/quantize/patches.h"

#include <gtest/gtest.h>

#include <vector>

namespace wranglet {
namespace {

// A node over an input, a filter and an output of these shapes.
class Net {
 public:
  Net(const Operator& op, const Shape& in, const Shape& filter, const Shape& out) {
    graph_.Add({.name = "x", .shape = in});
    graph_.Add({.name = "w", .shape = filter});
    graph_.Add({.name = "y", .shape = out});
    graph_.nodes = {{"n", op, {0, 1}, {2}}};
  }
  Patches Of() const { return *Patches::Of(graph_, graph_.nodes[0]); }

 private:
  Graph graph_;
};

std::vector<float> Row(const Patches& patches, const std::vector<float>& x, size_t row,
                       size_t group = 0) {
  std::vector<float> patch(patches.inputs());
  patches.Read(x, row, group, patch);
  return patch;
}

using Floats = std::vector<float>;

TEST(Patches, ReadsZerosAroundAnImage) {
  // 2 x 3 pixels, a window of 2 x 2 in steps of 2, one row above and one column to the left.
  const Net net(Conv2D{.window = {2, 2, 1, 1, {1, 1, 0, 0}}}, {1, 2, 3, 1}, {5, 2, 2, 1},
                {1, 1, 2, 5});
  const Patches patches = net.Of();
  EXPECT_EQ(patches.rows(), 2u);
  EXPECT_EQ(patches.inputs(), 4u);
  EXPECT_EQ(patches.outputs(), 5u);
  const Floats x = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(Row(patches, x, 0), (Floats{0, 0, 0, 1}));
  EXPECT_EQ(Row(patches, x, 1), (Floats{0, 0, 2, 3}));
  EXPECT_EQ(patches.WeightIndex(0, 3, 2), 14u);
}

TEST(Patches, ReadsTheSecondOfTwoImagesAndDilates) {
  const Net net(Conv2D{.window = {1, 1, 1, 2, {}}}, {2, 1, 3, 2}, {1, 1, 2, 2}, {2, 1, 1, 1});
  const Floats x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  EXPECT_EQ(Row(net.Of(), x, 1), (Floats{7, 8, 11, 12}));
}

TEST(Patches, AGroupReadsItsChannelsAlone) {
  const Net net(Conv2D{.groups = 2}, {1, 1, 2, 4}, {6, 1, 1, 2}, {1, 1, 2, 6});
  const Patches patches = net.Of();
  EXPECT_EQ(patches.groups(), 2u);
  EXPECT_EQ(Row(patches, {1, 2, 3, 4, 5, 6, 7, 8}, 1, 1), (Floats{7, 8}));
  EXPECT_EQ(patches.Channel(1, 2), 5u);
  EXPECT_EQ(patches.WeightIndex(1, 2, 1), 11u);
}

TEST(Patches, OfADepthwiseConvolutionAGroupIsAChannel) {
  const Net net(DepthwiseConv2D{.multiplier = 2}, {1, 1, 3, 2}, {1, 1, 2, 4}, {1, 1, 2, 4});
  const Patches patches = net.Of();
  EXPECT_EQ(patches.groups(), 2u);
  EXPECT_EQ(patches.outputs(), 2u);
  EXPECT_EQ(Row(patches, {1, 2, 3, 4, 5, 6}, 1, 1), (Floats{4, 6}));
  EXPECT_EQ(patches.WeightIndex(1, 0, 1), 6u) << "the second tap of output channel 2";
}

TEST(Patches, OfAMatrixProductARowIsAVector) {
  const Net net(FullyConnected{}, {2, 2, 3}, {4, 3}, {2, 2, 4});
  const Patches patches = net.Of();
  EXPECT_EQ(patches.rows(), 4u);
  EXPECT_EQ(Row(patches, {0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6}, 3), (Floats{4, 5, 6}));
}

TEST(Patches, OtherOperatorsHaveNone) {
  Graph graph;
  graph.nodes = {{"n", Softmax{}, {}, {}}};
  EXPECT_FALSE(Patches::Of(graph, graph.nodes[0]));
}

}  // namespace
}  // namespace wranglet
