// `wranglet operators`: docs/operators.md is what it prints, and a test holds the two together.

#include <string>
#include <vector>

#include "plugin/compiler/cli/command.h"
#include "plugin/compiler/import/import.h"
#include "plugin/compiler/plan/support.h"

namespace wranglet {
namespace {

// The names, several a line.
std::string Wrapped(const std::vector<std::string>& names) {
  constexpr size_t kMostColumns = 100;
  std::string text, line;
  for (const std::string& name : names) {
    if (line.size() + name.size() + 2 > kMostColumns) {
      text += line + ",\n";
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + name;
  }
  return text + line + "\n";
}

// A row an operator, a column a precision.
std::string SupportTable() {
  std::string text = "| operator |", rule = "|---|";
  for (const DType dtype : kPrecisions) {
    text += std::string(" ") + NameOf(dtype) + " |";
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const OperatorSupport& row : SupportOfOperators()) {
    text += "| " + row.name + " |";
    for (const bool supported : row.by_precision) text += supported ? " yes |" : " |";
    text += "\n";
  }
  return text;
}

}  // namespace

int RunOperators(const Arguments& arguments, const Streams& streams) {
  cxxopts::Options options = MakeOptions(
      "operators", "", "Prints, in Markdown, which operators of which formats are read");
  return RunParsed(options, arguments, streams, [&](const cxxopts::ParseResult&) {
    streams.out
        << "# Operators\n\n"
        << "What `wranglet operators` prints: the operators that a network may have. What a "
           "kernel\n"
        << "cannot do with one (a type, a shape), `wranglet inspect MODEL` tells, and names the "
           "node.\n\n"
        << "## Kernels\n\n"
        << "Found by planning a small network of each. int16 is 16-bit activations with 8-bit\n"
        << "filters. Operators of the files' formats become these, or are computed at compile "
           "time.\n\n"
        << SupportTable();
    for (const FormatOperators& format : SupportedOperators()) {
      streams.out << "\n## " << format.format << "\n\n" << Wrapped(format.operators);
    }
    return kSuccess;
  });
}

}  // namespace wranglet
