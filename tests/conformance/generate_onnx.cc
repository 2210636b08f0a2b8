// Writes small random ONNX networks and inputs for them:
//   generate_onnx SEED COUNT FOLDER
// COUNT networks of each operator, in float32 and quantised to int8 and uint8, and as many
// quantised chains as there are operators. Files and listing are as generate_tflite's, N.onnx.

#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/compiler/base/file.h"
#include "tests/conformance/generator_main.h"
#include "tests/conformance/random_onnx.h"
#include "tests/conformance/random_qdq.h"

namespace wranglet {
namespace {

void AppendConv(RandomOnnx& net) {
  const Dims x = net.PickImage();
  const OnnxWindow w(net, x, true);
  const int64_t groups = net.OneIn(3) ? x[1] : 1;  // depthwise or dense
  const int64_t channels = groups == 1 ? net.PickChannels() : groups * net.Pick(1, 2);
  net.Input("x", x);
  net.Constant("w", {channels, x[1] / groups, w.kernel[0], w.kernel[1]}, -1, 1);
  net.Constant("b", {channels}, -2, 2);
  net.Node("Conv", net.OneIn(4) ? std::vector<std::string>{"x", "w"}
                                : std::vector<std::string>{"x", "w", "b"});
  w.Write(net.model);
  net.model.With("dilations", w.dilations).With("group", groups);
}

void AppendConvTranspose(RandomOnnx& net) {
  Dims x = net.PickImage();
  const int64_t groups = net.OneIn(3) ? net.Pick(2, 3) : 1, channels = net.PickChannels();
  x[1] *= groups;
  const Dims kernel = {net.Pick(2, 4), net.Pick(2, 4)};
  const Dims dilations = {net.OneIn(3) ? 2 : 1, net.OneIn(3) ? 2 : 1};
  net.Input("x", x);
  net.Constant("w", {x[1], channels, kernel[0], kernel[1]}, -1, 1);
  net.Constant("b", {channels * groups}, -2, 2);
  net.Node("ConvTranspose", {"x", "w", "b"});
  net.model.With("kernel_shape", kernel).With("strides", Dims{net.Pick(1, 3), net.Pick(1, 3)});
  net.model.With("group", groups).With("dilations", dilations);
}

template <bool is_average>
void AppendPool(RandomOnnx& net) {
  const Dims x = net.PickImage();
  const OnnxWindow w(net, x, false);
  net.Input("x", x);
  net.Node(is_average ? "AveragePool" : "MaxPool", {"x"});
  w.Write(net.model);
  if (is_average) net.model.With("count_include_pad", int64_t{net.Pick(0, 1)});
}

void AppendNormalization(RandomOnnx& net) {
  const Dims x = net.PickImage();
  net.Input("x", x);
  for (const char* name : {"scale", "bias", "mean"}) net.Constant(name, {x[1]}, -2, 2);
  net.Constant("variance", {x[1]}, 0.1f, 4);
  net.Node("BatchNormalization", {"x", "scale", "bias", "mean", "variance"});
}

template <const char* op, bool is_positive>
void AppendUnary(RandomOnnx& net) {
  net.Input("x", net.PickShape(1, 5), is_positive);
  net.Node(op, {"x"});
}

template <const char* op>
void AppendBinary(RandomOnnx& net) {
  const Dims x = net.PickShape(1, 4);
  Dims z = x;
  for (int64_t& size : z) {
    if (net.OneIn(3)) size = 1;
  }
  while (z.size() > 1 && net.OneIn(4)) z.erase(z.begin());
  net.Input("x", x);
  if (net.OneIn(2)) {
    net.Input("z", z, /*is_positive=*/true);  // which may divide
  } else {
    net.Constant("z", z, 0.5f, 2);
  }
  net.Node(op, {"x", "z"});
}

template <bool is_matrix_product>
void AppendProduct(RandomOnnx& net) {
  const Dims x = {net.Pick(1, 7), net.PickChannels()};
  const int64_t channels = net.PickChannels();
  net.Input("x", x);
  if (is_matrix_product) {
    net.Constant("w", {x[1], channels}, -1, 1);
    return net.Node("MatMul", {"x", "w"});
  }
  const bool is_transposed = net.OneIn(2);
  net.Constant("w", is_transposed ? Dims{channels, x[1]} : Dims{x[1], channels}, -1, 1);
  net.Constant("b", {channels}, -2, 2);
  net.Node("Gemm", {"x", "w", "b"});
  net.model.With("transB", int64_t{is_transposed}).With("alpha", net.PickReal(0.5f, 2));
}

template <const char* op>
void AppendAlongAxis(RandomOnnx& net) {
  const Dims x = net.PickShape(2, 4);
  const auto rank = static_cast<int32_t>(x.size());
  const int32_t axis = net.Pick(-rank, rank - 1);
  net.Input("x", x);
  net.Node(op, {"x"});
  const bool is_reduction = std::string_view(op) == "ReduceMean";
  is_reduction ? net.model.With("axes", Dims{axis}) : net.model.With("axis", int64_t{axis});
}

void AppendConcat(RandomOnnx& net) {
  Dims x = net.PickShape(1, 4);
  const int32_t axis = net.Pick(0, static_cast<int32_t>(x.size()) - 1);
  net.Input("x", x);
  x[static_cast<size_t>(axis)] = net.Pick(1, 5);
  net.Input("z", x);
  net.Node("Concat", {"x", "z"});
  net.model.With("axis", int64_t{axis});
}

void AppendTranspose(RandomOnnx& net) {
  const Dims x = net.PickShape(2, 4);
  Dims order(x.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
  for (size_t i = order.size() - 1; i > 0; --i) {
    std::swap(order[i], order[static_cast<size_t>(net.Pick(0, static_cast<int32_t>(i)))]);
  }
  net.Input("x", x);
  net.Node("Transpose", {"x"});
  net.model.With("perm", order);
}

void AppendPad(RandomOnnx& net) {
  static constexpr const char* kModes[] = {"constant", "reflect", "edge"};
  const Dims x = {1, net.Pick(1, 5), net.Pick(4, 9), net.Pick(4, 9)};
  Dims pads(8, 0);
  for (const size_t i : {2u, 3u, 6u, 7u}) pads[i] = net.Pick(0, 3);
  net.Input("x", x);
  net.model.Ints("pads", pads);
  net.Node("Pad", {"x", "pads"});
  net.model.With("mode", std::string(kModes[net.Pick(0, 2)]));
}

void AppendResize(RandomOnnx& net) {
  static constexpr const char* kPlaces[] = {"half_pixel", "asymmetric", "align_corners"};
  const Dims x = net.PickImage();
  const bool is_linear = net.OneIn(2);
  net.Input("x", x);
  net.model.Floats("roi", {0}, {}).Floats("scales", {0}, {});
  net.model.Ints("sizes", {x[0], x[1], net.Pick(1, 13), net.Pick(1, 13)});
  net.Node("Resize", {"x", "roi", "scales", "sizes"});
  net.model.With("mode", std::string(is_linear ? "linear" : "nearest"))
      .With("coordinate_transformation_mode", std::string(kPlaces[net.Pick(0, 2)]));
}

constexpr char kAdd[] = "Add", kSub[] = "Sub", kMul[] = "Mul", kDiv[] = "Div", kMax[] = "Max",
               kMin[] = "Min", kRelu[] = "Relu", kLeakyRelu[] = "LeakyRelu", kElu[] = "Elu",
               kSigmoid[] = "Sigmoid", kTanh[] = "Tanh", kHardSigmoid[] = "HardSigmoid",
               kExp[] = "Exp", kLog[] = "Log", kSqrt[] = "Sqrt", kAbs[] = "Abs", kNeg[] = "Neg",
               kSoftmax[] = "Softmax", kReduceMean[] = "ReduceMean";

constexpr std::pair<const char*, void (*)(RandomOnnx&)> kCases[] = {
    {"Conv", AppendConv},
    {"ConvTranspose", AppendConvTranspose},
    {"AveragePool", AppendPool<true>},
    {"MaxPool", AppendPool<false>},
    {"BatchNormalization", AppendNormalization},
    {"Gemm", AppendProduct<false>},
    {"MatMul", AppendProduct<true>},
    {kAdd, AppendBinary<kAdd>},
    {kSub, AppendBinary<kSub>},
    {kMul, AppendBinary<kMul>},
    {kDiv, AppendBinary<kDiv>},
    {kMax, AppendBinary<kMax>},
    {kMin, AppendBinary<kMin>},
    {kRelu, AppendUnary<kRelu, false>},
    {kLeakyRelu, AppendUnary<kLeakyRelu, false>},
    {kElu, AppendUnary<kElu, false>},
    {kSigmoid, AppendUnary<kSigmoid, false>},
    {kTanh, AppendUnary<kTanh, false>},
    {kHardSigmoid, AppendUnary<kHardSigmoid, false>},
    {kExp, AppendUnary<kExp, false>},
    {kLog, AppendUnary<kLog, true>},
    {kSqrt, AppendUnary<kSqrt, true>},
    {kAbs, AppendUnary<kAbs, false>},
    {kNeg, AppendUnary<kNeg, false>},
    {kSoftmax, AppendAlongAxis<kSoftmax>},
    {kReduceMean, AppendAlongAxis<kReduceMean>},
    {"Concat", AppendConcat},
    {"Transpose", AppendTranspose},
    {"Pad", AppendPad},
    {"Resize", AppendResize},
};

class Generator {
 public:
  Generator(uint32_t seed, std::string folder) : seed_(seed), folder_(std::move(folder)) {}

  Status Floats(uint32_t count) {
    for (const auto& [name, append] : kCases) {
      for (uint32_t i = 0; i < count; ++i) {
        RandomOnnx net(NextSeed());
        append(net);
        WRANGLET_RETURN_IF_ERROR(Write(name, "float32", "float32", net));
      }
    }
    return Done{};
  }

  Status Quantized(uint32_t count) {
    for (const QdqCase& one : QdqCases()) {
      for (const QdqStorage& storage : kQdqStorages) {
        for (uint32_t i = 0; i < count; ++i) WRANGLET_RETURN_IF_ERROR(Chain({one}, storage));
      }
    }
    return Done{};
  }

  // Of two to five operators.
  Status Chains(uint32_t count) {
    const std::vector<QdqCase> cases = QdqCases();
    for (uint32_t i = 0; i < count; ++i) {
      Chance chance(NextSeed());
      std::vector<QdqCase> chain;
      for (int32_t left = chance.Pick(2, 5); left > 0; --left) {
        chain.push_back(
            cases[static_cast<size_t>(chance.Pick(0, static_cast<int32_t>(cases.size()) - 1))]);
      }
      WRANGLET_RETURN_IF_ERROR(Chain(chain, kQdqStorages[i % std::size(kQdqStorages)]));
    }
    return Done{};
  }

  const nlohmann::json& listing() const { return listing_; }

 private:
  uint32_t NextSeed() { return seed_ + static_cast<uint32_t>(listing_.size()); }

  // Operators that take images are left out where there is none any more.
  Status Chain(const std::vector<QdqCase>& chain, const QdqStorage& storage) {
    RandomQdq net(NextSeed(), storage);
    QdqValue x = net.Next(net.PickImage());
    std::string names;
    for (const QdqCase& one : chain) {
      if (one.takes_image && x.shape.size() != 4) continue;
      x = one.append(net, x);
      names += (names.empty() ? "" : " ") + std::string(one.name);
    }
    net.Finish(x);
    return Write(names, std::string("QDQ ") + storage.name, storage.name, net);
  }

  Status Write(const std::string& operators, const std::string& precision, const char* output,
               const RandomOnnx& net) {
    const std::string path = folder_ + "/" + std::to_string(listing_.size());
    WRANGLET_RETURN_IF_ERROR(WriteFile(path + ".onnx", net.model.Bytes()));
    nlohmann::json inputs = nlohmann::json::array();
    for (const std::vector<float>& samples : net.samples) {
      const std::string file = path + ".input" + std::to_string(inputs.size());
      WRANGLET_RETURN_IF_ERROR(WriteFile(file, std::as_bytes(std::span(samples))));
      inputs.push_back({{"dtype", "float32"}, {"shape", net.shapes[inputs.size()]}});
    }
    listing_.push_back({{"seed", NextSeed()},
                        {"operators", operators},
                        {"precision", precision},
                        {"inputs", inputs},
                        {"outputs", {{{"dtype", output}}}}});
    return Done{};
  }

  uint32_t seed_;
  std::string folder_;
  nlohmann::json listing_ = nlohmann::json::array();
};

Status Main(uint32_t seed, uint32_t count, const std::string& folder) {
  Generator generator(seed, folder);
  WRANGLET_RETURN_IF_ERROR(generator.Floats(count));
  WRANGLET_RETURN_IF_ERROR(generator.Quantized(count));
  WRANGLET_RETURN_IF_ERROR(
      generator.Chains(static_cast<uint32_t>(generator.listing().size() / count)));
  std::cout << nlohmann::json{{"samples", kSamples}, {"networks", generator.listing()}}.dump()
            << "\n";
  return Done{};
}

}  // namespace
}  // namespace wranglet

int main(int argc, char** argv) {
  return wranglet::GeneratorMain(argc, argv, "generate_onnx", wranglet::Main);
}
