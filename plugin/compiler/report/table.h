// Table: rows of text under columns' titles, for terminals and for pages.

#ifndef WRANGLET_PLUGIN_COMPILER_REPORT_TABLE_H_
#define WRANGLET_PLUGIN_COMPILER_REPORT_TABLE_H_

#include <string>
#include <vector>

namespace wranglet {

struct Column {
  std::string title;
  bool is_number = false;  // its cells stand to the right
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // a cell a column
};

// A line a row, the columns as wide as they need to be. Control characters in cells become "?".
std::string TableAsText(const Table& table);

// A <table> element. The first cell of a row is its heading.
std::string TableAsHtml(const Table& table, const std::string& caption);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_REPORT_TABLE_H_
