#include "plugin/compiler/import/import.h"

#include <cstddef>
#include <vector>

#include "plugin/compiler/base/file.h"
#include "plugin/compiler/import/onnx_import.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/tflite_import.h"
#include "plugin/compiler/import/tflite_operators.h"

namespace wranglet {

Result<Graph> ImportModel(const std::string& path) {
  WRANGLET_ASSIGN(const std::vector<std::byte> bytes, ReadFile(path));
  return LooksLikeTflite(bytes) ? ImportTflite(path, bytes) : ImportOnnx(path, bytes);
}

std::vector<FormatOperators> SupportedOperators() {
  return {{"ONNX", OnnxOperators()}, {"TensorFlow Lite", TfliteOperators()}};
}

}  // namespace wranglet
