#include "plugin/compiler/quantize/constants.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/quantize/parameters.h"

namespace wranglet {
namespace {

Error Problem(const Tensor& tensor, const std::string& what, std::string hint = "") {
  return {.message = "tensor '" + tensor.name + "' " + what, .hint = std::move(hint)};
}

template <typename T>
std::vector<std::byte> BytesOf(const std::vector<T>& values) {
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  return {bytes, bytes + values.size() * sizeof(T)};
}

template <typename T>
Tensor Stored(const Tensor& like, DType dtype, const std::vector<T>& elements, Quantization q) {
  Tensor tensor = like;
  tensor.dtype = dtype;
  tensor.constant = BytesOf(elements);
  tensor.quantization = std::move(q);
  return tensor;
}

template <typename T>
Tensor OperandAs(const Tensor& constant, DType dtype, const Quantization& q) {
  std::vector<T> stored;
  for (const float v : constant.ConstantAs<float>()) {
    stored.push_back(QuantizeActivation<T>(v, q));
  }
  return Stored(constant, dtype, stored, q);
}

// Of the filter's channel c, whose elements lie strided: f(index into the filter) for each.
template <typename F>
void ForEachOfChannel(const Shape& shape, int axis, int64_t channel, F&& f) {
  int64_t inner = 1, outer = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (static_cast<int>(i) < axis) outer *= shape[i];
    if (static_cast<int>(i) > axis) inner *= shape[i];
  }
  const int64_t channels = shape[static_cast<size_t>(axis)];
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      f(static_cast<size_t>((o * channels + channel) * inner + i));
    }
  }
}

Tensor StoredBias(const Tensor& like, const std::vector<int64_t>& bias, DType dtype,
                  Quantization units) {
  if (dtype == DType::kInt16) return Stored(like, DType::kInt64, bias, std::move(units));
  return Stored(like, DType::kInt32, std::vector<int32_t>(bias.begin(), bias.end()),
                std::move(units));
}

}  // namespace

Status CheckFloatConstant(const Tensor& tensor) {
  if (!tensor.constant || tensor.dtype != DType::kFloat32) {
    return Problem(tensor, "has to be a constant of float32", "compile with precision float32");
  }
  const auto values = tensor.ConstantAs<float>();
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
    return Problem(tensor, "holds values that are not finite", "export the network again");
  }
  return Done{};
}

Tensor QuantizeOperand(const Tensor& constant, DType dtype, const Quantization& quantization) {
  return dtype == DType::kInt16 ? OperandAs<int16_t>(constant, dtype, quantization)
                                : OperandAs<int8_t>(constant, dtype, quantization);
}

Tensor QuantizeOperand(const Tensor& constant, DType dtype) {
  const auto values = constant.ConstantAs<float>();
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  return QuantizeOperand(constant, dtype, ActivationQuantization({*min, *max}, {}, dtype));
}

Result<Weights> QuantizeWeights(const Tensor& filter, int axis, const PairLanes& lanes,
                                const Tensor* bias, float input_scale, DType dtype) {
  WRANGLET_RETURN_IF_ERROR(CheckFloatConstant(filter));
  if (bias != nullptr) WRANGLET_RETURN_IF_ERROR(CheckFloatConstant(*bias));
  const SumLimits& limits = dtype == DType::kInt16 ? kInt16Sums : kInt8Sums;
  const auto channels = static_cast<size_t>(filter.shape[static_cast<size_t>(axis)]);
  const std::span<const float> weights = filter.ConstantAs<float>();
  std::vector<int8_t> stored(weights.size());
  std::vector<int64_t> stored_bias;
  Quantization per_channel{.zero_point = std::vector<int32_t>(channels, 0), .axis = axis};
  Quantization bias_units{.zero_point = std::vector<int32_t>(channels, 0), .axis = 0};
  for (size_t c = 0; c < channels; ++c) {
    const auto for_each = [&](auto&& f) {
      ForEachOfChannel(filter.shape, axis, static_cast<int64_t>(c), f);
    };
    std::vector<float> of_channel;
    for_each([&](size_t i) { of_channel.push_back(weights[i]); });
    const float added = bias != nullptr ? bias->ConstantAs<float>()[c] : 0.0f;
    const float grid = filter.quantization ? filter.quantization->scale[c] : 0.0f;
    const float scale = ChannelScale(of_channel, lanes, added, input_scale, limits, grid);
    if (!std::isfinite(scale)) {
      return Problem(filter, "or its bias holds values that are too large for int8");
    }
    for_each([&](size_t i) { stored[i] = QuantizeWeight(weights[i], scale); });
    stored_bias.push_back(QuantizeBias(added, input_scale, scale, limits));
    per_channel.scale.push_back(scale);
    bias_units.scale.push_back(input_scale * scale);
  }
  return Weights{
      Stored(filter, DType::kInt8, stored, std::move(per_channel)),
      bias != nullptr ? StoredBias(*bias, stored_bias, dtype, std::move(bias_units)) : Tensor{}};
}

}  // namespace wranglet
