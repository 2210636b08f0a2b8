// Commands: what `wranglet NAME ...` does.

#ifndef WRANGLET_PLUGIN_COMPILER_CLI_COMMAND_H_
#define WRANGLET_PLUGIN_COMPILER_CLI_COMMAND_H_

#include <cxxopts.hpp>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"

namespace wranglet {

// Exit statuses.
inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;  // of what was asked for
inline constexpr int kMisuse = 2;   // it cannot be asked for so

struct Streams {
  std::ostream& out;
  std::ostream& err;
};

using Arguments = std::vector<std::string>;  // after the command's name

struct Command {
  const char* name;
  const char* summary;
  int (*run)(const Arguments& arguments, const Streams& streams);
};

int RunCompile(const Arguments& arguments, const Streams& streams);
int RunEval(const Arguments& arguments, const Streams& streams);
int RunInspect(const Arguments& arguments, const Streams& streams);
int RunOperators(const Arguments& arguments, const Streams& streams);
int RunRun(const Arguments& arguments, const Streams& streams);

// Prints "wranglet: <error>" in one line and returns `status`.
int Fail(const Streams& streams, const Error& error, int status = kFailure);

// Options that begin as those of every command do: its usage and --help.
cxxopts::Options MakeOptions(const std::string& command, const std::string& usage,
                             const std::string& summary);

// Parses the arguments by those options, what is no option into unmatched(), and returns
// run(parsed), the command's own part; unless --help, or a mistake in the options, ends it before.
int RunParsed(cxxopts::Options& options, const Arguments& arguments, const Streams& streams,
              const std::function<int(const cxxopts::ParseResult&)>& run);

// Of a command of the compiler, that it was given otherwise than `takes` tells: "run takes a
// network".
int FailUsage(const Streams& streams, const cxxopts::Options& options, const std::string& takes);

// The program: `arguments` begin with the command's name. Returns the exit status.
int RunProgram(const Arguments& arguments, const Streams& streams);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_CLI_COMMAND_H_
