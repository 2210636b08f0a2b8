#include "plugin/compiler/quantize/plannable.h"

#include <gtest/gtest.h>

#include <vector>

#include "plugin/compiler/quantize/layer_network.h"

namespace wranglet {
namespace {

TEST(PlannablePrecisions, AreTheWantedOnesWhereThereIsAKernel) {
  LayerNetwork network(4, 2);
  network.Pointwise({1, 0, 0, 1}, {3, 3});
  const TensorId twos = network.Constant({1, 1, 4, 2}, std::vector<float>(8, 2));
  network.Append(Binary{Binary::Kind::kDiv}, {twos});
  const Ranges ranges(network.graph.tensors.size(), Range{-1, 1});
  EXPECT_EQ(*PlannablePrecisions(network.graph, ranges, DType::kInt8),
            (Precisions{DType::kInt8, DType::kFloat32}));
  EXPECT_EQ(*PlannablePrecisions(network.graph, ranges, DType::kInt16),
            (Precisions{DType::kInt16, DType::kFloat32}));
}

TEST(PlannablePrecisions, NeedRanges) {
  LayerNetwork network(4, 2);
  network.Pointwise({1, 0, 0, 1}, {3, 3});
  EXPECT_FALSE(PlannablePrecisions(network.graph, {}, DType::kInt8).ok());
}

}  // namespace
}  // namespace wranglet
