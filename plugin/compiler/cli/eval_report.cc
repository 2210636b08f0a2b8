#include "plugin/compiler/cli/eval_report.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace wranglet {
namespace {

using Json = nlohmann::ordered_json;

// Of fewer classes all are among the first five.
constexpr size_t kClassesWithTop5 = 6;

std::string Share(size_t count, size_t total) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f %%", Percent(count, total));
  return text;
}

std::string Name(const CompiledModel& model) {
  return model.info.precision + " " + model.options.model;
}

std::vector<std::string> ScoreRow(const std::string& name, const Score& score, bool has_top5) {
  std::vector<std::string> row = {name, Share(score.top1, score.images)};
  if (has_top5) row.push_back(Share(score.top5, score.images));
  row.push_back(std::to_string(score.top1) + " of " + std::to_string(score.images));
  return row;
}

std::string Scores(const Evaluation& evaluation, const CompiledModel& model,
                   const CompiledModel* reference) {
  if (evaluation.score.images == 0) return "";
  const bool has_top5 = evaluation.classes >= kClassesWithTop5;
  Table table{.columns = {{"network"}, {"top-1", true}}};
  if (has_top5) table.columns.push_back({"top-5", true});
  table.columns.push_back({"right", true});
  table.rows.push_back(ScoreRow(Name(model), evaluation.score, has_top5));
  if (reference) {
    table.rows.push_back(ScoreRow(Name(*reference), evaluation.reference->score, has_top5));
  }
  return "\n" + TableAsText(table);
}

// "top-1 lost: 0.20 points, with 95 % confidence between -0.12 and 0.52 (3 images known to the
// reference alone, 2 to this network alone)".
std::string LossText(const PairedScore& score) {
  if (score.images == 0) return "";
  const Loss loss = LossOf(score);
  char text[160];
  std::snprintf(text, sizeof text,
                "top-1 lost: %.2f points, with 95 %% confidence between %.2f and %.2f (%zu images "
                "known to the reference alone, %zu to this network alone)\n",
                loss.points, loss.least, loss.most, score.only_reference, score.only_model);
  return text;
}

Json LossJson(const PairedScore& score) {
  const Loss loss = LossOf(score);
  return {{"points", loss.points},
          {"interval95", {loss.least, loss.most}},
          {"onlyReference", score.only_reference},
          {"onlyModel", score.only_model}};
}

// How a float network became `model`.
std::string Quantised(const CompiledModel& model) {
  if (!model.quantized) return "";
  char text[96];
  std::snprintf(text, sizeof text, "on calibration images: %.2f dB signal-to-noise ratio",
                model.quantized->sqnr);
  const size_t count = model.quantized->int16_layers.size();
  return text + (count == 0 ? "" : ", " + std::to_string(count) + " layers in int16") + "\n";
}

Json ScoreJson(const Score& score, size_t classes) {
  Json json = {{"images", score.images}, {"top1", Percent(score.top1, score.images)}};
  if (classes >= kClassesWithTop5) json["top5"] = Percent(score.top5, score.images);
  return json;
}

Json LayersJson(const std::vector<LayerError>& layers) {
  Json list = Json::array();
  for (const auto& [layer, error] : layers) {
    const double decibels = error.Decibels();
    list.push_back({{"name", layer.node},
                    {"op", layer.op},
                    {"output", layer.shape},
                    {"sqnr", std::isfinite(decibels) ? Json(decibels) : Json()}});
  }
  return list;
}

}  // namespace

std::string DecibelsOf(const SignalToNoise& error) {
  const double decibels = error.Decibels();
  if (decibels > 0 && std::isinf(decibels)) return "exact";
  char text[64];
  std::snprintf(text, sizeof text, "%.2f dB", decibels);
  return text;
}

Table ErrorTable(const std::vector<LayerError>& layers) {
  Table table{.columns = {{"layer"}, {"operator"}, {"output"}, {"SQNR", true}}};
  for (const auto& [layer, error] : layers) {
    table.rows.push_back({layer.node, layer.op, ToString(layer.shape), DecibelsOf(error)});
  }
  return table;
}

std::string EvaluationAsText(const Evaluation& evaluation, const CompiledModel& model,
                             const CompiledModel* reference) {
  std::string text = model.info.name + ": " + model.info.precision + ", " +
                     std::to_string(evaluation.classes) + " classes, " +
                     std::to_string(evaluation.images) + " images, " +
                     std::to_string(evaluation.score.images) + " with a label\n";
  text += Quantised(model);
  text += Scores(evaluation, model, reference);
  if (!reference) return text;
  const Comparison& comparison = *evaluation.reference;
  text += "\nagreement with " + Name(*reference) + ": " +
          Share(comparison.agreements, evaluation.images) + " (" +
          std::to_string(comparison.agreements) + " of " + std::to_string(evaluation.images) +
          ")\n" + LossText(comparison.paired);
  if (comparison.layers.empty()) return text + "no layer has the same name in both\n";
  return text + "\n" + TableAsText(ErrorTable(comparison.layers));
}

std::string EvaluationAsJson(const Evaluation& evaluation, const CompiledModel& model,
                             const CompiledModel* reference) {
  Json json = {{"model", model.options.model},
               {"precision", model.info.precision},
               {"classes", evaluation.classes},
               {"images", evaluation.images}};
  if (model.quantized) {
    json["calibrationSqnr"] = model.quantized->sqnr;
    json["int16Layers"] = model.quantized->int16_layers;
  }
  if (evaluation.score.images > 0)
    json["labelled"] = ScoreJson(evaluation.score, evaluation.classes);
  if (reference) {
    const Comparison& comparison = *evaluation.reference;
    Json& to = json["reference"];
    to = {{"model", reference->options.model},
          {"precision", reference->info.precision},
          {"agreement", Percent(comparison.agreements, evaluation.images)}};
    if (comparison.score.images > 0) {
      to["labelled"] = ScoreJson(comparison.score, evaluation.classes);
      to["loss"] = LossJson(comparison.paired);
    }
    to["layers"] = LayersJson(comparison.layers);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wranglet
