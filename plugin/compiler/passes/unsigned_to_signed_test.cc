#include <gtest/gtest.h>

#include <vector>

#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

Tensor Stored(const char* name, DType dtype, int32_t zero_point) {
  return {.name = name,
          .dtype = dtype,
          .shape = {1, 4},
          .quantization = Quantization{{0.5f}, {zero_point}}};
}

// uint8 x -> Clamp -> hidden -> Add(hidden, constant) -> y, all uint8.
Graph UnsignedNetwork() {
  Graph graph;
  const TensorId x = graph.Add(Stored("x", DType::kUint8, 100));
  const TensorId hidden = graph.Add(Stored("hidden", DType::kUint8, 3));
  Tensor constant = Stored("constant", DType::kUint8, 128);
  constant.constant = {std::byte{0}, std::byte{127}, std::byte{128}, std::byte{255}};
  const TensorId c = graph.Add(std::move(constant));
  const TensorId y = graph.Add(Stored("y", DType::kUint8, 0));
  graph.nodes = {{"clamp", Clamp{{0, 6}}, {x}, {hidden}}, {"add", Binary{}, {hidden, c}, {y}}};
  graph.inputs = {x};
  graph.outputs = {y};
  return graph;
}

TEST(UnsignedToSigned, MovesZeroPointsAndConstants) {
  Graph graph = UnsignedNetwork();
  ASSERT_TRUE(UnsignedToSigned(graph).ok());
  ASSERT_TRUE(Validate(graph).ok());
  const Node& add = graph.nodes[2];
  ASSERT_EQ(add.name, "add");
  const Tensor& hidden = graph.tensor(add.inputs[0]);
  EXPECT_EQ(hidden.dtype, DType::kInt8);
  EXPECT_EQ(hidden.quantization, (Quantization{{0.5f}, {-125}}));
  const Tensor& constant = graph.tensor(add.inputs[1]);
  EXPECT_EQ(constant.quantization, (Quantization{{0.5f}, {0}}));
  const auto stored = constant.ConstantAs<int8_t>();
  EXPECT_EQ(std::vector<int>(stored.begin(), stored.end()), (std::vector<int>{-128, -1, 0, 127}));
}

TEST(UnsignedToSigned, AveragesRoundAsTheyDid) {
  Graph graph;
  const auto image = [](const char* name) {
    Tensor tensor = Stored(name, DType::kUint8, 7);
    tensor.shape = {1, 2, 2, 3};
    return tensor;
  };
  const TensorId x = graph.Add(image("x")), hidden = graph.Add(image("hidden"));
  const TensorId y = graph.Add(image("y"));
  graph.nodes = {{"first", Pool2D{}, {x}, {hidden}}, {"second", Pool2D{}, {hidden}, {y}}};
  graph.inputs = {x};
  graph.outputs = {y};
  ASSERT_TRUE(UnsignedToSigned(graph).ok());
  ASSERT_TRUE(Validate(graph).ok());
  ASSERT_EQ(graph.nodes.size(), 4u);
  EXPECT_EQ(graph.nodes[1].As<Pool2D>()->origin, -128);
  EXPECT_EQ(graph.nodes[2].As<Pool2D>()->origin, -128);
}

TEST(UnsignedToSigned, TheInterfaceStaysAsTheFileHasIt) {
  Graph graph = UnsignedNetwork();
  ASSERT_TRUE(UnsignedToSigned(graph).ok());
  EXPECT_EQ(graph.tensor(graph.inputs[0]).dtype, DType::kUint8);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).dtype, DType::kUint8);
  ASSERT_EQ(graph.nodes.size(), 4u);
  EXPECT_NE(graph.nodes.front().As<Quantize>(), nullptr);
  EXPECT_NE(graph.nodes.back().As<Quantize>(), nullptr);
}

TEST(UnsignedToSigned, AConstantMayBeAnOutputToo) {
  Graph graph = UnsignedNetwork();
  const TensorId constant = graph.nodes[1].inputs[1];
  graph.outputs.push_back(constant);
  ASSERT_TRUE(UnsignedToSigned(graph).ok());
  const Status status = Validate(graph);
  ASSERT_TRUE(status.ok()) << status.error().ToString();
  EXPECT_EQ(graph.tensor(graph.outputs[1]).dtype, DType::kUint8);
  const Tensor& twin = graph.tensor(graph.nodes[2].inputs[1]);
  EXPECT_EQ(twin.dtype, DType::kInt8);
  EXPECT_EQ(twin.ConstantAs<int8_t>()[0], -128);
}

TEST(UnsignedToSigned, AnOutputThatOthersReadIsStoredOnce) {
  Graph graph = UnsignedNetwork();
  graph.outputs.push_back(graph.nodes[0].outputs[0]);
  ASSERT_TRUE(UnsignedToSigned(graph).ok());
  ASSERT_TRUE(Validate(graph).ok());
  EXPECT_EQ(graph.nodes.size(), 5u);
}

TEST(UnsignedToSigned, AQuantizeOfTheInterfaceNeedsNoOther) {
  Graph graph = UnsignedNetwork();
  graph.nodes[0].op = Quantize{};
  graph.nodes[1].op = Quantize{};
  graph.nodes[1].inputs.pop_back();
  ASSERT_TRUE(UnsignedToSigned(graph).ok());
  ASSERT_TRUE(Validate(graph).ok());
  EXPECT_EQ(graph.nodes.size(), 2u);
}

TEST(UnsignedToSigned, NumbersWithoutAScaleStay) {
  Graph graph = UnsignedNetwork();
  for (Tensor& tensor : graph.tensors) tensor.quantization.reset();
  ASSERT_TRUE(UnsignedToSigned(graph).ok());
  for (const Tensor& tensor : graph.tensors) EXPECT_EQ(tensor.dtype, DType::kUint8);
}

}  // namespace
}  // namespace wranglet
