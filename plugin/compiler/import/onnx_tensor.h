// ONNX's constants as ours.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_TENSOR_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_TENSOR_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "onnx/onnx.pb.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

// Our type of an onnx::TensorProto::DataType; float16 and double become float32. Nothing for
// others.
std::optional<DType> OnnxDType(int32_t data_type);

// The constant that `proto` holds, in whichever of its fields. Errors name the tensor.
Result<Tensor> ReadOnnxTensor(const onnx::TensorProto& proto);

// A constant of these elements.
Tensor Int64Tensor(std::span<const int64_t> values, Shape shape);
// Of int64 or int32, which keeps the low bits.
Tensor IntegerTensor(std::span<const int64_t> values, Shape shape, DType dtype);
Tensor FloatTensor(std::span<const float> values, Shape shape);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_TENSOR_H_
