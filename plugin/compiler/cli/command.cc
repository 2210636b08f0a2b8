#include "plugin/compiler/cli/command.h"

namespace wranglet {

int Fail(const Streams& streams, const Error& error, int status) {
  // A network's names may hold anything, and an error is one line.
  std::string line = error.ToString();
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  streams.err << "wranglet: " << line << "\n";
  return status;
}

cxxopts::Options MakeOptions(const std::string& command, const std::string& usage,
                             const std::string& summary) {
  cxxopts::Options options("wranglet " + command, summary);
  options.custom_help("[OPTION...] " + usage);
  options.add_options()("h,help", "Show this");
  return options;
}

Result<cxxopts::ParseResult> Parse(cxxopts::Options& options, const Arguments& arguments) {
  std::vector<const char*> argv = {"wranglet"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  try {
    return options.parse(static_cast<int>(argv.size()), argv.data());
  } catch (const cxxopts::exceptions::exception& e) {
    return Error{.message = e.what(), .hint = "see " + options.program() + " --help"};
  }
}

}  // namespace wranglet
