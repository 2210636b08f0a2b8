#include "plugin/compiler/emit/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plugin/compiler/base/base64.h"
#include "plugin/compiler/base/sha256.h"

namespace wranglet {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr size_t kVersionDigits = 16;

Json TensorJson(const PlacedTensor& tensor) {
  Json json = {{"name", tensor.name}, {"shape", tensor.shape}, {"dtype", NameOf(tensor.dtype)}};
  if (tensor.quantization) {
    json["scale"] = tensor.quantization->scale[0];
    json["zeroPoint"] = tensor.quantization->zero_point[0];
  }
  return json;
}

Json ImageJson(const ImageInput& image) {
  return {{"width", image.width},
          {"height", image.height},
          {"color", image.color},
          {"crop", image.crop},
          {"table", Base64Encode(image.table)}};
}

Json InputsJson(const Plan& plan, const ModelInfo& info) {
  Json inputs = Json::array();
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    Json input = TensorJson(plan.inputs[i]);
    if (i < info.images.size() && info.images[i]) input["image"] = ImageJson(*info.images[i]);
    inputs.push_back(std::move(input));
  }
  return inputs;
}

Json OutputsJson(const Graph& graph, const Plan& plan) {
  Json outputs = Json::array();
  for (const PlacedTensor& tensor : plan.outputs) {
    Json output = TensorJson(tensor);
    output["kind"] = OutputKind(graph, tensor.tensor);
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace

const char* OutputKind(const Graph& graph, TensorId output) {
  const std::vector<int32_t> producers = graph.Producers();
  // Operators that keep the values, if in another form, keep their meaning.
  TensorId id = output;
  for (;;) {
    const int32_t producer = producers[static_cast<size_t>(id)];
    if (producer < 0) break;
    const Node& node = graph.nodes[static_cast<size_t>(producer)];
    if (node.As<Softmax>()) return "probabilities";
    if (!node.As<Reshape>() && !node.As<Quantize>() && !node.As<Dequantize>()) break;
    id = node.inputs[0];
  }
  const DType dtype = graph.tensor(output).dtype;
  if (dtype == DType::kInt32 || dtype == DType::kInt64) return "tensor";  // indices: no scores
  const Shape& shape = graph.tensor(output).shape;
  const bool vector = !shape.empty() && shape.back() > 1 &&
                      std::all_of(shape.begin(), shape.end() - 1, [](int64_t d) { return d == 1; });
  return vector ? "logits" : "tensor";
}

std::string Manifest(const Graph& graph, const Plan& plan, const ModelInfo& info,
                     std::string_view steps) {
  const bool embedded = info.storage == WeightsStorage::kEmbedded;
  Json json = {
      {"format", kFormat},
      {"name", info.name},
      {"version",
       Sha256().Update(plan.weights).Update(steps).HexDigest().substr(0, kVersionDigits)},
      {"precision", info.precision},
      {"simd", info.simd},
      {"weights",
       {{"storage", embedded ? "embedded" : "external"},
        {"bytes", plan.weights.size()},
        {"sha256", Sha256().Update(plan.weights).HexDigest()}}},
      {"memory", {{"arena", plan.arena_bytes}, {"arenaLowerBound", plan.arena_lower_bound}}},
      {"macs", plan.macs},
      {"inputs", InputsJson(plan, info)},
      {"outputs", OutputsJson(graph, plan)},
  };
  if (!info.labels.empty()) json["labels"] = info.labels;
  json["compiler"] = info.compiler;
  // Names from the network may hold any bytes; those that are not UTF-8 become U+FFFD.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wranglet
