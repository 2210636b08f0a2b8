#include "plugin/compiler/passes/store.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace wranglet {
namespace {

// A float of step * scale, divided by scale, is nearer to step than that: steps have 17 bits of a
// float's 24.
constexpr double kNear = 1e-2;

template <typename T>
void Assign(Tensor& tensor, const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  tensor.constant.emplace(bytes.begin(), bytes.end());
}

}  // namespace

std::optional<Tensor> StoredOnGrid(const Tensor& floats, DType dtype) {
  if (!floats.constant || floats.dtype != DType::kFloat32 || !floats.quantization) {
    return std::nullopt;
  }
  const Quantization& q = *floats.quantization;
  size_t inner = 1;
  for (size_t i = static_cast<size_t>(q.axis) + 1; i < floats.shape.size(); ++i) {
    inner *= static_cast<size_t>(floats.shape[i]);
  }
  const double most = dtype == DType::kInt8 ? 127 : 32767;
  const auto values = floats.ConstantAs<float>();
  std::vector<int16_t> stored;
  stored.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t c = q.scale.size() == 1 ? 0 : i / inner % q.scale.size();
    const double place = double{values[i]} / q.scale[c];
    const double steps = std::nearbyint(place) + q.zero_point[c];
    const double off = std::fabs(place - std::nearbyint(place));
    if (!(off < kNear) || steps < -most - 1 || steps > most) return std::nullopt;
    stored.push_back(static_cast<int16_t>(steps));
  }
  Tensor tensor = floats;
  tensor.dtype = dtype;
  if (dtype == DType::kInt8) {
    Assign(tensor, std::vector<int8_t>(stored.begin(), stored.end()));
  } else {
    Assign(tensor, stored);
  }
  return tensor;
}

std::optional<Tensor> StoredBias(const Tensor& floats, float input,
                                 const std::vector<float>& filter) {
  if (!floats.constant || floats.dtype != DType::kFloat32) return std::nullopt;
  Tensor tensor = floats;
  tensor.dtype = DType::kInt32;
  tensor.quantization = Quantization{{}, std::vector<int32_t>(filter.size(), 0), 0};
  for (const float scale : filter) tensor.quantization->scale.push_back(input * scale);
  const std::vector<float>& scales = tensor.quantization->scale;
  const auto values = floats.ConstantAs<float>();
  std::vector<int32_t> stored;
  stored.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const double steps = std::nearbyint(double{values[i]} / scales[scales.size() == 1 ? 0 : i]);
    if (!(std::fabs(steps) <= std::numeric_limits<int32_t>::max())) return std::nullopt;
    stored.push_back(static_cast<int32_t>(steps));
  }
  Assign(tensor, stored);
  return tensor;
}

}  // namespace wranglet
