// For fuzzing: small changes to a .tflite file that keep its records whole, so that fuzzing gets
// behind the verifier.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_MUTATION_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_MUTATION_H_

#include <cstddef>
#include <random>
#include <span>

namespace wranglet {

// Whether `file` is one whose records may be changed in place.
bool IsTfliteFile(std::span<const std::byte> file);

// Changes one number of such a file: an operator, an option, where an operator reads or writes, a
// shape, a type, a scale, an element of a constant, or what the network takes and gives.
void MutateTflite(std::span<std::byte> file, std::minstd_rand& random);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_MUTATION_H_
