#include "plugin/compiler/cli/inspect_page.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "plugin/compiler/cli/eval_report.h"
#include "plugin/compiler/report/chart.h"
#include "plugin/compiler/report/html.h"

namespace wranglet {
namespace {

constexpr char kStyle[] = R"(:root {
  color-scheme: light dark;
  --text: #1b1b1f; --page: #fdfdfd; --bar: #3667a6; --mark: #c2410c; --grid: #d8d8de;
}
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e6ea; --page: #17171a; --bar: #7fb0ee; --mark: #ff9a5c; --grid: #3a3a42; }
}
body { margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: var(--text);
  background: var(--page); font: 1rem/1.5 system-ui, sans-serif; }
h1, h2 { line-height: 1.2; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; }
dd { margin: 0; }
svg { width: 100%; height: auto; font-size: 12px; }
svg text { fill: currentColor; }
.bar { fill: var(--bar); }
.mark { fill: var(--mark); }
.grid { stroke: var(--grid); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.85rem; }
caption { text-align: left; font-weight: bold; padding: 0.5rem 0; }
th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid var(--grid); text-align: left;
  white-space: nowrap; font-weight: normal; }
thead th { font-weight: bold; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; }
)";

std::string Element(const std::string& name, const std::string& text) {
  return "<" + name + ">" + EscapeHtml(text) + "</" + name + ">\n";
}

// Can be scrolled by keyboard, for tables are wide.
std::string Scrolled(const std::string& label, const std::string& content) {
  return "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + EscapeHtml(label) +
         "\">\n" + content + "</div>\n";
}

// A plot, and the same as a table to open.
std::string Plot(const BarChart& chart, const std::string& bar_title) {
  Table table{.columns = {{"#"}, {bar_title}, {chart.title, true}}};
  for (size_t i = 0; i < chart.bars.size(); ++i) {
    const Bar& bar = chart.bars[i];
    table.rows.push_back(
        {std::to_string(chart.first_number + i), bar.label, WithUnit(bar.value, chart.unit)});
  }
  return "<section>\n" + Element("h2", chart.title) + Element("p", chart.description) +
         BarChartAsSvg(chart) + "<details>\n" + Element("summary", "As a table") +
         Scrolled(chart.title, TableAsHtml(table, chart.title)) + "</details>\n</section>\n";
}

void MarkLargest(std::vector<Bar>& bars) {
  const auto largest = std::max_element(
      bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.value < b.value; });
  if (largest != bars.end()) largest->is_marked = true;
}

BarChart ArenaChart(const Plan& plan) {
  BarChart chart = {.id = "arena",
                    .title = "Arena in use over time",
                    .description =
                        "Bytes of activations and scratch memory that are alive at each "
                        "step. The peak: " +
                        PeakOf(plan) + ".",
                    .unit = Unit::kBytes,
                    .first_number = 0};
  for (size_t i = 0; i < plan.live_bytes.size(); ++i) {
    std::string label = i == 0 ? "inputs written" : "outputs read";
    if (i > 0 && i <= plan.steps.size()) label = plan.steps[i - 1].node;
    chart.bars.push_back({std::move(label), static_cast<double>(plan.live_bytes[i])});
  }
  MarkLargest(chart.bars);
  return chart;
}

BarChart CostChart(const std::vector<Layer>& layers, int64_t Layer::* cost, BarChart chart) {
  for (const Layer& layer : layers) {
    chart.bars.push_back({layer.name, static_cast<double>(layer.*cost)});
  }
  MarkLargest(chart.bars);
  return chart;
}

// Layers without any error are not drawn: there is no number for it.
BarChart ErrorChart(const Evaluation& evaluation) {
  BarChart chart = {.id = "error",
                    .title = "Signal to quantisation noise by layer",
                    .description = "Each layer's output against the float network's, over " +
                                   std::to_string(evaluation.images) +
                                   " images, with the errors of all layers before it. Higher is "
                                   "better; 6 dB are one bit. The lowest is marked.",
                    .unit = Unit::kDecibels};
  for (const auto& [layer, error] : evaluation.reference->layers) {
    const double decibels = error.Decibels();
    if (std::isfinite(decibels)) chart.bars.push_back({layer.node, decibels});
  }
  const auto lowest =
      std::min_element(chart.bars.begin(), chart.bars.end(),
                       [](const Bar& a, const Bar& b) { return a.value < b.value; });
  if (lowest != chart.bars.end()) lowest->is_marked = true;
  return chart;
}

std::string Summary(const Inspection& inspection) {
  const CompiledModel& model = inspection.model;
  const Layer total = TotalOf(inspection.layers);
  const std::vector<std::pair<std::string, std::string>> facts = {
      {"File", model.options.model},
      {"Precision", model.info.precision},
      {"Layers", std::to_string(inspection.layers.size())},
      {"Multiply-accumulates", WithUnit(static_cast<double>(total.macs), Unit::kCount)},
      {"Parameters", WithUnit(static_cast<double>(total.parameters), Unit::kCount)},
      {"Weights, packed", WithUnit(static_cast<double>(model.plan.weights.size()), Unit::kBytes)},
      {"Arena", WithUnit(static_cast<double>(model.plan.arena_bytes), Unit::kBytes) +
                    ", of which no plan can need less than " +
                    WithUnit(static_cast<double>(model.plan.arena_lower_bound), Unit::kBytes)},
      {"Made by", model.info.compiler},
  };
  std::string html = "<dl>\n";
  for (const auto& [term, text] : facts) html += Element("dt", term) + Element("dd", text);
  return html + "</dl>\n";
}

}  // namespace

std::string InspectionAsHtml(const Inspection& inspection) {
  const std::string& name = inspection.model.info.name;
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n" +
      Element("title", name + " - Wranglet") + "<style>\n" + kStyle +
      "</style>\n</head>\n<body>\n<main>\n" + Element("h1", name) + Summary(inspection);
  html += Plot(ArenaChart(inspection.model.plan), "step");
  html += Plot(CostChart(inspection.layers, &Layer::macs,
                         {.id = "macs",
                          .title = "Multiply-accumulates by layer",
                          .description = "What one inference computes. The largest is marked.",
                          .unit = Unit::kCount}),
               "layer");
  html += Plot(CostChart(inspection.layers, &Layer::bytes,
                         {.id = "bytes",
                          .title = "Bytes of constants by layer",
                          .description = "Filters and biases, before they are packed for the "
                                         "kernels. The largest is marked.",
                          .unit = Unit::kBytes}),
               "layer");
  if (inspection.evaluation && inspection.evaluation->reference) {
    html += Plot(ErrorChart(*inspection.evaluation), "layer");
  }
  html += "<section>\n" + Element("h2", "Layers") +
          Scrolled("Layers",
                   TableAsHtml(LayerTable(inspection), "Layers in the order in which they run")) +
          "</section>\n</main>\n</body>\n</html>\n";
  return html;
}

}  // namespace wranglet
