#include "plugin/compiler/plan/unary_stored.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <numbers>

#include "kernels/fixed_point.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

float Ratio(const Quantization& from, const Quantization& into) {
  return from.scale[0] / into.scale[0];
}

// qs8-vlrelu: 8 bits of fraction where XNNPACK takes the scales, else TensorFlow Lite's own.
int32_t LeakyReluStored(float alpha, int32_t value, const Quantization& from,
                        const Quantization& into) {
  const float positive = Ratio(from, into), negative = positive * alpha;
  const bool is_xnnpack = positive >= 0x1p-8f && positive <= 0x1p7f && negative <= 0x1p7f &&
                          negative >= -0x1.fffcp6f && std::fabs(negative) >= 0x1p-8f;
  if (is_xnnpack) {
    const auto multiplier = std::lrintf(256.0f * (value >= 0 ? positive : negative));
    return static_cast<int32_t>((value * multiplier + 128) >> 8) + into.zero_point[0];
  }
  const float scale = value >= 0 ? positive : from.scale[0] * alpha / into.scale[0];
  return PlusZeroPoint(MultiplyReference(value, ToFixedPoint(double{scale})), into);
}

// Arithmetic of int16 with 15 bits of fraction, as gemmlowp has it.
int32_t Saturated(int32_t value) { return std::clamp(value, -32768, 32767); }
int32_t RoundedProduct(int32_t a, int32_t b) {
  const int32_t product = a * b;
  return Saturated((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}
// Anything but 0 saturates from 16 bits on.
int32_t SaturatedShift(int32_t value, int32_t left) {
  return Saturated(value * (1 << std::min(left, 16)));
}
// Of values below 2^29, 30 bits leave nothing.
int32_t RoundedShift(int32_t value, int32_t right) {
  if (right == 0) return value;
  right = std::min(right, 30);
  return (value + (1 << (right - 1)) - (value < 0 ? 1 : 0)) >> right;
}

// A FixedPoint with a mantissa of 15 bits.
FixedPoint ToFixedPoint15(float real) {
  FixedPoint fixed = ToFixedPoint(double{real});
  fixed.multiplier =
      static_cast<int32_t>(std::min<int64_t>((int64_t{fixed.multiplier} + (1 << 15)) >> 16, 32767));
  return fixed;
}

// TensorFlow Lite's reference/hard_swish.h. The input, 7 bits to the left, is brought near the
// output's scale, and multiplied by a gate that grows from 0 at -3 to 1 at 3.
int32_t HardSwishStored(int32_t value, const Quantization& from, const Quantization& into) {
  const float fine_scale = 1.0f / 128 * from.scale[0];
  const FixedPoint output = ToFixedPoint15(fine_scale / into.scale[0]);
  const FixedPoint gating = ToFixedPoint15(fine_scale / (3.0f / 32768));
  const int32_t fine = value * 128;
  int32_t gate = fine;
  if (gating.exponent > 0) gate = SaturatedShift(gate, gating.exponent - 1);
  gate = RoundedProduct(gate, gating.multiplier);
  if (gating.exponent > 0) gate = SaturatedShift(gate, 1);
  gate = (RoundedShift(gate, std::max(-gating.exponent, 0)) + (1 << 15)) >> 1;
  const int32_t product = gate * RoundedProduct(fine, output.multiplier) / (1 << 15);
  return RoundedShift(product, std::max(-output.exponent, 0)) + into.zero_point[0];
}

// TensorFlow Lite's RsqrtEvalQuantized: the inverse root of the stored value, with 20 bits of
// fraction, times that of the scales.
int32_t RsqrtStored(int32_t value, const Quantization& from, const Quantization& into) {
  constexpr int32_t kBits = 20;
  if (value <= 0) return std::numeric_limits<int16_t>::max();
  const double root = std::ldexp(1 / std::sqrt(static_cast<double>(value)), kBits);
  FixedPoint scale = ToFixedPoint(1.0 / double{std::sqrt(from.scale[0]) * into.scale[0]});
  scale.exponent -= kBits;
  return PlusZeroPoint(MultiplyReference(static_cast<int32_t>(std::lround(root)), scale), into);
}

// The nearest int32, from those that a double holds; of NaN 0.
int32_t Rounded(float value) {
  if (std::isnan(value)) return 0;
  return static_cast<int32_t>(std::clamp(std::round(value), -0x1p30f, 0x1p30f));
}

float Exact(double value) { return static_cast<float>(value); }

}  // namespace

float UnaryOf(const Unary& op, float x) {
  const double wide = double{x};
  switch (op.kind) {
    case Unary::Kind::kAbs:
      return std::fabs(x);
    case Unary::Kind::kElu:
      return x < 0 ? op.alpha * Exact(std::expm1(wide)) : x;
    case Unary::Kind::kExp:
      return Exact(std::exp(wide));
    case Unary::Kind::kGelu:
      return 0.5f * x * (1.0f + Exact(std::erf(wide / std::numbers::sqrt2)));
    case Unary::Kind::kGeluTanh: {
      const float inner = 0x1.988454p-1f * (x + 0.044715f * x * x * x);
      return 0.5f * x * (1.0f + Exact(std::tanh(double{inner})));
    }
    case Unary::Kind::kHardSigmoid:
      return std::clamp(op.alpha * x + op.beta, 0.0f, 1.0f);
    case Unary::Kind::kHardSwish:
      return x * std::clamp(x + 3.0f, 0.0f, 6.0f) / 6.0f;
    case Unary::Kind::kLeakyRelu:
      return x < 0 ? op.alpha * x : x;
    case Unary::Kind::kLog:
      return x > 0 ? Exact(std::log(wide)) : -kInfinity;
    case Unary::Kind::kLogistic:
      return 1.0f / (1.0f + Exact(std::exp(-wide)));
    case Unary::Kind::kNegate:
      return -x;
    case Unary::Kind::kRsqrt:
      return x > 0 ? 1.0f / std::sqrt(x) : kInfinity;
    case Unary::Kind::kSqrt:
      return std::sqrt(x);
    case Unary::Kind::kSquare:
      return x * x;
    case Unary::Kind::kTanh:
      return Exact(std::tanh(wide));
  }
  return x;
}

int32_t UnaryStored(const Unary& op, int32_t stored, const Quantization& from,
                    const Quantization& into) {
  const int32_t value = stored - from.zero_point[0];
  switch (op.kind) {
    case Unary::Kind::kAbs:
      return PlusZeroPoint(
          MultiplyReference(std::abs(value), ToFixedPoint(double{Ratio(from, into)})), into);
    case Unary::Kind::kHardSwish:
      return HardSwishStored(value, from, into);
    case Unary::Kind::kLeakyRelu:
      return LeakyReluStored(op.alpha, value, from, into);
    case Unary::Kind::kRsqrt:
      return RsqrtStored(value, from, into);
    default:
      break;
  }
  const float result = UnaryOf(op, from.scale[0] * static_cast<float>(value));
  if (op.kind == Unary::Kind::kSqrt) {
    return PlusZeroPoint(Rounded(std::floor(result / into.scale[0])), into);
  }
  return PlusZeroPoint(Rounded(result * (1.0f / into.scale[0])), into);
}

int32_t ClampStored(const Activation& activation, int32_t stored, const Quantization& from,
                    const Quantization& into) {
  const auto bound = [&into](float real) {
    return PlusZeroPoint(Rounded(real / into.scale[0]), into);
  };
  const int32_t scaled =
      MultiplyReference(stored - from.zero_point[0], ToFixedPoint(double{Ratio(from, into)}));
  return std::clamp(PlusZeroPoint(scaled, into), bound(activation.min), bound(activation.max));
}

template <typename Float>
std::vector<int16_t> MakeLookup16(Float input_scale, int32_t input_zero_point, Float output_scale,
                                  const std::function<Float(Float)>& function) {
  static constexpr Float kLeast = -32768, kMost = 32767;
  const Float first = input_scale * (kLeast - static_cast<Float>(input_zero_point));
  const Float last = input_scale * (kMost - static_cast<Float>(input_zero_point));
  constexpr int kSteps = kLookup16Entries - 1;
  const Float step = (last - first) / kSteps, half_step = step / 2;
  const Float inverse = Float{65536} / (output_scale * kMost - output_scale * kLeast);
  // In steps of the output.
  const auto at = [=](Float x) { return function(x) * inverse; };
  // What is no number, as the difference of two infinities, is 0.
  const auto stored = [](Float value) {
    return std::isnan(value) ? int16_t{0}
                             : static_cast<int16_t>(std::clamp(std::round(value), kLeast, kMost));
  };
  std::vector<int16_t> table;
  for (int i = 0; i < kSteps; ++i) {
    const Float x = first + static_cast<Float>(i) * step;
    const Float here = std::round(at(x));
    const Float next = at(first + static_cast<Float>(i + 1) * step);
    const Float error = std::round((next + here) / 2) - std::round(at(x + half_step));
    table.push_back(stored(here - std::round(error / 2)));
  }
  table.push_back(stored(at(last)));
  return table;
}

template std::vector<int16_t> MakeLookup16(float, int32_t, float,
                                           const std::function<float(float)>&);
template std::vector<int16_t> MakeLookup16(double, int32_t, double,
                                           const std::function<double(double)>&);

std::optional<SigmoidNewtonInt16Params> MakeSigmoidNewtonInt16Params(float input_scale,
                                                                     bool is_tanh) {
  // Scales near to a power of two count as it.
  constexpr float kNear = 1e-3f;
  const float log = std::log(input_scale) * (1.0f / std::log(2.0f)), power = std::round(log);
  const bool doubled = is_tanh && power == -11;
  if (std::fabs(log - power) >= kNear || !(doubled || power == -12)) return std::nullopt;
  return SigmoidNewtonInt16Params{.is_tanh = is_tanh, .doubled = doubled};
}

std::vector<uint16_t> MakeSigmoidTable() {
  const auto logistic = [](double i) { return 65536 / (1 + std::exp(-i / 24)); };
  std::vector<uint16_t> table;
  for (double i = 0; table.size() + 1 < kSigmoidEntries; ++i) {
    const double error = (logistic(i) + logistic(i + 1)) / 2 - logistic(i + 0.5);
    table.push_back(static_cast<uint16_t>(std::lround(logistic(i) - error / 2)));
  }
  table.push_back(65535);
  return table;
}

SigmoidInt16Params MakeSigmoidInt16Params(float input_scale, bool is_tanh) {
  SigmoidInt16Params params{.is_tanh = is_tanh};
  double multiplier = double{input_scale} * 4096.0 * 3.0;
  for (; multiplier <= 32767.0 / 2 && params.shift <= 30; ++params.shift) multiplier *= 2;
  params.multiplier = static_cast<int16_t>(std::min(multiplier, 32767.0));
  return params;
}

}  // namespace wranglet
