#include "plugin/compiler/cli/csv.h"

#include <algorithm>
#include <utility>

#include "plugin/compiler/cli/files.h"

namespace wranglet {
namespace {

// Takes a field in double quotes off the front of `rest`.
Result<std::string> TakeQuoted(std::string_view& rest) {
  std::string field;
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != '"') {
      field += rest[i];
    } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
      field += rest[i++];
    } else {
      rest.remove_prefix(i + 1);
      return field;
    }
  }
  return Error{.message = "has a double quote that is not closed"};
}

Result<std::string> TakeField(std::string_view& rest) {
  if (rest.starts_with('"')) return TakeQuoted(rest);
  const std::string field(rest.substr(0, rest.find(',')));
  rest.remove_prefix(field.size());
  return field;
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Result<std::vector<std::string>> ParseCsvRow(std::string_view line) {
  std::vector<std::string> fields;
  for (;;) {
    WRANGLET_ASSIGN(std::string field, TakeField(line));
    fields.push_back(std::move(field));
    if (line.empty()) return fields;
    if (line[0] != ',') return Error{.message = "has text after a closing double quote"};
    line.remove_prefix(1);
  }
}

Result<size_t> Csv::Column(const std::string& name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) return static_cast<size_t>(found - header.begin());
  return Error{
      .message = "has no column '" + name + "'", .hint = "it has " + Join(header), .file = path};
}

Result<Csv> ReadCsv(const std::string& path) {
  WRANGLET_ASSIGN(const std::vector<std::string> lines, ReadLines(path));
  Csv csv{.path = path};
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const auto problem = [&](const std::string& what) {
      return Error{.message = "line " + std::to_string(i + 1) + " " + what, .file = path};
    };
    Result<std::vector<std::string>> row = ParseCsvRow(lines[i]);
    if (!row.ok()) return problem(row.error().message);
    if (csv.header.empty()) {
      csv.header = std::move(*row);
      continue;
    }
    if (row->size() != csv.header.size()) {
      return problem("has " + std::to_string(row->size()) + " fields, and the first " +
                     std::to_string(csv.header.size()));
    }
    csv.rows.push_back(std::move(*row));
    csv.lines.push_back(i + 1);
  }
  if (csv.header.empty()) return Error{.message = "is empty", .file = path};
  return csv;
}

}  // namespace wranglet
