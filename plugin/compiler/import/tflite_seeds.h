// For tests and fuzzing: small .tflite files that between them have every operator we translate.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_SEEDS_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_SEEDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "plugin/compiler/import/tflite_rows.h"

namespace wranglet {

// What a network computes in: float32, int8 with a scale for each channel of a filter, uint8 as the
// legacy files are, or int16 with filters of int8.
enum class TflitePrecision { kFloat32, kInt8, kUint8, kInt16 };

// A network of the one operator.
std::vector<std::byte> TfliteFileOf(const TfliteRow& row, TflitePrecision precision);

struct TfliteSeed {
  std::string name;  // "CONV_2D int8"
  std::vector<std::byte> file;
};

// For each precision a file an operator, and one of several operators; and
// files that store weights in other types than they compute in, or compute with constants. Every
// one imports, passes through all passes, and is valid.
std::vector<TfliteSeed> TfliteSeeds();

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_SEEDS_H_
