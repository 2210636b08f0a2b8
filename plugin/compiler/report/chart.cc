#include "plugin/compiler/report/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include "plugin/compiler/report/html.h"

namespace wranglet {
namespace {

// The plot's place in the picture, in the picture's own units.
constexpr double kWidth = 960, kHeight = 260;
constexpr double kLeft = 72, kRight = 8, kTop = 12, kBottom = 28;
constexpr double kPlotWidth = kWidth - kLeft - kRight;
constexpr double kPlotHeight = kHeight - kTop - kBottom;
constexpr int kMostLines = 6;        // of the grid
constexpr size_t kMostNumbers = 20;  // under the bars

struct Magnitude {
  double size;
  const char* name;
};
constexpr std::array<Magnitude, 4> kBinary = {
    {{1024.0 * 1024 * 1024, " GiB"}, {1024.0 * 1024, " MiB"}, {1024.0, " KiB"}, {1, " bytes"}}};
constexpr std::array<Magnitude, 4> kDecimal = {{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}, {1, ""}}};
constexpr std::array<Magnitude, 1> kDecibel = {{{1, " dB"}}};

template <size_t n>
Magnitude Largest(const std::array<Magnitude, n>& magnitudes, double value) {
  for (const Magnitude& m : magnitudes) {
    if (std::abs(value) >= m.size) return m;
  }
  return magnitudes.back();
}

Magnitude MagnitudeOf(double value, Unit unit) {
  if (unit == Unit::kBytes) return Largest(kBinary, value);
  return unit == Unit::kCount ? Largest(kDecimal, value) : kDecibel[0];
}

std::string Format(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string Number(double value) { return Format("%.2f", value); }

std::string Attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + Number(value) + "\"";
}

std::string Text(double x, double y, const char* anchor, const std::string& text) {
  return "<text" + Attribute("x", x) + Attribute("y", y) + " text-anchor=\"" + anchor + "\">" +
         EscapeHtml(text) + "</text>\n";
}

// The distance of the grid's lines: 1, 2 or 5 times a power of ten, of the unit in which the
// largest value is told.
double GridStep(double largest, Unit unit) {
  const double size = MagnitudeOf(largest, unit).size;
  const double least = largest / size / kMostLines;
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power * size;
  }
  return 10.0 * power * size;
}

std::string Grid(double top, double step, Unit unit) {
  std::string svg;
  const int lines = static_cast<int>(std::lround(top / step));
  for (int i = 0; i <= lines; ++i) {
    const double y = kTop + kPlotHeight * (1.0 - static_cast<double>(i) / lines);
    svg += "<line class=\"grid\"" + Attribute("x1", kLeft) + Attribute("x2", kWidth - kRight) +
           Attribute("y1", y) + Attribute("y2", y) + "/>\n";
    svg += Text(kLeft - 6, y + 4, "end", WithUnit(i * step, unit));
  }
  return svg;
}

std::string Bars(const BarChart& chart, double top) {
  std::string svg;
  const double pitch = kPlotWidth / static_cast<double>(chart.bars.size());
  const double gap = std::min(2.0, pitch * 0.2);
  for (size_t i = 0; i < chart.bars.size(); ++i) {
    const Bar& bar = chart.bars[i];
    const double height = kPlotHeight * std::max(bar.value, 0.0) / top;
    svg += std::string("<rect class=\"") + (bar.is_marked ? "mark" : "bar") + "\"" +
           Attribute("x", kLeft + pitch * static_cast<double>(i)) +
           Attribute("y", kTop + kPlotHeight - height) + Attribute("width", pitch - gap) +
           Attribute("height", height) + "><title>" +
           EscapeHtml(bar.label + ": " + WithUnit(bar.value, chart.unit)) + "</title></rect>\n";
  }
  return svg;
}

// Numbers of the bars, as many as there is room for.
std::string BarNumbers(const BarChart& chart) {
  std::string svg;
  const size_t bars = chart.bars.size();
  const double pitch = kPlotWidth / static_cast<double>(bars);
  const size_t every = (bars + kMostNumbers - 1) / kMostNumbers;
  for (size_t i = 0; i < bars; i += every) {
    svg += Text(kLeft + pitch * (static_cast<double>(i) + 0.5), kHeight - 10, "middle",
                std::to_string(chart.first_number + i));
  }
  return svg;
}

}  // namespace

std::string WithUnit(double value, Unit unit) {
  const Magnitude m = MagnitudeOf(value, unit);
  const double shown = value / m.size;
  const bool is_whole = shown == std::floor(shown);
  return Format(is_whole || std::abs(shown) >= 100 ? "%.0f" : "%.1f", shown) + m.name;
}

std::string BarChartAsSvg(const BarChart& chart) {
  double largest = 0.0;
  for (const Bar& bar : chart.bars) largest = std::max(largest, bar.value);
  if (largest <= 0.0) largest = 1.0;
  const double step = GridStep(largest, chart.unit);
  const double top = std::ceil(largest / step) * step;
  return "<svg viewBox=\"0 0 " + Format("%.0f", kWidth) + " " + Format("%.0f", kHeight) +
         "\" role=\"img\" aria-labelledby=\"" + chart.id + "-title " + chart.id + "-desc\">\n" +
         "<title id=\"" + chart.id + "-title\">" + EscapeHtml(chart.title) + "</title>\n" +
         "<desc id=\"" + chart.id + "-desc\">" + EscapeHtml(chart.description) + "</desc>\n" +
         Grid(top, step, chart.unit) + Bars(chart, top) + BarNumbers(chart) + "</svg>\n";
}

}  // namespace wranglet
