// Translating one TensorFlow Lite operator to ours.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_OPERATORS_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_OPERATORS_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/import/tflite_schema_generated.h"

namespace wranglet {

// What a translation sees. `inputs` and `outputs` are the operator's tensors, whose number the
// translation checks; it leaves in them those that our operator takes.
struct TfliteOperator {
  const tflite::Operator& record;
  std::span<const std::byte> file;
  Graph& graph;
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;

  const Tensor& input(size_t i) const { return graph.tensor(inputs[i]); }
  const Tensor& output() const { return graph.tensor(outputs[0]); }
};

// Our operator for builtin operator `number`, or what is not supported about it. `name` is for
// errors.
Result<Operator> TranslateTfliteOperator(int number, const std::string& name, TfliteOperator& op);

// The names of the operators that have a translation, sorted.
std::vector<std::string> TfliteOperators();

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_OPERATORS_H_
