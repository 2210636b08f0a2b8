#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "plugin/compiler/cli/command.h"

int main(int argc, char** argv) {
  // `bazel run` starts programs elsewhere, and tells where the user is, whose paths are from there.
  if (const char* folder = std::getenv("BUILD_WORKING_DIRECTORY")) {
    std::error_code ignored;
    std::filesystem::current_path(folder, ignored);
  }
  return wranglet::RunProgram({argv + (argc > 0 ? 1 : 0), argv + argc}, {std::cout, std::cerr});
}
