#include "plugin/compiler/cli/command.h"

namespace wranglet {
namespace {

// An Error says what is wrong with the options.
Result<cxxopts::ParseResult> Parse(cxxopts::Options& options, const Arguments& arguments) {
  std::vector<const char*> argv = {"wranglet"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  try {
    return options.parse(static_cast<int>(argv.size()), argv.data());
  } catch (const cxxopts::exceptions::exception& e) {
    return Error{.message = e.what(), .hint = "see " + options.program() + " --help"};
  }
}

}  // namespace

int Fail(const Streams& streams, const Error& error, int status) {
  streams.err << "wranglet: " << error.ToString() << "\n";
  return status;
}

cxxopts::Options MakeOptions(const std::string& command, const std::string& usage,
                             const std::string& summary) {
  cxxopts::Options options("wranglet " + command, summary);
  options.custom_help("[OPTION...] " + usage);
  options.add_options()("h,help", "Show this");
  return options;
}

int RunParsed(cxxopts::Options& options, const Arguments& arguments, const Streams& streams,
              const std::function<int(const cxxopts::ParseResult&)>& run) {
  const Result<cxxopts::ParseResult> parsed = Parse(options, arguments);
  if (!parsed.ok()) return Fail(streams, parsed.error(), kMisuse);
  if (!parsed->count("help")) return run(*parsed);
  streams.out << options.help();
  return kSuccess;
}

int FailUsage(const Streams& streams, const cxxopts::Options& options, const std::string& takes) {
  return Fail(streams, {.message = takes, .hint = "see " + options.program() + " --help"}, kMisuse);
}

}  // namespace wranglet
