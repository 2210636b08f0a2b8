// For tests and fuzzing: a use of each operator we translate, whatever its precision.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_ROWS_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_ROWS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "flatbuffers/flatbuffers.h"
#include "plugin/compiler/import/tflite_schema_generated.h"

namespace wranglet {

// An input of an operator: `numbers` are its shape, or, of indices, its elements.
struct TfliteOperand {
  enum class Kind { kActivation, kFilter, kDepthwiseFilter, kBias, kValue, kIndices };
  Kind kind = Kind::kActivation;
  std::vector<int32_t> numbers;
};
inline TfliteOperand Image(std::vector<int32_t> shape) {
  return {TfliteOperand::Kind::kActivation, std::move(shape)};
}
inline TfliteOperand Filter(std::vector<int32_t> shape) {
  return {TfliteOperand::Kind::kFilter, std::move(shape)};
}
inline TfliteOperand Depthwise(std::vector<int32_t> shape) {
  return {TfliteOperand::Kind::kDepthwiseFilter, std::move(shape)};
}
inline TfliteOperand Bias(int32_t count) { return {TfliteOperand::Kind::kBias, {count}}; }
inline TfliteOperand Value(std::vector<int32_t> shape) {
  return {TfliteOperand::Kind::kValue, std::move(shape)};
}
inline TfliteOperand Indices(std::vector<int32_t> elements) {
  return {TfliteOperand::Kind::kIndices, std::move(elements)};
}

using TfliteOptions = flatbuffers::Offset<tflite::AnyTable>;
template <typename T>
TfliteOptions Any(flatbuffers::Offset<T> options) {
  return options.o;
}

// One operator: its inputs, the shapes of its outputs, and its options, if it has any.
struct TfliteRow {
  tflite::BuiltinOperator op;
  std::vector<TfliteOperand> inputs;
  std::vector<std::vector<int32_t>> outputs;
  TfliteOptions (*options)(flatbuffers::FlatBufferBuilder&) = nullptr;
};

// Of those operators that compute in the type of their inputs.
std::vector<TfliteRow> TfliteRows();

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_ROWS_H_
