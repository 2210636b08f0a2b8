// Networks as PyTorch exports them keep no Transpose but those that have work to do.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "plugin/compiler/import/onnx_builder.h"
#include "plugin/compiler/import/onnx_import.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

using Sizes = std::vector<int64_t>;

// NCHW networks of 4 channels, which are built a layer at a time.
class Network {
 public:
  explicit Network(Sizes input = {1, 4, 8, 8}) { model.Input("x", input).Floats("two", {}, {2}); }

  // Appends a node; returns its output's name.
  std::string Add(const char* op, const std::vector<std::string>& inputs) {
    const std::string to = "t" + std::to_string(count_++);
    model.Node(op, inputs, to);
    return to;
  }
  std::string Convolve(const std::string& from, int64_t in = 4) {
    const std::string filter = "w" + std::to_string(count_++);
    model.Floats(filter, {4, in, 1, 1}, std::vector<float>(static_cast<size_t>(4 * in), 0.25f));
    return Add("Conv", {from, filter});
  }
  std::string Quantize(const std::string& from) {
    model.Floats("s" + from, {}, {0.1f}).Stored("z" + from, {}, onnx::TensorProto::UINT8, {128});
    return Add("DequantizeLinear",
               {Add("QuantizeLinear", {from, "s" + from, "z" + from}), "s" + from, "z" + from});
  }

  // How many Transposes are left in the network that ends in `output`.
  size_t Transposes(const std::string& output) {
    model.Output(output);
    const std::string bytes = model.Bytes();
    Result<Graph> graph = ImportOnnx("test.onnx", BytesOf(bytes));
    EXPECT_TRUE(graph.ok()) << graph.error().ToString();
    const Status status = RunPasses(*graph);
    EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().ToString());
    return static_cast<size_t>(std::ranges::count_if(
        graph->nodes, [](const Node& node) { return node.As<Transpose>() != nullptr; }));
  }
  // The same, of one that ends in a vector a channel.
  size_t TransposesBefore(const std::string& image) {
    return Transposes(Add("Flatten", {Add("GlobalAveragePool", {image})}));
  }

  OnnxBuilder model;

 private:
  int count_ = 0;
};

TEST(Layout, ADecoderWithSkips) {
  Network net;
  const std::string skip = net.Convolve("x");
  const std::string down = net.Add("MaxPool", {skip});
  net.model.With("kernel_shape", Sizes{2, 2}).With("strides", Sizes{2, 2});
  const std::string deep = net.Add("LeakyRelu", {net.Convolve(down)});
  net.model.Floats("none", {0}, {}).Floats("scales", {4}, {1, 1, 2, 2});
  const std::string up = net.Add("Resize", {deep, "none", "scales"});
  const std::string joined = net.Add("Concat", {skip, up});
  net.model.With("axis", int64_t{1}).Ints("pads", {0, 0, 1, 1, 0, 0, 1, 1});
  const std::string padded = net.Add("Pad", {joined, "pads"});
  EXPECT_EQ(net.TransposesBefore(net.Convolve(padded, 8)), 0u);
}

TEST(Layout, AChannelShuffleIsOneTranspose) {
  Network net;
  net.model.Ints("split", {1, 2, 2, 8, 8}).Ints("joined", {1, 4, 8, 8});
  const std::string split = net.Add("Reshape", {net.Convolve("x"), "split"});
  const std::string turned = net.Add("Transpose", {split});
  net.model.With("perm", Sizes{0, 2, 1, 3, 4});
  const std::string joined = net.Add("Reshape", {turned, "joined"});
  EXPECT_EQ(net.TransposesBefore(net.Convolve(joined)), 1u);
}

TEST(Layout, PixelsAsTokensLieInOrder) {
  Network net;
  net.model.Ints("rows", {1, 4, 64}).Floats("w", {4, 3}, std::vector<float>(12, 0.5f));
  const std::string tokens =
      net.Add("Transpose", {net.Add("Reshape", {net.Convolve("x"), "rows"})});
  net.model.With("perm", Sizes{0, 2, 1});
  EXPECT_EQ(net.Transposes(net.Add("MatMul", {tokens, "w"})), 0u);
}

TEST(Layout, SlicesSplitsAndSlopes) {
  Network net;
  net.model.Ints("from", {0}).Ints("to", {2}).Ints("axis", {1});
  net.model.Floats("slopes", {4, 1, 1}, {1, 2, 3, 4});
  const std::string bent = net.Add("PRelu", {net.Convolve("x"), "slopes"});
  const std::string low = net.Add("Slice", {bent, "from", "to", "axis"});
  const std::string high = net.Add("Split", {bent});
  net.model.With("axis", int64_t{1});
  net.model.graph().mutable_node(net.model.graph().node_size() - 1)->add_output("rest");
  const std::string joined = net.Add("Concat", {low, high, "rest"});
  net.model.With("axis", int64_t{1});
  EXPECT_EQ(net.TransposesBefore(net.Convolve(joined, 6)), 0u);
}

TEST(Layout, QuantisedImagesFromTheInputOn) {
  Network net;
  const std::string a = net.Quantize(net.Convolve(net.Quantize("x")));
  EXPECT_EQ(net.TransposesBefore(net.Quantize(net.Add("Add", {a, net.Quantize(net.Convolve(a))}))),
            0u);
}

TEST(Layout, AClassifierBehindAFlatten) {
  Network net({1, 4, 2, 2});
  const std::string flat = net.Add("Flatten", {net.Convolve("x")});
  net.model.Floats("w", {16, 3}, std::vector<float>(48, 0.5f));
  EXPECT_EQ(net.Transposes(net.Add("MatMul", {net.Add("Relu", {flat}), "w"})), 0u);
}

TEST(Layout, AttentionToChannels) {
  Network net;
  const std::string image = net.Convolve("x");
  const std::string gate =
      net.Add("Sigmoid", {net.Convolve(net.Add("GlobalAveragePool", {image}))});
  EXPECT_EQ(net.TransposesBefore(net.Convolve(net.Add("Mul", {image, gate}))), 0u);
}

TEST(Layout, SoftmaxAndArgMaxOfChannels) {
  Network net;
  const std::string scores = net.Add("Softmax", {net.Convolve("x")});
  net.model.With("axis", int64_t{1});
  const std::string best = net.Add("ArgMax", {scores});
  net.model.With("axis", int64_t{1}).With("keepdims", int64_t{0});
  EXPECT_EQ(net.Transposes(best), 0u);
}

TEST(Layout, RowsAreImagesOfHeightOne) {
  Network net({1, 4, 16});
  net.model.Floats("w", {4, 4, 3}, std::vector<float>(48, 0.5f));
  const std::string first = net.Add("Relu", {net.Add("Conv", {"x", "w"})});
  const std::string second = net.Add("Conv", {first, "w"});
  EXPECT_EQ(net.TransposesBefore(second), 1u) << "that of the input";
}

}  // namespace
}  // namespace wranglet
