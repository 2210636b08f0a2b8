#include "plugin/compiler/import/onnx_tensor.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

namespace wranglet {
namespace {

// IEEE 754 binary16 to binary32.
float HalfToFloat(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign ? -magnitude : magnitude;
  }
  const uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

// Bytes an element of raw_data has; 0 for types we do not read.
size_t RawBytes(int32_t data_type) {
  switch (data_type) {
    case onnx::TensorProto::FLOAT:
    case onnx::TensorProto::INT32:
      return 4;
    case onnx::TensorProto::DOUBLE:
    case onnx::TensorProto::INT64:
      return 8;
    case onnx::TensorProto::FLOAT16:
    case onnx::TensorProto::INT16:
      return 2;
    case onnx::TensorProto::INT8:
    case onnx::TensorProto::UINT8:
    case onnx::TensorProto::BOOL:
      return 1;
    default:
      return 0;
  }
}

// Fills `to` with `count` elements that `element(i)` gives.
template <typename T, typename Element>
void Fill(std::vector<std::byte>& to, size_t count, Element&& element) {
  to.resize(count * sizeof(T));
  for (size_t i = 0; i < count; ++i) {
    const T value = static_cast<T>(element(i));
    std::memcpy(to.data() + i * sizeof(T), &value, sizeof(T));
  }
}

template <typename T>
T RawElement(const std::string& raw, size_t i) {
  T value;
  std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
  return value;
}

void FillFromRaw(std::vector<std::byte>& to, const std::string& raw, int32_t type, size_t count) {
  switch (type) {
    case onnx::TensorProto::DOUBLE:
      return Fill<float>(to, count, [&](size_t i) { return RawElement<double>(raw, i); });
    case onnx::TensorProto::FLOAT16:
      return Fill<float>(to, count,
                         [&](size_t i) { return HalfToFloat(RawElement<uint16_t>(raw, i)); });
    default:
      to.resize(raw.size());
      std::memcpy(to.data(), raw.data(), raw.size());
  }
}

// How many elements the typed field of this type has.
int TypedCount(const onnx::TensorProto& proto) {
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      return proto.float_data_size();
    case onnx::TensorProto::DOUBLE:
      return proto.double_data_size();
    case onnx::TensorProto::INT64:
      return proto.int64_data_size();
    default:
      return proto.int32_data_size();
  }
}

void FillFromTyped(std::vector<std::byte>& to, const onnx::TensorProto& proto, DType dtype,
                   size_t count) {
  const auto int32 = [&](size_t i) { return proto.int32_data(static_cast<int>(i)); };
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      return Fill<float>(to, count,
                         [&](size_t i) { return proto.float_data(static_cast<int>(i)); });
    case onnx::TensorProto::DOUBLE:
      return Fill<float>(to, count,
                         [&](size_t i) { return proto.double_data(static_cast<int>(i)); });
    case onnx::TensorProto::FLOAT16:
      return Fill<float>(to, count,
                         [&](size_t i) { return HalfToFloat(static_cast<uint16_t>(int32(i))); });
    case onnx::TensorProto::INT64:
      return Fill<int64_t>(to, count,
                           [&](size_t i) { return proto.int64_data(static_cast<int>(i)); });
    default:
      break;
  }
  switch (SizeOf(dtype)) {
    case 1:
      return Fill<uint8_t>(to, count, int32);
    case 2:
      return Fill<uint16_t>(to, count, int32);
    default:
      return Fill<int32_t>(to, count, int32);
  }
}

}  // namespace

std::optional<DType> OnnxDType(int32_t data_type) {
  switch (data_type) {
    case onnx::TensorProto::FLOAT:
    case onnx::TensorProto::DOUBLE:
    case onnx::TensorProto::FLOAT16:
      return DType::kFloat32;
    case onnx::TensorProto::INT8:
      return DType::kInt8;
    case onnx::TensorProto::UINT8:
      return DType::kUint8;
    case onnx::TensorProto::INT16:
      return DType::kInt16;
    case onnx::TensorProto::INT32:
      return DType::kInt32;
    case onnx::TensorProto::INT64:
      return DType::kInt64;
    case onnx::TensorProto::BOOL:
      return DType::kBool;
    default:
      return std::nullopt;
  }
}

Result<Tensor> ReadOnnxTensor(const onnx::TensorProto& proto) {
  const auto error = [&](std::string message, std::string hint = "") {
    return Error{.message = "constant '" + proto.name() + "' " + std::move(message),
                 .hint = std::move(hint)};
  };
  if (proto.data_location() == onnx::TensorProto::EXTERNAL || proto.external_data_size() > 0) {
    return error("lies in another file", "save the model with its weights inside");
  }
  const std::optional<DType> dtype = OnnxDType(proto.data_type());
  if (!dtype)
    return error("has type " + std::to_string(proto.data_type()) + ", which is not supported");
  if (proto.dims_size() > static_cast<int>(kMaxRank)) {
    return error("has " + std::to_string(proto.dims_size()) + " dimensions, more than " +
                 std::to_string(kMaxRank));
  }
  Tensor tensor{.name = proto.name(), .dtype = *dtype};
  tensor.shape.assign(proto.dims().begin(), proto.dims().end());
  const Result<int64_t> elements = ElementCount(tensor.shape);
  if (!elements.ok()) return error("has " + elements.error().message);
  const auto count = static_cast<size_t>(*elements);
  const bool is_raw = proto.has_raw_data();
  const size_t given = is_raw ? proto.raw_data().size() / RawBytes(proto.data_type())
                              : static_cast<size_t>(TypedCount(proto));
  if (given != count || (is_raw && proto.raw_data().size() % RawBytes(proto.data_type()) != 0)) {
    return error("holds " + std::to_string(given) + " elements where its shape " +
                     ToString(tensor.shape) + " needs " + std::to_string(count),
                 "the file is damaged; export it again");
  }
  tensor.constant.emplace();
  if (is_raw) {
    FillFromRaw(*tensor.constant, proto.raw_data(), proto.data_type(), count);
  } else {
    FillFromTyped(*tensor.constant, proto, *dtype, count);
  }
  return tensor;
}

Tensor Int64Tensor(std::span<const int64_t> values, Shape shape) {
  const auto bytes = std::as_bytes(values);
  Tensor tensor{.dtype = DType::kInt64, .shape = std::move(shape)};
  tensor.constant.emplace(bytes.begin(), bytes.end());
  return tensor;
}

Tensor IntegerTensor(std::span<const int64_t> values, Shape shape, DType dtype) {
  if (dtype == DType::kInt64) return Int64Tensor(values, std::move(shape));
  Tensor tensor{.dtype = DType::kInt32, .shape = std::move(shape)};
  Fill<int32_t>(tensor.constant.emplace(), values.size(), [&](size_t i) { return values[i]; });
  return tensor;
}

Tensor FloatTensor(std::span<const float> values, Shape shape) {
  const auto bytes = std::as_bytes(values);
  Tensor tensor{.dtype = DType::kFloat32, .shape = std::move(shape)};
  tensor.constant.emplace(bytes.begin(), bytes.end());
  return tensor;
}

}  // namespace wranglet
