// The table of commands.

#include <string>

#include "plugin/compiler/cli/command.h"
#include "plugin/compiler/cli/version.h"

namespace wranglet {
namespace {

constexpr Command kCommands[] = {
    {"compile", "make a WebAssembly module's source and the Worker's manifest of a network",
     RunCompile},
    {"eval", "measure how well a network knows labelled images", RunEval},
    {"inspect", "show a network's layers, and what they cost", RunInspect},
    {"operators", "print which operators a network may have", RunOperators},
    {"run", "run a network on images, with the very kernels of its module", RunRun},
};

void PrintHelp(std::ostream& out) {
  out << "wranglet " << kVersion << ": neural networks for Cloudflare Workers\n\n"
      << "usage: wranglet COMMAND [OPTION...] ARGUMENT...\n\n";
  for (const Command& command : kCommands) {
    out << "  " << command.name << "\t" << command.summary << "\n";
  }
  out << "\n`wranglet COMMAND --help` says more of each.\n";
}

}  // namespace

int RunProgram(const Arguments& arguments, const Streams& streams) {
  if (arguments.empty()) {
    return Fail(streams, {.message = "no command", .hint = "see wranglet --help"}, kMisuse);
  }
  const std::string& name = arguments[0];
  if (name == "--help" || name == "-h" || name == "help") {
    PrintHelp(streams.out);
    return kSuccess;
  }
  if (name == "--version") {
    streams.out << "wranglet " << kVersion << "\n";
    return kSuccess;
  }
  for (const Command& command : kCommands) {
    if (name == command.name) {
      return command.run(Arguments(arguments.begin() + 1, arguments.end()), streams);
    }
  }
  return Fail(streams, {.message = "'" + name + "' is no command", .hint = "see wranglet --help"},
              kMisuse);
}

}  // namespace wranglet
