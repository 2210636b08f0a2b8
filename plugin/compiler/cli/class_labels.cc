#include "plugin/compiler/cli/class_labels.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "plugin/compiler/cli/csv.h"
#include "plugin/compiler/cli/files.h"

namespace wranglet {
namespace {

std::optional<size_t> NumberIn(const std::string& text) {
  size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace

Result<ClassLabels> ClassLabels::Read(const LabelMeaning& meaning) {
  ClassLabels labels(meaning);
  if (meaning.class_map.empty()) return labels;
  WRANGLET_ASSIGN(const std::vector<std::string> lines, ReadLines(meaning.class_map));
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const Result<std::vector<std::string>> row = ParseCsvRow(lines[i]);
    const std::optional<size_t> number =
        row.ok() && row->size() == 2 ? NumberIn((*row)[1]) : std::nullopt;
    if (!number || !labels.map_.emplace((*row)[0], *number).second) {
      return Error{
          .message = "line " + std::to_string(i + 1) +
                     (number ? " repeats a label" : " is not a label, a comma and a number"),
          .file = meaning.class_map};
    }
  }
  return labels;
}

Result<size_t> ClassLabels::Shifted(size_t number) const {
  // Written so that no sum overflows.
  if (number < meaning_.classes && meaning_.class_offset < meaning_.classes - number) {
    return number + meaning_.class_offset;
  }
  return Error{
      .message =
          "class " + std::to_string(number) +
          (meaning_.class_offset == 0 ? ""
                                      : " with offset " + std::to_string(meaning_.class_offset)) +
          " is not one of the network's, 0 to " + std::to_string(meaning_.classes - 1),
      .hint = "see --class-map and --class-offset"};
}

Result<size_t> ClassLabels::ClassOf(const std::string& label) const {
  if (!meaning_.class_map.empty()) {
    const auto found = map_.find(label);
    if (found != map_.end()) return Shifted(found->second);
    return Error{.message = "label '" + label + "' is not in " + meaning_.class_map};
  }
  const auto named = std::find(meaning_.labels.begin(), meaning_.labels.end(), label);
  if (named != meaning_.labels.end()) return static_cast<size_t>(named - meaning_.labels.begin());
  if (const std::optional<size_t> number = NumberIn(label)) return Shifted(*number);
  return Error{.message = "label '" + label + "' means no class of the network",
               .hint = "give --labels with it, or --class-map, or a number, or --unlabelled"};
}

}  // namespace wranglet
