#include <iostream>

#include "plugin/compiler/cli/command.h"

int main(int argc, char** argv) {
  return wranglet::RunProgram({argv + (argc > 0 ? 1 : 0), argv + argc}, {std::cout, std::cerr});
}
