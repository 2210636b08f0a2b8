// The main function of programs that generate random networks: PROGRAM SEED COUNT FOLDER.

#ifndef WRANGLET_TESTS_CONFORMANCE_GENERATOR_MAIN_H_
#define WRANGLET_TESTS_CONFORMANCE_GENERATOR_MAIN_H_

#include <cstdint>
#include <iostream>
#include <string>

#include "plugin/compiler/base/result.h"

namespace wranglet {

// Calls generate(seed, count, folder), and returns the exit status.
inline int GeneratorMain(int argc, char** argv, const char* program,
                         Status (*generate)(uint32_t seed, uint32_t count,
                                            const std::string& folder)) {
  if (argc != 4) {
    std::cerr << "usage: " << program << " SEED COUNT FOLDER\n";
    return 2;
  }
  const auto number = [&](int i) { return static_cast<uint32_t>(std::stoul(argv[i])); };
  const Status status = generate(number(1), number(2), argv[3]);
  if (status.ok()) return 0;
  std::cerr << status.error().ToString() << "\n";
  return 1;
}

}  // namespace wranglet

#endif  // WRANGLET_TESTS_CONFORMANCE_GENERATOR_MAIN_H_
