// `wranglet inspect`

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plugin/compiler/cli/command.h"
#include "plugin/compiler/cli/compile_options.h"
#include "plugin/compiler/cli/compiler.h"
#include "plugin/compiler/cli/layers.h"

namespace wranglet {
namespace {

using Json = nlohmann::ordered_json;

Json CostsJson(const Layer& layer) {
  return {{"macs", layer.macs}, {"parameters", layer.parameters}, {"bytes", layer.bytes}};
}

std::string AsJson(const CompiledModel& model) {
  const std::vector<Layer> layers = LayersOf(model.graph);
  Json list = Json::array();
  for (const Layer& layer : layers) {
    Json json = {{"name", layer.name}, {"op", layer.op}, {"output", layer.output}};
    json.update(CostsJson(layer));
    list.push_back(std::move(json));
  }
  const Plan& plan = model.plan;
  const Json json = {
      {"name", model.info.name},
      {"precision", model.info.precision},
      {"layers", list},
      {"total", CostsJson(TotalOf(layers))},
      {"weights", plan.weights.size()},
      {"memory", {{"arena", plan.arena_bytes}, {"arenaLowerBound", plan.arena_lower_bound}}},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Columns as wide as they need to be; numbers stand to the right.
std::string AsTable(const CompiledModel& model) {
  using Row = std::array<std::string, 6>;
  constexpr size_t kFirstNumber = 3;
  std::vector<Row> rows = {{"layer", "operator", "output", "MACs", "parameters", "bytes"}};
  std::vector<Layer> layers = LayersOf(model.graph);
  layers.push_back(TotalOf(layers));
  for (const Layer& layer : layers) {
    rows.push_back({layer.name, layer.op, layer.op.empty() ? "" : ToString(layer.output),
                    std::to_string(layer.macs), std::to_string(layer.parameters),
                    std::to_string(layer.bytes)});
  }
  std::array<size_t, 6> widths = {};
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      text += (i == 0 ? "" : "  ") + (i < kFirstNumber ? row[i] + space : space + row[i]);
    }
    text += "\n";
  }
  return text + "\narena " + std::to_string(model.plan.arena_bytes) + " bytes (lower bound " +
         std::to_string(model.plan.arena_lower_bound) + "), weights packed for the kernels " +
         std::to_string(model.plan.weights.size()) + " bytes, " + model.info.precision + "\n";
}

}  // namespace

int RunInspect(const Arguments& arguments, const Streams& streams) {
  cxxopts::Options options = MakeOptions(
      "inspect", "MODEL", "Shows a network's layers, .onnx or .tflite, and what they cost");
  options.add_options()("json", "Print JSON");
  AddCompileOptions(options);
  return RunParsed(options, arguments, streams, [&](const cxxopts::ParseResult& parsed) {
    if (parsed.unmatched().size() != 1) {
      return FailUsage(streams, options, "inspect takes one network");
    }
    const Result<CompileOptions> asked = ReadCompileOptions(parsed, parsed.unmatched()[0]);
    if (!asked.ok()) return Fail(streams, asked.error(), kMisuse);

    const Result<CompiledModel> model = CompileForSizes(*asked);
    if (!model.ok()) return Fail(streams, model.error());
    streams.out << (parsed.count("json") ? AsJson(*model) : AsTable(*model));
    return kSuccess;
  });
}

}  // namespace wranglet
