// Translating TensorFlow Lite's operators to ours, by family. A new operator needs a function and a
// line in its family's table.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_OPERATORS_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_OPERATORS_H_

#include <span>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/import/tflite_node.h"
#include "plugin/compiler/import/tflite_schema_generated.h"

namespace wranglet {

// A translation adds nodes to the Graph that write the operator's outputs.
using TfliteTranslation = Status (*)(TfliteNode&);

struct TfliteTranslationOf {
  tflite::BuiltinOperator op;
  TfliteTranslation translate;
};

// The translation of builtin operator `number`, or null.
TfliteTranslation FindTfliteTranslation(int number);

// The names of the operators that have one, sorted.
std::vector<std::string> TfliteOperators();

// The families, each in tflite_FAMILY.cc.
std::span<const TfliteTranslationOf> TfliteConvolutions();
std::span<const TfliteTranslationOf> TfliteElementwise();
std::span<const TfliteTranslationOf> TfliteImages();
std::span<const TfliteTranslationOf> TfliteLayouts();
std::span<const TfliteTranslationOf> TfliteLinear();
std::span<const TfliteTranslationOf> TfliteParts();
std::span<const TfliteTranslationOf> TfliteSlices();

// The range of values that a fused activation lets through.
Result<Activation> ReadTfliteActivation(tflite::FusedActivation activation);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_OPERATORS_H_
