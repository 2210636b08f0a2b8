#include "plugin/compiler/import/tflite_reader.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace wranglet {
namespace {

std::optional<DType> DTypeOf(tflite::TensorType type) {
  switch (type) {
    case tflite::TensorType_FLOAT32:
      return DType::kFloat32;
    case tflite::TensorType_INT32:
      return DType::kInt32;
    case tflite::TensorType_UINT8:
      return DType::kUint8;
    case tflite::TensorType_INT64:
      return DType::kInt64;
    case tflite::TensorType_BOOL:
      return DType::kBool;
    case tflite::TensorType_INT16:
      return DType::kInt16;
    case tflite::TensorType_INT8:
      return DType::kInt8;
    default:
      return std::nullopt;
  }
}

// The float32 that a float16 is: a sign, 5 bits of exponent and 10 of fraction.
float FromFloat16(uint16_t half) {
  const float sign = (half & 0x8000) != 0 ? -1.0f : 1.0f;
  const int exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  if (exponent == 0x1f) {
    return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  }
  return sign * std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
}

// Constants of float16 are read as float32: their only readers are DEQUANTIZE, which then has
// nothing to do.
std::vector<std::byte> WidenedFloat16(std::span<const std::byte> stored) {
  std::vector<std::byte> widened(stored.size() * 2);
  for (size_t i = 0; i < stored.size() / 2; ++i) {
    uint16_t half;
    std::memcpy(&half, stored.data() + 2 * i, sizeof(half));
    const float value = FromFloat16(half);
    std::memcpy(widened.data() + 4 * i, &value, sizeof(value));
  }
  return widened;
}

Result<Shape> ReadShape(const tflite::Tensor& record) {
  Shape shape;
  for (size_t i = 0; record.shape() != nullptr && i < record.shape()->size(); ++i) {
    const int32_t dimension = record.shape()->Get(i);
    if (dimension < 1) {
      return Error{.message = "dimension " + std::to_string(i) + " is " + std::to_string(dimension),
                   .hint = "export the model with a static shape"};
    }
    shape.push_back(dimension);
  }
  // A dimension that the exporter left open stands as -1 in the signature, and as 1 in the shape.
  // For the batch that is just what a Worker runs; elsewhere nobody knows the size.
  const auto* signature = record.shape_signature();
  for (size_t i = 1; signature != nullptr && i < signature->size(); ++i) {
    if (signature->Get(i) < 0) {
      return Error{.message = "dimension " + std::to_string(i) + " is dynamic",
                   .hint = "export the model with a static shape"};
    }
  }
  return shape;
}

// Of a vector whose elements a damaged file may have at any address: the verifier only sees to it
// that they lie in the file.
int64_t ElementAt(const flatbuffers::Vector<int64_t>& vector, size_t i) {
  int64_t element;
  std::memcpy(&element, vector.Data() + i * sizeof(element), sizeof(element));
  return element;
}

Result<std::optional<Quantization>> ReadQuantization(const tflite::Tensor& record,
                                                     const Shape& shape) {
  const auto* from = record.quantization();
  if (from == nullptr || from->scale() == nullptr || from->scale()->size() == 0) {
    return std::optional<Quantization>();
  }
  Quantization quantization;
  quantization.axis = from->quantized_dimension();
  const size_t count = from->scale()->size();
  if (count > 1 && (quantization.axis < 0 || quantization.axis >= static_cast<int>(shape.size()) ||
                    shape[static_cast<size_t>(quantization.axis)] != static_cast<int64_t>(count))) {
    return Error{.message = "has " + std::to_string(count) +
                            " scales, which fit no dimension of its shape " + ToString(shape)};
  }
  if (from->zero_point() != nullptr && from->zero_point()->size() != count &&
      from->zero_point()->size() != 0) {
    return Error{.message = "has " + std::to_string(count) + " scales but " +
                            std::to_string(from->zero_point()->size()) + " zero points"};
  }
  const bool has_zero_points = from->zero_point() != nullptr && from->zero_point()->size() != 0;
  for (size_t i = 0; i < count; ++i) {
    const float scale = from->scale()->Get(i);
    if (!(scale >= 0) || scale > 1e30f) return Error{.message = "has a scale that is no number"};
    quantization.scale.push_back(scale);
    const int64_t zero_point = has_zero_points ? ElementAt(*from->zero_point(), i) : 0;
    if (zero_point < -32768 || zero_point > 32767) {
      return Error{.message = "has the zero point " + std::to_string(zero_point)};
    }
    quantization.zero_point.push_back(static_cast<int32_t>(zero_point));
  }
  return std::optional<Quantization>(std::move(quantization));
}

}  // namespace

int TfliteOperatorNumber(const tflite::OperatorCode& code) {
  return std::max<int>(code.deprecated_builtin_code(), code.builtin_code());
}

std::string TfliteOperatorName(int number) {
  const std::string_view name =
      tflite::EnumNameBuiltinOperator(static_cast<tflite::BuiltinOperator>(number));
  return name.empty() ? "operator " + std::to_string(number) : std::string(name);
}

std::string TfliteOperatorName(const tflite::OperatorCode& code) {
  std::string name = TfliteOperatorName(TfliteOperatorNumber(code));
  if (code.custom_code() != nullptr && name == "CUSTOM") {
    name += " '" + code.custom_code()->str() + "'";
  }
  return name;
}

Result<Tensor> ReadTfliteTensor(const tflite::Tensor& record, const tflite::Model& model,
                                size_t index) {
  Tensor tensor;
  tensor.name = record.name() != nullptr ? record.name()->str() : "tensor " + std::to_string(index);
  const auto placed = [&](Error error) {
    error.message = "tensor '" + tensor.name + "' " + error.message;
    return error;
  };
  if (model.buffers() == nullptr || record.buffer() >= model.buffers()->size()) {
    return placed({.message = "lies in a buffer that the file does not have"});
  }
  const auto* data = model.buffers()->Get(record.buffer())->data();
  const bool is_constant = data != nullptr && data->size() > 0;
  const bool is_float16 = is_constant && record.type() == tflite::TensorType_FLOAT16;
  const std::optional<DType> dtype = is_float16 ? DType::kFloat32 : DTypeOf(record.type());
  if (!dtype) {
    const char* name = tflite::EnumNameTensorType(record.type());
    return placed({.message = "has the type " +
                              (*name != '\0' ? name : std::to_string(record.type())) +
                              ", which is not supported"});
  }
  if (record.sparsity() != nullptr) return placed({.message = "is sparse, which is not supported"});
  tensor.dtype = *dtype;
  Result<Shape> shape = ReadShape(record);
  if (!shape.ok()) return placed(shape.error());
  tensor.shape = *shape;
  const Result<int64_t> count = ElementCount(tensor.shape);
  if (!count.ok()) return placed({.message = "is too large: " + ToString(tensor.shape)});
  Result<std::optional<Quantization>> quantization = ReadQuantization(record, tensor.shape);
  if (!quantization.ok()) return placed(quantization.error());
  // Elsewhere a scale says how a number came about, but not what it is.
  const bool is_stored = tensor.dtype == DType::kInt8 || tensor.dtype == DType::kUint8 ||
                         tensor.dtype == DType::kInt16 ||
                         (is_constant && tensor.dtype != DType::kFloat32);
  if (is_stored) tensor.quantization = *quantization;

  if (!is_constant) return tensor;
  const std::span bytes(reinterpret_cast<const std::byte*>(data->data()), data->size());
  const size_t needed = static_cast<size_t>(*count) * (is_float16 ? 2 : SizeOf(tensor.dtype));
  if (bytes.size() != needed) {
    return placed({.message = "holds " + std::to_string(bytes.size()) + " bytes where its shape " +
                              ToString(tensor.shape) + " needs " + std::to_string(needed),
                   .hint = "the file is damaged; export it again"});
  }
  if (is_float16) {
    tensor.constant = WidenedFloat16(bytes);
  } else {
    tensor.constant.emplace(bytes.begin(), bytes.end());
  }
  return tensor;
}

}  // namespace wranglet
