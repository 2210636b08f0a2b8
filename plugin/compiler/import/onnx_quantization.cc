// QuantizeLinear and DequantizeLinear. Activations get Quantize and Dequantize nodes, which a pass
// then fuses with what lies between. A constant becomes floats that keep, as their quantisation,
// the grid they lie on: so every translation takes it, and the pass can store it again.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

// How a node of either kind stores its quantised side.
struct Storage {
  DType dtype = DType::kUint8;
  Quantization quantization;
};

struct Limits {
  double least, most;
};

// Of the types that may be quantised.
std::optional<Limits> LimitsOf(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return Limits{-128, 127};
    case DType::kUint8:
      return Limits{0, 255};
    case DType::kInt16:
      return Limits{-32768, 32767};
    case DType::kInt32:
      return Limits{std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
    default:
      return std::nullopt;
  }
}

template <typename T>
std::vector<int32_t> ZeroPoints(const Tensor& tensor) {
  const auto from = tensor.ConstantAs<T>();
  return {from.begin(), from.end()};
}

std::vector<int32_t> ZeroPointsOf(const Tensor& tensor) {
  switch (tensor.dtype) {
    case DType::kInt8:
      return ZeroPoints<int8_t>(tensor);
    case DType::kUint8:
      return ZeroPoints<uint8_t>(tensor);
    case DType::kInt16:
      return ZeroPoints<int16_t>(tensor);
    default:
      return ZeroPoints<int32_t>(tensor);
  }
}

// The scale and zero point of `node`, inputs 1 and 2, for a tensor of `shape`. Without a zero
// point, it is 0 and the type `otherwise`.
Result<Storage> ReadStorage(const OnnxNode& node, const Shape& shape, DType otherwise) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(2));
  if (node.Int("block_size", 0) != 0) {
    return Error{.message = "quantises in blocks, which is not supported",
                 .hint = "quantise a tensor or a channel at once"};
  }
  Storage storage{.dtype = otherwise};
  Quantization& q = storage.quantization;
  WRANGLET_ASSIGN(q.scale, node.ConstantFloats(1));
  q.zero_point.assign(q.scale.size(), 0);
  if (node.HasInput(2)) {
    storage.dtype = node.tensor(2).dtype;
    if (!node.IsConstant(2) || !LimitsOf(storage.dtype)) {
      return Error{.message = "has a zero point that is no constant integer"};
    }
    q.zero_point = ZeroPointsOf(node.tensor(2));
  } else if (node.Int("output_dtype", 0) != 0) {
    const auto given = OnnxDType(static_cast<int32_t>(node.Int("output_dtype", 0)));
    if (!given || !LimitsOf(*given)) return Error{.message = "has an output_dtype of no integers"};
    storage.dtype = *given;
  }
  if (q.zero_point.size() != q.scale.size()) {
    return Error{.message = "has " + std::to_string(q.scale.size()) + " scales and " +
                            std::to_string(q.zero_point.size()) + " zero points"};
  }
  const bool sane = std::ranges::all_of(q.scale, [](float s) { return s > 0 && std::isfinite(s); });
  if (!sane) return Error{.message = "has a scale that is not positive"};
  if (q.scale.size() > 1) {
    // The default of 1 does not fit a bias, whose only axis it must be.
    const int64_t otherwise = shape.size() == 1 ? 0 : 1;
    WRANGLET_ASSIGN(q.axis, NormalizedAxis(node.Int("axis", otherwise), shape.size()));
    if (shape[static_cast<size_t>(q.axis)] != static_cast<int64_t>(q.scale.size())) {
      return Error{.message =
                       std::to_string(q.scale.size()) + " scales do not fit " + ToString(shape)};
    }
  }
  return storage;
}

template <typename T>
void Dequantized(const Tensor& from, const Quantization& q, std::span<float> to) {
  const auto stored = from.ConstantAs<T>();
  ForEachElement(from, q, [&](size_t i, size_t c) {
    const int64_t steps = int64_t{stored[i]} - q.zero_point[c];
    to[i] = static_cast<float>(steps) * q.scale[c];
  });
}

// The floats that a constant stands for, which keep their grid. That of uint8 is int8's: signed
// numbers are what a pass will store.
Tensor DequantizedConstant(const Tensor& from, Quantization q) {
  Tensor to{.shape = from.shape};
  to.constant.emplace(static_cast<size_t>(CountOf(from)) * sizeof(float));
  const auto floats = to.MutableConstantAs<float>();
  switch (from.dtype) {
    case DType::kInt8:
      Dequantized<int8_t>(from, q, floats);
      break;
    case DType::kUint8:
      Dequantized<uint8_t>(from, q, floats);
      for (int32_t& zero_point : q.zero_point) zero_point -= 128;
      break;
    case DType::kInt16:
      Dequantized<int16_t>(from, q, floats);
      break;
    default:
      Dequantized<int32_t>(from, q, floats);
  }
  to.quantization = std::move(q);
  return to;
}

template <typename T>
void StoreAs(const Tensor& from, const Storage& storage, std::vector<std::byte>& to) {
  const auto floats = from.ConstantAs<float>();
  const Limits limits = *LimitsOf(storage.dtype);
  to.resize(floats.size() * sizeof(T));
  ForEachElement(from, storage.quantization, [&](size_t i, size_t c) {
    const double steps = std::nearbyint(floats[i] / storage.quantization.scale[c]);
    const double sum = (std::isnan(steps) ? 0 : steps) + storage.quantization.zero_point[c];
    const T stored = static_cast<T>(std::clamp(sum, limits.least, limits.most));
    std::memcpy(to.data() + i * sizeof(T), &stored, sizeof(T));
  });
}

Tensor QuantizedConstant(const Tensor& from, const Storage& storage) {
  Tensor to{.dtype = storage.dtype, .shape = from.shape, .quantization = storage.quantization};
  switch (SizeOf(storage.dtype)) {
    case 1:
      storage.dtype == DType::kInt8 ? StoreAs<int8_t>(from, storage, to.constant.emplace())
                                    : StoreAs<uint8_t>(from, storage, to.constant.emplace());
      break;
    case 2:
      StoreAs<int16_t>(from, storage, to.constant.emplace());
      break;
    default:
      StoreAs<int32_t>(from, storage, to.constant.emplace());
  }
  return to;
}

}  // namespace

Result<TensorId> TranslateQuantizeLinear(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  if (node.tensor(0).dtype != DType::kFloat32) {
    return Error{.message = std::string("quantises numbers of ") + NameOf(node.tensor(0).dtype)};
  }
  WRANGLET_ASSIGN(const Storage storage, ReadStorage(node, node.tensor(0).shape, DType::kUint8));
  if (node.IsConstant(0)) return node.AddConstant(QuantizedConstant(node.tensor(0), storage));
  return node.EmitStoredLike({.dtype = storage.dtype, .quantization = storage.quantization},
                             Quantize{}, {node.input(0)});
}

Result<TensorId> TranslateDequantizeLinear(OnnxNode& node) {
  WRANGLET_RETURN_IF_ERROR(node.ExpectInputs(1));
  const DType dtype = node.tensor(0).dtype;
  if (!LimitsOf(dtype)) {
    return Error{.message = std::string("dequantises numbers of ") + NameOf(dtype)};
  }
  WRANGLET_ASSIGN(const Storage storage, ReadStorage(node, node.tensor(0).shape, dtype));
  if (storage.dtype != dtype) return Error{.message = "has a zero point of another type"};
  if (node.IsConstant(0)) {
    return node.AddConstant(DequantizedConstant(node.tensor(0), storage.quantization));
  }
  // An integer input of the network has no quantisation until here.
  auto& quantization = node.graph().tensor(node.input(0)).quantization;
  if (!quantization) quantization = storage.quantization;
  if (quantization != storage.quantization) {
    return Error{.message = "reads '" + node.tensor(0).name +
                            "' by another scale or zero point than it is stored with",
                 .hint = "export the model with equal ones on both sides"};
  }
  return node.EmitStoredLike({}, Dequantize{}, {node.input(0)});
}

}  // namespace wranglet
