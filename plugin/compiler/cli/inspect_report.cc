#include "plugin/compiler/cli/inspect_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plugin/compiler/cli/eval_report.h"

namespace wranglet {
namespace {

using Json = nlohmann::ordered_json;

std::string Shapes(const std::vector<Shape>& shapes) {
  std::string text;
  for (const Shape& shape : shapes) text += (text.empty() ? "" : ", ") + ToString(shape);
  return text;
}

// "int8 0.0235 -128", "int8", "float32": the output's type, scale and zero point.
std::string StoredAs(const Layer& layer, bool has_scales) {
  std::string text = NameOf(layer.dtype);
  if (!has_scales || !layer.quantization) return text;
  char numbers[64];
  std::snprintf(numbers, sizeof numbers, " %.6g %d", layer.quantization->scale[0],
                layer.quantization->zero_point[0]);
  return text + numbers;
}

std::string FilterScales(const Layer& layer) {
  if (!layer.filter_scales) return "";
  return *layer.filter_scales > 1 ? "per channel" : "per tensor";
}

std::vector<std::string> Row(const Layer& layer, bool has_scales) {
  const bool is_total = layer.op.empty();
  return {layer.name,
          layer.op,
          Shapes(layer.inputs),
          is_total ? "" : ToString(layer.output),
          is_total ? "" : StoredAs(layer, has_scales),
          FilterScales(layer),
          std::to_string(layer.macs),
          std::to_string(layer.parameters),
          std::to_string(layer.bytes),
          layer.live_bytes == 0 ? "" : std::to_string(layer.live_bytes)};
}

std::unordered_map<std::string, SignalToNoise> ErrorsOf(const Inspection& inspection) {
  std::unordered_map<std::string, SignalToNoise> errors;
  if (!inspection.evaluation || !inspection.evaluation->reference) return errors;
  for (const auto& [layer, error] : inspection.evaluation->reference->layers) {
    errors[layer.node] = error;
  }
  return errors;
}

Json CostsJson(const Layer& layer) {
  return {{"macs", layer.macs},
          {"parameters", layer.parameters},
          {"bytes", layer.bytes},
          {"arena", layer.live_bytes}};
}

Json LayerJson(const Layer& layer, bool has_scales) {
  Json json = {{"name", layer.name},
               {"op", layer.op},
               {"inputs", layer.inputs},
               {"output", layer.output},
               {"dtype", NameOf(layer.dtype)}};
  if (has_scales && layer.quantization) {
    json["scale"] = layer.quantization->scale[0];
    json["zeroPoint"] = layer.quantization->zero_point[0];
  }
  if (layer.filter_scales) json["filterScales"] = *layer.filter_scales;
  json.update(CostsJson(layer));
  return json;
}

size_t PeakTime(const Plan& plan) {
  const auto most = std::max_element(plan.live_bytes.begin(), plan.live_bytes.end());
  return static_cast<size_t>(most - plan.live_bytes.begin());
}

}  // namespace

std::string PeakOf(const Plan& plan) {
  const size_t time = PeakTime(plan);
  std::string place = "when the inputs are written";
  if (time > plan.steps.size()) place = "when the outputs are read";
  if (time > 0 && time <= plan.steps.size()) {
    place = "at step " + std::to_string(time) + " of " + std::to_string(plan.steps.size()) + ", " +
            plan.steps[time - 1].node;
  }
  return std::to_string(plan.live_bytes[time]) + " bytes in use " + place;
}

Table LayerTable(const Inspection& inspection) {
  Table table{.columns = {{"layer"},
                          {"operator"},
                          {"inputs"},
                          {"output"},
                          {"stored as"},
                          {"filter"},
                          {"MACs", true},
                          {"parameters", true},
                          {"bytes", true},
                          {"arena", true}}};
  for (const Layer& layer : inspection.layers) {
    table.rows.push_back(Row(layer, inspection.has_scales));
  }
  table.rows.push_back(Row(TotalOf(inspection.layers), inspection.has_scales));
  const auto errors = ErrorsOf(inspection);
  if (errors.empty()) return table;
  table.columns.push_back({"SQNR", true});
  for (std::vector<std::string>& row : table.rows) {
    const auto found = errors.find(row[0]);
    row.push_back(found == errors.end() ? "" : DecibelsOf(found->second));
  }
  return table;
}

std::string InspectionAsText(const Inspection& inspection) {
  const Plan& plan = inspection.model.plan;
  return TableAsText(LayerTable(inspection)) + "\narena " + std::to_string(plan.arena_bytes) +
         " bytes (lower bound " + std::to_string(plan.arena_lower_bound) +
         "), weights packed for " + "the kernels " + std::to_string(plan.weights.size()) +
         " bytes, " + inspection.model.info.precision + "\narena peak: " + PeakOf(plan) + "\n";
}

std::string InspectionAsJson(const Inspection& inspection) {
  const CompiledModel& model = inspection.model;
  const auto errors = ErrorsOf(inspection);
  Json list = Json::array();
  for (const Layer& layer : inspection.layers) {
    list.push_back(LayerJson(layer, inspection.has_scales));
    const auto found = errors.find(layer.name);
    if (found == errors.end()) continue;
    const double decibels = found->second.Decibels();
    list.back()["sqnr"] = std::isfinite(decibels) ? Json(decibels) : Json();
  }
  const Plan& plan = model.plan;
  const Json json = {
      {"name", model.info.name},
      {"precision", model.info.precision},
      {"layers", list},
      {"total", CostsJson(TotalOf(inspection.layers))},
      {"weights", plan.weights.size()},
      {"memory",
       {{"arena", plan.arena_bytes},
        {"arenaLowerBound", plan.arena_lower_bound},
        {"live", plan.live_bytes},
        {"peakStep", PeakTime(plan)}}},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wranglet
