#include "plugin/compiler/quantize/scheme.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugin/compiler/quantize/quantize.h"

namespace wranglet {
namespace {

// A network of activations 1x2x2x2, of which each node makes one.
class Network {
 public:
  Network() { graph_.inputs = {Add({-1, 1})}; }

  TensorId input() const { return graph_.inputs[0]; }
  Tensor& tensor(TensorId id) { return graph_.tensor(id); }

  // Its output becomes the network's.
  TensorId Append(const Operator& op, std::vector<TensorId> inputs, Range range) {
    const TensorId output = Add(range);
    if (std::holds_alternative<Concat>(op)) {
      graph_.tensors.back().shape.back() *= static_cast<int64_t>(inputs.size());
    }
    graph_.nodes.push_back(
        {"n" + std::to_string(graph_.nodes.size()), op, std::move(inputs), {output}});
    graph_.outputs = {output};
    return output;
  }

  TensorId AddConstant(const std::vector<float>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    const TensorId id = Add({0, 0});
    graph_.tensor(id).shape = {static_cast<int64_t>(values.size())};
    graph_.tensor(id).constant.emplace(bytes.begin(), bytes.end());
    return id;
  }

  TensorId AppendPointwise(TensorId x, Range range) {
    const TensorId filter = AddConstant({1, 0, 0, 1});
    graph_.tensor(filter).shape = {2, 1, 1, 2};
    return Append(Conv2D{}, {x, filter}, range);
  }

  Scheme In(const Precisions& precisions) const {
    EXPECT_TRUE(Validate(graph_).ok()) << Validate(graph_).error().ToString();
    Result<Scheme> scheme = MakeScheme(graph_, ranges_, precisions);
    EXPECT_TRUE(scheme.ok()) << scheme.error().ToString();
    return std::move(scheme).value();
  }
  Scheme InInt8() const { return In(Uniform(graph_, DType::kInt8)); }
  Scheme InInt16() const { return In(Uniform(graph_, DType::kInt16)); }

  // The operators of the quantised network, in their order.
  std::string Operators(const Precisions& precisions) const {
    const Result<Graph> graph = QuantizeGraph(graph_, ranges_, precisions);
    EXPECT_TRUE(graph.ok()) << graph.error().ToString();
    std::string names;
    for (const Node& node : graph->nodes) {
      names += (names.empty() ? "" : " ") + std::string(NameOf(node.op));
    }
    return names;
  }

 private:
  TensorId Add(Range range) {
    const std::string name = "t" + std::to_string(graph_.tensors.size());
    ranges_.push_back(range);
    return graph_.Add({.name = name, .shape = {1, 2, 2, 2}});
  }

  Graph graph_;
  Ranges ranges_;
};

const Quantization& Of(const Scheme& scheme, TensorId id) {
  return *scheme.activations[static_cast<size_t>(id)].quantization;
}

Unary UnaryOf(Unary::Kind kind) { return Unary{.kind = kind}; }

TEST(Scheme, Int16IsSymmetric) {
  Network network;
  const TensorId y = network.AppendPointwise(network.input(), {-3, 1});
  const Scheme scheme = network.InInt16();
  EXPECT_EQ(Of(scheme, network.input()), (Quantization{{1.0f / 32767}, {0}}));
  EXPECT_EQ(Of(scheme, y), (Quantization{{3.0f / 32767}, {0}}));
}

TEST(Scheme, SquashingFunctionsHaveTheParametersOfTensorFlowLite) {
  struct Case {
    Operator op;
    Quantization int8, int16;
  };
  const Quantization unit8 = {{1.0f / 256}, {-128}}, signed8 = {{1.0f / 128}, {0}},
                     int16 = {{1.0f / 32768}, {0}};
  const std::vector<Case> cases = {{Softmax{}, unit8, int16},
                                   {UnaryOf(Unary::Kind::kLogistic), unit8, int16},
                                   {UnaryOf(Unary::Kind::kTanh), signed8, int16},
                                   {L2Normalization{}, signed8, int16}};
  for (const Case& c : cases) {
    Network network;
    const TensorId y = network.Append(c.op, {network.input()}, {0.1f, 0.2f});
    EXPECT_EQ(Of(network.InInt8(), y), c.int8) << NameOf(c.op);
    EXPECT_EQ(Of(network.InInt16(), y), c.int16) << NameOf(c.op);
  }
}

TEST(Scheme, WhatAConcatJoinsSharesParameters) {
  Network network;
  const TensorId a = network.AppendPointwise(network.input(), {-2, 1});
  const TensorId b = network.AppendPointwise(network.input(), {-1, 5});
  const TensorId c = network.Append(Concat{3}, {a, b}, {-9, 9});
  const Scheme scheme = network.InInt8();
  EXPECT_FLOAT_EQ(Of(scheme, c).scale[0], 7.0f / 255);
  EXPECT_EQ(Of(scheme, a), Of(scheme, c));
  EXPECT_EQ(Of(scheme, b), Of(scheme, c));
}

TEST(Scheme, AConcatConvertsWhatCannotShare) {
  Network network;
  const TensorId a = network.Append(Softmax{}, {network.input()}, {0, 1});
  const TensorId b = network.AppendPointwise(network.input(), {-1, 5});
  const TensorId c = network.Append(Concat{3}, {a, b}, {-1, 5});
  const Scheme scheme = network.InInt8();
  EXPECT_EQ(Of(scheme, a).scale[0], 1.0f / 256);
  EXPECT_EQ(Of(scheme, b), Of(scheme, c));
  EXPECT_EQ(network.Operators(Precisions(3, DType::kInt8)), "Softmax Conv2D Quantize Concat");
}

TEST(Scheme, AMaximumWithAConstantHoldsBoth) {
  Network network;
  const TensorId c = network.AddConstant({-4, 0});
  const TensorId y = network.Append(Binary{Binary::Kind::kMaximum}, {network.input(), c}, {0, 1});
  const Scheme scheme = network.InInt8();
  EXPECT_FLOAT_EQ(Of(scheme, y).scale[0], 5.0f / 255);
  EXPECT_EQ(Of(scheme, network.input()), Of(scheme, y));
}

TEST(Scheme, APaddingsValueIsPartOfTheRange) {
  Network network;
  Pad pad{.before = {0, 0, 0, 0}, .after = {0, 0, 0, 0}, .value = -3};
  const TensorId y = network.Append(pad, {network.input()}, {-3, 1});
  EXPECT_FLOAT_EQ(Of(network.InInt8(), y).scale[0], 4.0f / 255);
}

TEST(Scheme, AnInputIsAsWideAsItsWidestReader) {
  Network network;
  network.Append(Reshape{}, {network.input()}, {-1, 1});
  network.AppendPointwise(network.input(), {-2, 1});
  const auto type_of_input = [&](DType first, DType second) {
    return network.In({first, second}).activations[0].dtype;
  };
  EXPECT_EQ(type_of_input(DType::kInt8, DType::kInt8), DType::kInt8);
  EXPECT_EQ(type_of_input(DType::kInt8, DType::kInt16), DType::kInt16);
  EXPECT_EQ(type_of_input(DType::kInt16, DType::kFloat32), DType::kFloat32);
}

TEST(Scheme, MovedValuesKeepTheTypeOfTheNodeBefore) {
  Network network;
  const TensorId a = network.AppendPointwise(network.input(), {-2, 1});
  const TensorId moved = network.Append(Reshape{}, {a}, {-2, 1});
  network.AppendPointwise(moved, {-3, 3});
  const Precisions precisions = {DType::kInt16, DType::kInt8, DType::kInt8};
  const Scheme scheme = network.In(precisions);
  EXPECT_EQ(scheme.activations[static_cast<size_t>(moved)].dtype, DType::kInt16);
  EXPECT_EQ(network.Operators(precisions), "Conv2D Reshape Quantize Conv2D");
}

TEST(QuantizeGraph, OneLayerInInt8AmongFloatOnesIsWrapped) {
  Network network;
  const TensorId a = network.AppendPointwise(network.input(), {-2, 1});
  const TensorId b = network.AppendPointwise(a, {-3, 3});
  network.Append(Binary{}, {a, b}, {-5, 4});
  EXPECT_EQ(network.Operators({DType::kFloat32, DType::kInt8, DType::kFloat32}),
            "Conv2D Quantize Conv2D Dequantize Add");
}

TEST(QuantizeGraph, ReadersOfOneConversionShareIt) {
  Network network;
  const TensorId a = network.AppendPointwise(network.input(), {-2, 1});
  const TensorId b = network.AppendPointwise(a, {-3, 3});
  network.Append(Binary{}, {a, b}, {-5, 4});
  EXPECT_EQ(network.Operators({DType::kInt8, DType::kInt16, DType::kInt16}),
            "Conv2D Quantize Conv2D Add");
}

TEST(QuantizeGraph, IntegersStayAsTheyAre) {
  Network network;
  const TensorId a = network.AppendPointwise(network.input(), {-2, 1});
  Tensor& index = network.tensor(network.Append(ArgMax{.axis = 3}, {a}, {0, 0}));
  index.dtype = DType::kInt32;
  index.shape = {1, 2, 2, 1};
  EXPECT_EQ(network.Operators({DType::kInt8, DType::kInt8}), "Conv2D ArgMax");
}

}  // namespace
}  // namespace wranglet
