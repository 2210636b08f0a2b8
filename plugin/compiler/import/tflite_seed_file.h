// For tests and fuzzing: a .tflite file in the making, of one precision.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_SEED_FILE_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_SEED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

#include "plugin/compiler/import/tflite_builder.h"
#include "plugin/compiler/import/tflite_rows.h"

namespace wranglet {

// How a network of a precision stores activations, filters and biases.
struct TfliteStorage {
  const char* name;
  tflite::TensorType activation, filter, bias;
  int64_t zero_point;  // of activations
};

class TfliteSeedFile {
 public:
  explicit TfliteSeedFile(const TfliteStorage& precision) : precision_(precision) {
    file_.fbb.ForceDefaults(true);  // so that fuzzing finds every field
  }

  TfliteBuilder& file() { return file_; }

  // The file's tensors. Without scale and zero point of its own, one serves all activations.
  int32_t Activation(const std::vector<int32_t>& shape, const TfliteQuantization& fixed = {}) {
    return file_.Activation(precision_.activation, shape, fixed.scale.empty() ? Scaled() : fixed);
  }
  int32_t Input(const std::vector<int32_t>& shape) {
    return inputs_.emplace_back(Activation(shape));
  }

  int32_t Add(const TfliteOperand& operand) {
    switch (operand.kind) {
      case TfliteOperand::Kind::kActivation:
        return Input(operand.numbers);
      case TfliteOperand::Kind::kFilter:
        return Constant(precision_.filter, operand.numbers, FilterScales(operand.numbers, 0));
      case TfliteOperand::Kind::kDepthwiseFilter:
        return Constant(precision_.filter, operand.numbers, FilterScales(operand.numbers, 3));
      case TfliteOperand::Kind::kBias:
        return Constant(precision_.bias, operand.numbers, {});
      case TfliteOperand::Kind::kValue:
        return Constant(precision_.activation, operand.numbers, Scaled());
      case TfliteOperand::Kind::kIndices:
        return file_.Indices(operand.numbers);
    }
    return -1;
  }

  void Append(const TfliteRow& row, const std::vector<int32_t>& inputs,
              const std::vector<int32_t>& outputs) {
    file_.Operator(row.op, inputs, outputs, row.options != nullptr ? row.options(file_.fbb) : 0);
  }

  std::vector<std::byte> Finish(const std::vector<int32_t>& outputs) {
    return file_.Finish(inputs_, outputs);
  }

  // The quantisation that LiteRT asks of some operators' outputs.
  TfliteQuantization OutputOf(tflite::BuiltinOperator op) const {
    const bool is_probability =
        op == tflite::BuiltinOperator_SOFTMAX || op == tflite::BuiltinOperator_LOGISTIC;
    const bool is_signed_unit =
        op == tflite::BuiltinOperator_TANH || op == tflite::BuiltinOperator_L2_NORMALIZATION;
    if ((!is_probability && !is_signed_unit) || Scaled().scale.empty()) return {};
    if (precision_.activation == tflite::TensorType_INT16) return {{1.0f / 32768}, {0}};
    const int64_t least = precision_.activation == tflite::TensorType_UINT8 ? 0 : -128;
    return is_probability ? TfliteQuantization{{1.0f / 256}, {least}}
                          : TfliteQuantization{{1.0f / 128}, {least + 128}};
  }

 private:
  TfliteQuantization Scaled() const {
    if (precision_.activation == tflite::TensorType_FLOAT32) return {};
    return {.scale = {0.05f}, .zero_point = {precision_.zero_point}};
  }

  TfliteQuantization FilterScales(const std::vector<int32_t>& shape, int32_t axis) const {
    if (precision_.filter == tflite::TensorType_FLOAT32) return {};
    if (precision_.filter == tflite::TensorType_UINT8) return {{0.02f}, {120}};
    const auto channels = static_cast<size_t>(shape[static_cast<size_t>(axis)]);
    return {std::vector(channels, 0.02f), std::vector<int64_t>(channels), axis};
  }

  int32_t Constant(tflite::TensorType type, const std::vector<int32_t>& shape,
                   const TfliteQuantization& quantization) {
    const auto count = static_cast<size_t>(
        std::accumulate(shape.begin(), shape.end(), 1, std::multiplies<int32_t>()));
    switch (type) {
      case tflite::TensorType_FLOAT32:
        return file_.Constant(type, shape, Ramp<float>(count), quantization);
      case tflite::TensorType_INT16:
        return file_.Constant(type, shape, Ramp<int16_t>(count), quantization);
      case tflite::TensorType_INT32:
        return file_.Constant(type, shape, Ramp<int32_t>(count), quantization);
      case tflite::TensorType_INT64:
        return file_.Constant(type, shape, Ramp<int64_t>(count), quantization);
      default:
        return file_.Constant(type, shape, Ramp<uint8_t>(count), quantization);
    }
  }

  template <typename T>
  static std::vector<T> Ramp(size_t count) {
    std::vector<T> values(count);
    for (size_t i = 0; i < count; ++i) values[i] = static_cast<T>(i * 7 % 13);
    return values;
  }

  const TfliteStorage& precision_;
  TfliteBuilder file_;
  std::vector<int32_t> inputs_;
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_SEED_FILE_H_
