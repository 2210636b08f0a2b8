// Reading a .tflite file's own records: types, tensors, options. What they mean is
// tflite_operators' and tflite_import's business.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_READER_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_READER_H_

#include <cstddef>
#include <span>
#include <string>

#include "flatbuffers/flatbuffers.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/import/tflite_schema_generated.h"

namespace wranglet {

// The Tensor that `record` describes; its constant, when it has one, is checked against its shape.
// Errors name the tensor, not yet the file.
Result<Tensor> ReadTfliteTensor(const tflite::Tensor& record, const tflite::Model& model,
                                size_t index);

// The name of builtin operator `number`; "operator 200" for one newer than our list.
std::string TfliteOperatorName(int number);

// "CONV_2D"; "CUSTOM 'name'" for a custom operator.
std::string TfliteOperatorName(const tflite::OperatorCode& code);

// The builtin operator's number: the larger of its two fields, as the schema prescribes.
int TfliteOperatorNumber(const tflite::OperatorCode& code);

// `op`'s options as T, verified to lie within `file`; an Error when they do not. When the file has
// none, the defaults the schema gives them.
template <typename T>
Result<const T*> ReadTfliteOptions(const tflite::Operator& op, std::span<const std::byte> file) {
  // An empty table is one whose fields all have their defaults: its vtable is only its own sizes.
  static constexpr struct {
    uint16_t vtable_bytes = 4, table_bytes = 4;
    int32_t vtable_distance = 4;
  } kDefaults;
  const auto* defaults = reinterpret_cast<const T*>(&kDefaults.vtable_distance);
  if (op.builtin_options() == nullptr) return defaults;
  const auto* options = reinterpret_cast<const T*>(op.builtin_options());
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(file.data()), file.size());
  if (!options->Verify(verifier)) return Error{.message = "its options are corrupt"};
  return options;
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_READER_H_
