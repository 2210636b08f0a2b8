#include "plugin/compiler/report/table.h"

#include <algorithm>
#include <cstddef>

#include "plugin/compiler/report/html.h"

namespace wranglet {
namespace {

using Row = std::vector<std::string>;

Row TitlesOf(const Table& table) {
  Row titles;
  for (const Column& column : table.columns) titles.push_back(column.title);
  return titles;
}

// As many columns of a terminal as it takes, if every character takes one: bytes that begin one in
// UTF-8.
size_t WidthOf(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

std::string CellAsHtml(const std::string& element, const std::string& scope, const Column& column,
                       const std::string& text) {
  return "<" + element + (scope.empty() ? "" : " scope=\"" + scope + "\"") +
         (column.is_number ? " class=\"number\"" : "") + ">" + EscapeHtml(text) + "</" + element +
         ">";
}

}  // namespace

std::string TableAsText(const Table& table) {
  std::vector<Row> rows = {TitlesOf(table)};
  rows.insert(rows.end(), table.rows.begin(), table.rows.end());
  std::vector<size_t> widths(table.columns.size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - WidthOf(row[i]), ' ');
      const std::string cell = Printable(row[i]);
      line += (i == 0 ? "" : "  ") + (table.columns[i].is_number ? space + cell : cell + space);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string TableAsHtml(const Table& table, const std::string& caption) {
  std::string html = "<table>\n<caption>" + EscapeHtml(caption) + "</caption>\n<thead><tr>";
  for (const Column& column : table.columns) html += CellAsHtml("th", "col", column, column.title);
  html += "</tr></thead>\n<tbody>\n";
  for (const Row& row : table.rows) {
    html += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      html += i == 0 ? CellAsHtml("th", "row", table.columns[i], row[i])
                     : CellAsHtml("td", "", table.columns[i], row[i]);
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table>\n";
}

}  // namespace wranglet
