// Csv: a text table, its fields between commas, one row a line.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_CSV_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_CSV_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/compiler/base/result.h"

namespace wranglet {

// A row's fields. One in double quotes may hold commas, and double quotes written twice. An Error
// when quotes do not close, or something stands between them and the comma.
Result<std::vector<std::string>> ParseCsvRow(std::string_view line);

struct Csv {
  std::string path;                            // for errors
  std::vector<std::string> header;             // names of the columns, from the first line
  std::vector<std::vector<std::string>> rows;  // each as long as the header
  std::vector<size_t> lines;                   // of the file, from 1, that each row stands in

  // The column of this name. An Error that tells which there are.
  Result<size_t> Column(const std::string& name) const;
};

// Reads a table with a header; empty lines are left out. Errors name file and line.
Result<Csv> ReadCsv(const std::string& path);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_CSV_H_
