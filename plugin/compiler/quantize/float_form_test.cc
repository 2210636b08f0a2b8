#include "plugin/compiler/quantize/float_form.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <vector>

namespace wranglet {
namespace {

template <typename T>
std::vector<std::byte> BytesOf(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

// x float -> Quantize -> fully connected, of two channels with scales of their own -> Dequantize.
// The activations' scale is 0.5.
Graph QuantizedGraph(int32_t zero_point) {
  const Quantization q = {{0.5f}, {zero_point}};
  Graph graph;
  const TensorId x = graph.Add({.name = "x", .shape = {1, 2}});
  const TensorId stored =
      graph.Add({.name = "stored", .dtype = DType::kInt8, .shape = {1, 2}, .quantization = q});
  const TensorId filter = graph.Add({.name = "filter",
                                     .dtype = DType::kInt8,
                                     .shape = {2, 2},
                                     .quantization = Quantization{{0.25f, 2.0f}, {0, 0}, 0},
                                     .constant = BytesOf<int8_t>({4, -8, 1, 3})});
  const TensorId bias = graph.Add({.name = "bias",
                                   .dtype = DType::kInt32,
                                   .shape = {2},
                                   .constant = BytesOf<int32_t>({8, -1})});
  const TensorId sum =
      graph.Add({.name = "sum", .dtype = DType::kInt8, .shape = {1, 2}, .quantization = q});
  const TensorId y = graph.Add({.name = "y", .shape = {1, 2}});
  graph.nodes = {{"quantize", Quantize{}, {x}, {stored}},
                 {"sum", FullyConnected{}, {stored, filter, bias}, {sum}},
                 {"dequantize", Dequantize{}, {sum}, {y}}};
  graph.inputs = {x};
  graph.outputs = {y};
  return graph;
}

TEST(FloatForm, HasTheRealNumbersOfTheStoredOnes) {
  const Graph graph = QuantizedGraph(-28);
  ASSERT_TRUE(Validate(graph).ok());
  const Result<Graph> real = FloatForm(graph);
  ASSERT_TRUE(real.ok()) << real.error().ToString();
  for (const Tensor& tensor : real->tensors) {
    EXPECT_EQ(tensor.dtype, DType::kFloat32) << tensor.name;
    EXPECT_FALSE(tensor.quantization) << tensor.name;
  }
  const auto constant = [&](TensorId id) {
    const auto values = real->tensor(id).ConstantAs<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  EXPECT_EQ(constant(2), (std::vector<float>{1, -2, 2, 6}));
  EXPECT_EQ(constant(3), (std::vector<float>{1, -1})) << "in units of 0.5 * 0.25 and 0.5 * 2";
  EXPECT_TRUE(real->nodes[0].As<Reshape>());
  EXPECT_TRUE(real->nodes[2].As<Reshape>());
}

Activation BoundsWith(int32_t zero_point) {
  const Result<Graph> real = FloatForm(QuantizedGraph(zero_point));
  EXPECT_TRUE(real.ok()) << real.error().ToString();
  return real->nodes[1].As<FullyConnected>()->activation;
}

TEST(FloatForm, ARangeThatBeginsAtZeroStandsForABound) {
  EXPECT_EQ(BoundsWith(-128).min, 0.0f);
  EXPECT_EQ(BoundsWith(-128).max, 127.5f) << "255 steps of 0.5";
}

TEST(FloatForm, ARangeOfBothSignsBoundsNothing) {
  for (const int32_t zero_point : {-127, -28, 126}) {
    EXPECT_TRUE(BoundsWith(zero_point).IsIdentity()) << zero_point;
  }
}

}  // namespace
}  // namespace wranglet
