#include "plugin/compiler/plan/filtered.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "kernels/winograd_tiles.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/requantize.h"
#include "plugin/compiler/plan/window_of.h"

namespace wranglet {
namespace {

// Sums that stay below are exact in double, and so are their products with a scale of 15 bits
// (kHalfUp).
constexpr double kMostInt16Sum = 0x1p37;

template <typename T>
bool AllOrdinary(const std::vector<T>& scales) {
  // Beyond that a product has no meaning, and shifts (kHalfUp31) no place.
  return std::all_of(scales.begin(), scales.end(),
                     [](T s) { return std::isfinite(s) && (sizeof(T) == 4 || s < 0x1p15); });
}

}  // namespace

Result<Filtered> Filtered::Make(Lowering& to, const Node& node) {
  const int channel_axis = *FilterChannelAxis(node.op);
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}, kAllPrecisions));
  WRANGLET_RETURN_IF_ERROR(CheckFilterAndBias(to.graph(), node, dtype, channel_axis));
  const int64_t channels = to.tensor(node.inputs[1]).shape[static_cast<size_t>(channel_axis)];
  const Filtered filtered(to, node, dtype, static_cast<int32_t>(channels));
  if (!filtered.IsFloat()) WRANGLET_RETURN_IF_ERROR(filtered.CheckScales());
  if (dtype == DType::kInt16) WRANGLET_RETURN_IF_ERROR(filtered.CheckInt16Sums());
  return filtered;
}

Status Filtered::CheckScales() const {
  if (dtype_ == DType::kInt16 ? AllOrdinary(Scales<double>()) : AllOrdinary(Scales<float>())) {
    return Done{};
  }
  return to_->graph().ErrorAt(*node_, "the scales of input, filter and output are too far apart");
}

std::vector<double> Filtered::LargestSums(double activation) const {
  std::vector<double> most = Bias<double>();
  for (double& sum : most) sum = std::abs(sum);
  const std::vector<int16_t> weights = Weights<int16_t>();
  for (size_t i = 0; i < weights.size(); ++i) {
    most[ChannelAt(i)] += activation * std::abs(int32_t{weights[i]});
  }
  return most;
}

Status Filtered::CheckInt16Sums() const {
  const std::vector<double> most = LargestSums(32768.0);
  if (std::all_of(most.begin(), most.end(), [](double m) { return m < kMostInt16Sum; })) {
    return Done{};
  }
  return to_->graph().ErrorAt(*node_, "its weights and bias are so large that sums exceed 2^37");
}

WindowShape Filtered::WindowFor(const Window& window) const {
  return WindowOf(to_->graph(), *node_, window);
}

const Tensor* Filtered::BiasTensor() const {
  const bool has_bias = node_->inputs.size() > 2 && node_->inputs[2] != kNoTensor;
  return has_bias ? &to_->tensor(node_->inputs[2]) : nullptr;
}

bool Filtered::HasChannelsLast() const { return *FilterChannelAxis(node_->op) != 0; }

size_t Filtered::ChannelAt(size_t i) const {
  const auto channels = static_cast<size_t>(channels_);
  return HasChannelsLast() ? i % channels : i / (static_cast<size_t>(CountOf(filter())) / channels);
}

int32_t Filtered::ZeroPointAt(size_t i) const {
  const std::vector<int32_t>& zero_points = filter().quantization->zero_point;
  return zero_points[zero_points.size() == 1 ? 0 : ChannelAt(i)];
}

bool Filtered::IsBounded() const {
  const std::vector<double> most = LargestSums(255.0);
  const std::vector<float> scales = Scales<float>();
  for (size_t c = 0; c < most.size(); ++c) {
    const bool is_exact = most[c] <= std::numeric_limits<int32_t>::max();
    if (!is_exact || most[c] * double{scales[c]} > double{RequantizeInt8::kMostBounded}) {
      return false;
    }
  }
  return true;
}

bool Filtered::IsBoundedInt16() const {
  if (Rounding() != Rounding16::kHalfUp) return false;
  const std::vector<double> most = LargestSums(32768.0), bias = Bias<double>();
  const std::vector<double> scales = Scales<double>();
  for (size_t c = 0; c < most.size(); ++c) {
    const double products = most[c] - std::abs(bias[c]);
    if (!RequantizeInt16Bounded::Serves(products, bias[c], scales[c])) return false;
  }
  return true;
}

bool Filtered::FitsInt8() const {
  const std::span<const int8_t> weights = filter().ConstantAs<int8_t>();
  for (size_t i = 0; i < weights.size(); ++i) {
    const int32_t weight = weights[i] - ZeroPointAt(i);
    if (weight != static_cast<int8_t>(weight)) return false;
  }
  return true;
}

bool Filtered::FitsLanes(const PairLanes& lanes) const {
  const std::vector<int8_t> weights = Weights<int8_t>();
  const auto channels = static_cast<size_t>(channels_);
  return HasChannelsLast() ? lanes.Fit(weights, channels, 1, channels)
                           : lanes.Fit(weights, channels, weights.size() / channels, 1);
}

std::vector<LaneSums> Filtered::Sums() const {
  std::vector<LaneSums> sums;
  for (const int32_t bias : Bias<int32_t>()) sums.emplace_back(bias, InputZeroPoint());
  const std::vector<int8_t> weights = Weights<int8_t>();
  for (size_t i = 0; i < weights.size(); ++i) sums[ChannelAt(i)].Add(weights[i]);
  return sums;
}

bool Filtered::FitsTileSums() const {
  const std::vector<LaneSums> sums = Sums();
  return std::all_of(sums.begin(), sums.end(),
                     [](const LaneSums& s) { return s.AreWithin(WinogradTiles::kMostSum); });
}

bool Filtered::FitsLaneSums(const Activation& activation) const {
  const std::vector<LaneSums> sums = Sums();
  const std::vector<float> scales = Scales<float>();
  const Int8Output output = OutputFor<RequantizeInt8>(activation);
  for (size_t c = 0; c < sums.size(); ++c) {
    if (!sums[c].Fit(scales[c], output)) return false;
  }
  return true;
}

template <typename Weight>
std::vector<Weight> Filtered::Weights() const {
  const std::span<const int8_t> stored = filter().ConstantAs<int8_t>();
  std::vector<Weight> weights(stored.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] = static_cast<Weight>(stored[i] - ZeroPointAt(i));
  }
  return weights;
}
template std::vector<int8_t> Filtered::Weights() const;
template std::vector<int16_t> Filtered::Weights() const;

template <typename T>
std::vector<T> Filtered::Bias() const {
  const Tensor* tensor = BiasTensor();
  if (tensor == nullptr) return std::vector<T>(static_cast<size_t>(channels_));
  const auto converted = [](const auto& elements) {
    std::vector<T> bias;
    for (const auto element : elements) bias.push_back(static_cast<T>(element));
    return bias;
  };
  if (tensor->dtype == DType::kInt64) return converted(tensor->ConstantAs<int64_t>());
  if (tensor->dtype == DType::kInt32) return converted(tensor->ConstantAs<int32_t>());
  return converted(tensor->ConstantAs<float>());
}
template std::vector<int32_t> Filtered::Bias() const;
template std::vector<float> Filtered::Bias() const;
template std::vector<double> Filtered::Bias() const;

Arithmetic Filtered::ItsArithmetic() const {
  if (const auto* op = node_->As<DepthwiseConv2D>()) return op->arithmetic;
  if (const auto* op = node_->As<TransposeConv>()) return op->arithmetic;
  return Arithmetic::kXnnpack;
}

// How TensorFlow Lite's kernel of int16 for the node's operator and bias rounds.
Rounding16 Filtered::Rounding() const {
  const Tensor* bias = BiasTensor();
  const bool is_int32 = bias != nullptr && bias->dtype == DType::kInt32;
  if (node_->As<FullyConnected>() != nullptr) {
    return bias == nullptr || is_int32 ? Rounding16::kHalfUp31 : Rounding16::kHalfAway;
  }
  if (!is_int32 || node_->As<DepthwiseConv2D>() != nullptr) return Rounding16::kHalfUp;
  const auto* conv = node_->As<Conv2D>();
  return conv != nullptr && conv->groups == 1 ? Rounding16::kHalfUp31 : Rounding16::kTwice31;
}

template <typename T>
std::vector<T> Filtered::Scales() const {
  const Quantization &x = *input().quantization, &w = *filter().quantization,
                     &y = *output().quantization;
  if constexpr (std::is_same_v<T, float>) {
    return RequantizationScales(x.scale[0], w.scale, y.scale[0], channels_);
  } else if constexpr (std::is_same_v<T, FixedPoint>) {
    return FixedPointScales(x, w, y, channels_, ItsArithmetic() == Arithmetic::kTfliteUint8);
  } else {
    const Rounding16 rounding = Rounding();
    const bool float_product = node_->As<FullyConnected>() != nullptr && w.scale.size() == 1 &&
                               rounding == Rounding16::kHalfUp31;
    return Int16RequantizationScales(x, w, y, channels_, rounding, float_product);
  }
}
template std::vector<float> Filtered::Scales() const;
template std::vector<FixedPoint> Filtered::Scales() const;
template std::vector<double> Filtered::Scales() const;

template <typename Requantize>
typename Requantize::Output Filtered::OutputFor(const Activation& activation) const {
  const Quantization& y = *output().quantization;
  if constexpr (std::is_same_v<Requantize, RequantizeInt8>) {
    return OutputOf(y, activation);
  } else if constexpr (std::is_same_v<Requantize, RequantizeTwice>) {
    return TfliteOutputOf(y, activation);
  } else if constexpr (std::is_same_v<Requantize, RequantizeInt16Bounded>) {
    return Int16OutputOf(y, activation);
  } else {
    return {Rounding(), Int16OutputOf(y, activation)};
  }
}
template Int8Output Filtered::OutputFor<RequantizeInt8>(const Activation&) const;
template Int8Output Filtered::OutputFor<RequantizeTwice>(const Activation&) const;
template Int16ProductOutput Filtered::OutputFor<RequantizeInt16>(const Activation&) const;
template Int16Output Filtered::OutputFor<RequantizeInt16Bounded>(const Activation&) const;

void Filtered::Emit(KernelParams params, const PackedFloat32& packed,
                    std::optional<size_t> scratch_bytes) const {
  Emit(std::move(params), {to_->Constant(packed.filter), to_->Constant(packed.bias)},
       scratch_bytes);
}

void Filtered::Emit(KernelParams params, const std::vector<Argument>& constants,
                    std::optional<size_t> scratch_bytes) const {
  std::vector<Argument> args = {to_->Read(node_->inputs[0])};
  args.insert(args.end(), constants.begin(), constants.end());
  args.push_back(to_->Write(node_->outputs[0]));
  if (scratch_bytes) args.push_back(to_->Scratch(static_cast<int64_t>(*scratch_bytes)));
  to_->Emit(*node_, std::move(params), std::move(args));
}

}  // namespace wranglet
