#include "plugin/compiler/import/onnx_seeds.h"

#include <cstdint>
#include <string>

#include "plugin/compiler/import/onnx_builder.h"

namespace wranglet {
namespace {

using Sizes = std::vector<int64_t>;

std::vector<float> Ramp(size_t count) {
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) values.push_back(0.25f * static_cast<float>(i % 9) - 1);
  return values;
}

void AppendNormalization(OnnxBuilder& model, const std::string& from, const std::string& to) {
  for (const char* parameter : {".s", ".b", ".m"}) model.Floats(to + parameter, {4}, Ramp(4));
  model.Floats(to + ".v", {4}, {0, 1, 2, 3});
  model.Node("BatchNormalization", {from, to + ".s", to + ".b", to + ".m", to + ".v"}, to);
}

// An inverted residual block and a classifier, as MobileNetV2 has them.
onnx::ModelProto MobileNet() {
  OnnxBuilder model(11);
  model.Input("x", {0, 4, 6, 5}).Floats("w1", {4, 4, 1, 1}, Ramp(16)).Floats("b1", {4}, Ramp(4));
  model.Node("Conv", {"x", "w1", "b1"}, "a");
  AppendNormalization(model, "a", "b");
  model.Floats("zero", {}, {0}).Floats("six", {}, {6}).Node("Clip", {"b", "zero", "six"}, "c");
  model.Floats("w2", {4, 1, 3, 3}, Ramp(36)).Node("Conv", {"c", "w2"}, "d");
  model.With("group", int64_t{4}).With("pads", std::vector<int64_t>{1, 1, 1, 1});
  model.Node("Add", {"x", "d"}, "e").Node("Relu", {"e"}, "f");
  model.Node("GlobalAveragePool", {"f"}, "g")
      .Node("Flatten", {"g"}, "h")
      .Node("Dropout", {"h"}, "i");
  model.Floats("w3", {3, 4}, Ramp(12)).Floats("b3", {3}, Ramp(3));
  model.Node("Gemm", {"i", "w3", "b3"}, "j").With("transB", int64_t{1}).With("alpha", 0.5f);
  model.Node("Softmax", {"j"}, "y").Output("y");
  return model.model;
}

// Shapes computed as exporters do, and a classifier of MatMul and Add.
onnx::ModelProto ComputedShapes() {
  OnnxBuilder model(13);
  model.Input("x", {0, 4, 3, 2}).Ints("first", {0}).Ints("rest", {-1}).Ints("axes", {0});
  AppendNormalization(model, "x", "a");
  model.Node("Shape", {"a"}, "b").Node("Gather", {"b", "first"}, "c");
  model.Node("Cast", {"c"}, "d").With("to", int64_t{onnx::TensorProto::INT64});
  model.Node("Concat", {"d", "rest"}, "e").With("axis", int64_t{0});
  model.Node("Reshape", {"a", "e"}, "f")
      .Floats("w", {24, 3}, Ramp(72))
      .Floats("bias", {3}, Ramp(3));
  model.Node("MatMul", {"f", "w"}, "g").Node("Add", {"g", "bias"}, "h");
  model.Node("Unsqueeze", {"h", "axes"}, "i").Node("Squeeze", {"i", "axes"}, "j");
  model.Node("Constant", {}, "k")
      .With("value_float", 0.5f)
      .Node("Mul", {"j", "k"}, "y")
      .Output("y");
  return model.model;
}

// Operators of elements and means, on images in both layouts.
onnx::ModelProto Layouts() {
  OnnxBuilder model(13);
  model.Input("x", {1, 3, 5, 4})
      .Floats("w", {8, 2, 3, 2}, Ramp(96))
      .Floats("c", {8, 1, 1}, Ramp(8));
  model.Node("Transpose", {"x"}, "a").With("perm", std::vector<int64_t>{0, 3, 1, 2});
  model.Node("Conv", {"a", "w"}, "b").With("group", int64_t{2}).With("auto_pad", "SAME_UPPER");
  model.With("strides", std::vector<int64_t>{2, 1}).With("dilations", std::vector<int64_t>{1, 2});
  model.Node("Sub", {"b", "c"}, "d").Node("Max", {"d", "b"}, "e").Node("Min", {"e", "c"}, "f");
  model.Node("ReduceMean", {"f"}, "g").With("axes", std::vector<int64_t>{2, 3});
  model.Node("Identity", {"g"}, "h").Node("Softmax", {"h"}, "i").With("axis", int64_t{1});
  model.Node("Add", {"f", "i"}, "y").Output("y").Output("g");
  return model.model;
}

// `from`, quantised to uint8 and back.
void AppendQuantization(OnnxBuilder& model, const std::string& from, const std::string& to,
                        float scale, int32_t zero_point) {
  model.Floats(to + ".s", {}, {scale})
      .Stored(to + ".z", {}, onnx::TensorProto::UINT8, {zero_point});
  model.Node("QuantizeLinear", {from, to + ".s", to + ".z"}, to + ".q");
  model.Node("DequantizeLinear", {to + ".q", to + ".s", to + ".z"}, to);
}

// A quantised convolution, with one scale a channel, a residual and a pool.
onnx::ModelProto Quantized() {
  using onnx::TensorProto;
  OnnxBuilder model(13);
  model.Input("x", {1, 2, 4, 4});
  AppendQuantization(model, "x", "a", 0.02f, 128);
  model.Stored("w.q", {2, 2, 1, 1}, TensorProto::INT8, {1, -2, 127, -128});
  model.Floats("w.s", {2}, {0.5f, 0.25f}).Stored("w.z", {2}, TensorProto::INT8, {0, 0});
  model.Node("DequantizeLinear", {"w.q", "w.s", "w.z"}, "w").With("axis", int64_t{0});
  model.Stored("b.q", {2}, TensorProto::INT32, {100, -200}).Floats("b.s", {2}, {0.01f, 0.005f});
  model.Node("DequantizeLinear", {"b.q", "b.s"}, "b").With("axis", int64_t{0});
  model.Node("Conv", {"a", "w", "b"}, "c").Node("Relu", {"c"}, "d");
  AppendQuantization(model, "d", "e", 0.1f, 0);
  model.Node("Add", {"a", "e"}, "f");
  AppendQuantization(model, "f", "g", 0.1f, 100);
  model.Node("GlobalAveragePool", {"g"}, "h");
  AppendQuantization(model, "h", "i", 0.05f, 120);
  model.Node("Flatten", {"i"}, "y").Output("y");
  return model.model;
}

// A decoder: what goes up in size again, is cut, joined and padded.
onnx::ModelProto Images() {
  OnnxBuilder model(13);
  model.Input("x", {1, 4, 6, 5})
      .Floats("w", {4, 2, 3, 3}, Ramp(72))
      .Floats("slopes", {4, 1, 1}, Ramp(4));
  model.Node("PRelu", {"x", "slopes"}, "a");
  model.Node("MaxPool", {"a"}, "b").With("kernel_shape", Sizes{2, 2});
  model.With("strides", Sizes{2, 2}).With("ceil_mode", int64_t{1});
  model.Node("ConvTranspose", {"b", "w"}, "c").With("strides", Sizes{2, 2});
  model.With("pads", Sizes{1, 1, 0, 0}).Node("SpaceToDepth", {"c"}, "d");
  model.With("blocksize", int64_t{2}).Node("DepthToSpace", {"d"}, "e");
  model.With("blocksize", int64_t{2}).With("mode", "CRD").Ints("pads", {0, 0, 1, 0, 0, 0, -1, 2});
  model.Node("Pad", {"e", "pads"}, "f").With("mode", "reflect");
  model.Ints("from", {1, -1}).Ints("to", {100, -100}).Ints("axes", {1, 3}).Ints("steps", {1, -1});
  model.Node("Slice", {"f", "from", "to", "axes", "steps"}, "g");
  model.Node("Concat", {"f", "g"}, "h").With("axis", int64_t{1}).Ints("parts", {1, 2});
  model.Node("Split", {"h", "parts"}, "i").With("axis", int64_t{1});
  model.graph().mutable_node(model.graph().node_size() - 1)->add_output("j");
  model.Floats("none", {0}, {}).Floats("scales", {4}, {1, 1, 2, 2});
  model.Node("Resize", {"j", "none", "scales"}, "k").With("mode", "linear");
  model.Node("Upsample", {"k", "scales"}, "l").Node("AveragePool", {"l"}, "m");
  model.With("kernel_shape", Sizes{3, 2}).With("count_include_pad", int64_t{1});
  model.Node("GlobalMaxPool", {"m"}, "y").Output("y").Output("i");
  return model.model;
}

// Every function of single elements, one behind the other.
onnx::ModelProto Functions() {
  OnnxBuilder model(20);
  model.Input("x", {1, 2, 3});
  std::string from = "x";
  for (const char* op : {"Abs", "Elu", "Exp", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu",
                         "Log", "Neg", "Reciprocal", "Selu", "Sigmoid", "Sqrt", "Tanh"}) {
    model.Node(op, {from}, op);
    from = op;
  }
  model.Floats("two", {}, {2}).Floats("half", {1, 3}, {0.5f, 1, 2}).Node("Pow", {from, "two"}, "a");
  model.Node("Div", {"a", "half"}, "b").Node("Sum", {"a", "b", "x"}, "c");
  model.Node("Mean", {"a", "c"}, "y").Output("y");
  return model.model;
}

// Products, reductions and norms of vectors.
onnx::ModelProto Vectors() {
  OnnxBuilder model(17);
  model.Input("x", {1, 3, 4}).Floats("s", {4}, Ramp(4)).Floats("t", {3}, Ramp(3)).Ints("two", {2});
  model.Node("LayerNormalization", {"x", "s", "s"}, "a");
  model.Node("InstanceNormalization", {"a", "t", "t"}, "b").Node("Transpose", {"b"}, "c");
  model.With("perm", Sizes{0, 2, 1}).Node("MatMul", {"b", "c"}, "d");
  model.Node("LpNormalization", {"d"}, "e").With("axis", int64_t{1});
  model.Node("ReduceL2", {"e"}, "f").With("axes", Sizes{1}).Node("ReduceSum", {"f", "two"}, "g");
  model.With("keepdims", int64_t{0}).Node("ReduceSumSquare", {"g"}, "h");
  model.With("keepdims", int64_t{0}).Node("ArgMax", {"d"}, "i").With("axis", int64_t{2});
  model.Node("ArgMin", {"d"}, "j").With("keepdims", int64_t{0});
  model.Node("Size", {"d"}, "k").Node("Cast", {"k"}, "l").With("to", int64_t{1});
  model.Ints("shape", {3, 3}).Node("ConstantOfShape", {"shape"}, "m").Node("Add", {"m", "l"}, "n");
  model.Node("Mul", {"d", "n"}, "y").Output("y").Output("h").Output("i").Output("j");
  return model.model;
}

}  // namespace

std::vector<onnx::ModelProto> SeedModels() {
  return {MobileNet(), ComputedShapes(), Layouts(), Quantized(), Images(), Functions(), Vectors()};
}

}  // namespace wranglet
