#include <gtest/gtest.h>

#include <string>

#include "plugin/compiler/import/onnx_builder.h"
#include "plugin/compiler/import/onnx_import.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

// The operators that are left of a network, in order.
std::string Operators(const OnnxBuilder& model) {
  const std::string bytes = model.Bytes();
  Result<Graph> graph = ImportOnnx("test.onnx", BytesOf(bytes));
  if (!graph.ok()) return graph.error().ToString();
  const Status status = RunPasses(*graph);
  if (!status.ok()) return status.error().ToString();
  std::string names;
  for (const Node& node : graph->nodes)
    names += (names.empty() ? "" : " ") + std::string(NameOf(node.op));
  return names;
}

OnnxBuilder WithNumbers() {
  OnnxBuilder model;
  model.Input("x", {1, 8, 4, 4});
  const auto number = [&](const char* name, float value) { model.Floats(name, {}, {value}); };
  number("0", 0);
  number("0.5", 0.5f);
  number("1", 1);
  number("3", 3);
  number("6", 6);
  number("sqrt2", 1.4142135f);
  number("cubed", 0.044715f);
  number("pi", 0.7978846f);
  return model;
}

TEST(RecognizeFunctions, HardSwishOfClip) {
  OnnxBuilder model = WithNumbers();
  model.Node("Add", {"x", "3"}, "a").Node("Clip", {"a", "0", "6"}, "b");
  model.Node("Mul", {"x", "b"}, "c").Node("Div", {"c", "6"}, "y").Output("y");
  EXPECT_EQ(Operators(model), "HardSwish");
}

TEST(RecognizeFunctions, HardSwishOfHardSigmoid) {
  OnnxBuilder model = WithNumbers();
  model.Node("HardSigmoid", {"x"}, "a").With("alpha", 1.0f / 6).Node("Mul", {"a", "x"}, "y");
  model.Output("y");
  EXPECT_EQ(Operators(model), "HardSwish");
  // Keras' HardSigmoid has another slope.
  OnnxBuilder keras = WithNumbers();
  keras.Node("HardSigmoid", {"x"}, "a").Node("Mul", {"a", "x"}, "y").Output("y");
  EXPECT_EQ(Operators(keras), "HardSigmoid Mul");
}

TEST(RecognizeFunctions, HardSigmoidOfClip) {
  OnnxBuilder model = WithNumbers();
  model.Node("Add", {"3", "x"}, "a").Node("Clip", {"a", "0", "6"}, "b");
  model.Node("Div", {"b", "6"}, "y").Output("y");
  EXPECT_EQ(Operators(model), "HardSigmoid");
}

TEST(RecognizeFunctions, GeluOfErfHoweverItIsMultiplied) {
  OnnxBuilder first = WithNumbers();
  first.Node("Div", {"x", "sqrt2"}, "a").Node("Erf", {"a"}, "b").Node("Add", {"b", "1"}, "c");
  OnnxBuilder second = first, third = first;
  first.Node("Mul", {"x", "c"}, "d").Node("Mul", {"d", "0.5"}, "y").Output("y");
  second.Node("Mul", {"c", "0.5"}, "d").Node("Mul", {"x", "d"}, "y").Output("y");
  third.Node("Mul", {"x", "0.5"}, "d").Node("Mul", {"d", "c"}, "y").Output("y");
  for (const OnnxBuilder& model : {first, second, third}) EXPECT_EQ(Operators(model), "Gelu");
}

TEST(RecognizeFunctions, ErfThatIsPutOutIsNoGelu) {
  OnnxBuilder model = WithNumbers();
  model.Node("Div", {"x", "sqrt2"}, "a").Node("Erf", {"a"}, "b").Node("Add", {"b", "1"}, "c");
  model.Node("Mul", {"x", "c"}, "d").Node("Mul", {"d", "0.5"}, "y").Output("y").Output("b");
  EXPECT_NE(Operators(model).find("(Erf): this operator is not supported"), std::string::npos);
}

TEST(RecognizeFunctions, GeluOfTanh) {
  OnnxBuilder model = WithNumbers();
  model.Floats("cube", {}, {3}).Node("Pow", {"x", "cube"}, "a").Node("Mul", {"cubed", "a"}, "b");
  model.Node("Add", {"x", "b"}, "c").Node("Mul", {"pi", "c"}, "d").Node("Tanh", {"d"}, "e");
  model.Node("Add", {"e", "1"}, "f").Node("Mul", {"x", "0.5"}, "g").Node("Mul", {"g", "f"}, "y");
  model.Output("y");
  EXPECT_EQ(Operators(model), "GeluTanh");
}

TEST(RecognizeFunctions, OtherNumbersAreOtherFunctions) {
  OnnxBuilder model = WithNumbers();
  model.Node("Add", {"x", "1"}, "a").Node("Clip", {"a", "0", "6"}, "b");
  model.Node("Mul", {"x", "b"}, "c").Node("Div", {"c", "6"}, "y").Output("y");
  EXPECT_EQ(Operators(model), "Add Mul Mul");
}

}  // namespace
}  // namespace wranglet
