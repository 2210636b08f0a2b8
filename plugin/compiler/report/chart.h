// BarChart: numbers as columns, in SVG.

#ifndef WRANGLET_PLUGIN_COMPILER_REPORT_CHART_H_
#define WRANGLET_PLUGIN_COMPILER_REPORT_CHART_H_

#include <cstddef>
#include <string>
#include <vector>

namespace wranglet {

enum class Unit { kBytes, kCount, kDecibels };

// "1.5 KiB", "12.3 M", "31.2 dB": about three digits.
std::string WithUnit(double value, Unit unit);

struct Bar {
  std::string label;
  double value = 0.0;
  // Whether it is told apart from the others: the largest, or one that stands for no number.
  bool is_marked = false;
};

struct BarChart {
  std::string id;           // of its title and description in the page, [a-z]+
  std::string title;        // what a reader who hears the page is told
  std::string description;  // and what there is to see
  Unit unit = Unit::kCount;
  std::vector<Bar> bars;    // values below 0 are drawn as 0
  size_t first_number = 1;  // of the first bar, on the axis
};

// An <svg> element, which takes its colours from the page's --bar, --mark, --grid and currentColor.
// Every bar tells its label and value when it is pointed at.
std::string BarChartAsSvg(const BarChart& chart);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_REPORT_CHART_H_
