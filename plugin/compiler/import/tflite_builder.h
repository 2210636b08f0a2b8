// For tests: small .tflite files.
//
//   TfliteBuilder file;
//   const int32_t x = file.Activation(tflite::TensorType_INT8, {1, 4}, {.scale = {0.5f},
//   .zero_point = {3}}); const int32_t y = file.Activation(tflite::TensorType_INT8, {1, 4}, {.scale
//   = {0.25f}, .zero_point = {0}}); file.Operator(tflite::BuiltinOperator_LEAKY_RELU, {x}, {y},
//   tflite::CreateLeakyReluOptions(file.fbb, 0.1f)); const std::vector<std::byte> bytes =
//   file.Finish({x}, {y});

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_BUILDER_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_BUILDER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "flatbuffers/flatbuffers.h"
#include "plugin/compiler/import/tflite_schema_generated.h"

namespace wranglet {

// How a tensor of a .tflite file is quantised; not at all when `scale` is empty.
struct TfliteQuantization {
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int32_t axis = 0;
};

class TfliteBuilder {
 public:
  TfliteBuilder() { buffers_.push_back(tflite::CreateBuffer(fbb)); }  // which holds no constant

  // Each adds a tensor and returns its index; its name is "t" and the index.
  int32_t Activation(tflite::TensorType type, const std::vector<int32_t>& shape,
                     const TfliteQuantization& quantization = {}) {
    return Tensor(type, shape, quantization, 0);
  }
  template <typename T>
  int32_t Constant(tflite::TensorType type, const std::vector<int32_t>& shape,
                   const std::vector<T>& values, const TfliteQuantization& quantization = {}) {
    const auto bytes = std::as_bytes(std::span(values));
    fbb.ForceVectorAlignment(bytes.size(), 1, 16);  // as the public schema has it
    const auto data =
        fbb.CreateVector(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    buffers_.push_back(tflite::CreateBuffer(fbb, data));
    return Tensor(type, shape, quantization, static_cast<uint32_t>(buffers_.size() - 1));
  }
  // A vector of them, as axes, paddings and shapes are given.
  int32_t Indices(const std::vector<int32_t>& values) {
    return Constant(tflite::TensorType_INT32, {static_cast<int32_t>(values.size())}, values);
  }

  // Appends an operator. `options`, made in `fbb`, are those of the schema for `op`; -1 stands for
  // an absent input.
  template <typename Options = tflite::AnyTable>
  void Operator(tflite::BuiltinOperator op, const std::vector<int32_t>& inputs,
                const std::vector<int32_t>& outputs, flatbuffers::Offset<Options> options = {}) {
    const auto found = std::find(codes_.begin(), codes_.end(), op);
    const auto code = static_cast<uint32_t>(found - codes_.begin());
    if (found == codes_.end()) codes_.push_back(op);
    operators_.push_back(tflite::CreateOperatorDirect(
        fbb, code, &inputs, &outputs, options.IsNull() ? uint8_t{0} : OptionsTypeOf(op),
        flatbuffers::Offset<tflite::AnyTable>(options.o)));
  }

  // The file, its network's inputs and outputs given. Nothing can be added any more.
  std::vector<std::byte> Finish(const std::vector<int32_t>& inputs,
                                const std::vector<int32_t>& outputs) {
    std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes;
    for (const tflite::BuiltinOperator op : codes_) {
      codes.push_back(tflite::CreateOperatorCodeDirect(
          fbb, static_cast<int8_t>(std::min<int32_t>(op, 127)), nullptr, 1, op));
    }
    const std::vector<flatbuffers::Offset<tflite::SubGraph>> subgraphs = {
        tflite::CreateSubGraphDirect(fbb, &tensors_, &inputs, &outputs, &operators_, "main")};
    tflite::FinishModelBuffer(
        fbb, tflite::CreateModelDirect(fbb, 3, &codes, &subgraphs, "test", &buffers_));
    const auto* data = reinterpret_cast<const std::byte*>(fbb.GetBufferPointer());
    return {data, data + fbb.GetSize()};
  }

  flatbuffers::FlatBufferBuilder fbb;

 private:
  int32_t Tensor(tflite::TensorType type, const std::vector<int32_t>& shape,
                 const TfliteQuantization& quantization, uint32_t buffer) {
    flatbuffers::Offset<tflite::QuantizationParameters> parameters;
    if (!quantization.scale.empty()) {
      parameters = tflite::CreateQuantizationParametersDirect(
          fbb, nullptr, nullptr, &quantization.scale, &quantization.zero_point, 0, 0,
          quantization.axis);
    }
    const auto index = static_cast<int32_t>(tensors_.size());
    const std::string name = "t" + std::to_string(index);
    tensors_.push_back(
        tflite::CreateTensorDirect(fbb, &shape, type, buffer, name.c_str(), parameters));
    return index;
  }

  // Which of the schema's union BuiltinOptions an operator has; 0 for one that has none here.
  static uint8_t OptionsTypeOf(tflite::BuiltinOperator op) {
    static constexpr std::pair<tflite::BuiltinOperator, uint8_t> kTypes[] = {
        {tflite::BuiltinOperator_CONV_2D, 1},
        {tflite::BuiltinOperator_DEPTHWISE_CONV_2D, 2},
        {tflite::BuiltinOperator_AVERAGE_POOL_2D, 5},
        {tflite::BuiltinOperator_MAX_POOL_2D, 5},
        {tflite::BuiltinOperator_FULLY_CONNECTED, 8},
        {tflite::BuiltinOperator_SOFTMAX, 9},
        {tflite::BuiltinOperator_CONCATENATION, 10},
        {tflite::BuiltinOperator_ADD, 11},
        {tflite::BuiltinOperator_L2_NORMALIZATION, 12},
        {tflite::BuiltinOperator_RESIZE_BILINEAR, 15},
        {tflite::BuiltinOperator_RESHAPE, 17},
        {tflite::BuiltinOperator_SPACE_TO_DEPTH, 19},
        {tflite::BuiltinOperator_MUL, 21},
        {tflite::BuiltinOperator_GATHER, 23},
        {tflite::BuiltinOperator_MEAN, 27},
        {tflite::BuiltinOperator_SUM, 27},
        {tflite::BuiltinOperator_REDUCE_MAX, 27},
        {tflite::BuiltinOperator_REDUCE_MIN, 27},
        {tflite::BuiltinOperator_SUB, 28},
        {tflite::BuiltinOperator_DIV, 29},
        {tflite::BuiltinOperator_SQUEEZE, 30},
        {tflite::BuiltinOperator_STRIDED_SLICE, 32},
        {tflite::BuiltinOperator_SPLIT, 35},
        {tflite::BuiltinOperator_CAST, 37},
        {tflite::BuiltinOperator_ARG_MAX, 40},
        {tflite::BuiltinOperator_TRANSPOSE_CONV, 49},
        {tflite::BuiltinOperator_ARG_MIN, 57},
        {tflite::BuiltinOperator_PACK, 59},
        {tflite::BuiltinOperator_UNPACK, 64},
        {tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, 74},
        {tflite::BuiltinOperator_LEAKY_RELU, 75},
        {tflite::BuiltinOperator_MIRROR_PAD, 77},
        {tflite::BuiltinOperator_SPLIT_V, 79},
        {tflite::BuiltinOperator_DEPTH_TO_SPACE, 94},
        {tflite::BuiltinOperator_BATCH_MATMUL, 101},
        {tflite::BuiltinOperator_GELU, 116},
    };
    for (const auto& [known, type] : kTypes) {
      if (known == op) return type;
    }
    return 0;
  }

  std::vector<flatbuffers::Offset<tflite::Buffer>> buffers_;
  std::vector<flatbuffers::Offset<tflite::Tensor>> tensors_;
  std::vector<flatbuffers::Offset<tflite::Operator>> operators_;
  std::vector<tflite::BuiltinOperator> codes_;  // that operators name
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_BUILDER_H_
