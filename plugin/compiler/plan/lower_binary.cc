// Operators of two tensors, element by element.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "kernels/add.h"
#include "kernels/binary_float32.h"
#include "kernels/maximum.h"
#include "kernels/multiply.h"
#include "kernels/unary_int16.h"
#include "plugin/compiler/plan/broadcasting.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_anew.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/lower_lookup.h"
#include "plugin/compiler/plan/requantize.h"

namespace wranglet {
namespace {

using Kind = Binary::Kind;

BinaryKind KindOf(Kind kind) {
  switch (kind) {
    case Kind::kAdd:
      return BinaryKind::kAdd;
    case Kind::kSub:
      return BinaryKind::kSub;
    case Kind::kMul:
      return BinaryKind::kMul;
    case Kind::kMaximum:
      return BinaryKind::kMaximum;
    case Kind::kMinimum:
      return BinaryKind::kMinimum;
    case Kind::kDiv:
      return BinaryKind::kDiv;
  }
  return BinaryKind::kAdd;
}

// One Binary node, whose tensors are known to be of one type.
class LowerBinary {
 public:
  LowerBinary(Lowering& to, const Node& node, const Binary& op, const Broadcast& shape)
      : to_(to), node_(node), op_(op), shape_(shape) {}

  Status Float32() {
    Emit(BinaryFloat32Params{shape_, KindOf(op_.kind), OutputOf(op_.activation)});
    return Done{};
  }

  Status Int8() {
    const float scale_a = Scale(a()), scale_b = Scale(b()), scale = Scale(output());
    const Int8Output range = OutputOf(*output().quantization, op_.activation);
    switch (op_.kind) {
      case Kind::kAdd:
      case Kind::kSub: {
        const auto params = MakeAddInt8Params(shape_, scale_a, ZeroPoint(a()),
                                              op_.kind == Kind::kSub ? -scale_b : scale_b,
                                              ZeroPoint(b()), scale, range);
        if (!params) return AddFixedPoint<int8_t>(range.min, range.max);
        Emit(*params);
        return Done{};
      }
      case Kind::kMul: {
        const float product = scale_a * scale_b / scale;
        if (!std::isfinite(product)) return TooFarApart();
        Emit(MultiplyInt8Params{shape_, ZeroPoint(a()), ZeroPoint(b()), product, range});
        return Done{};
      }
      case Kind::kMaximum:
      case Kind::kMinimum:
        Emit(MaximumParams<int8_t>{shape_, op_.kind == Kind::kMinimum, range.min, range.max},
             {Requantized(node_.inputs[0]), Requantized(node_.inputs[1])});
        return Done{};
      case Kind::kDiv:
        break;
    }
    return NoKernel();
  }

  Status Int16() {
    const float scale_a = Scale(a()), scale_b = Scale(b()), scale = Scale(output());
    const Int16Output range = Int16OutputOf(*output().quantization, op_.activation);
    switch (op_.kind) {
      case Kind::kAdd:
      case Kind::kSub:
        return AddFixedPoint<int16_t>(range.min, range.max);
      case Kind::kMul: {
        const float product = scale_a * scale_b / scale;
        if (!std::isfinite(product)) return TooFarApart();
        Emit(MultiplyInt16Params{shape_, ToFixedPoint(double{product}), range});
        return Done{};
      }
      case Kind::kMaximum:
      case Kind::kMinimum:
        Emit(MaximumParams<int16_t>{shape_, op_.kind == Kind::kMinimum, range.min, range.max},
             {Requantized(node_.inputs[0]), Requantized(node_.inputs[1])});
        return Done{};
      case Kind::kDiv:
        break;
    }
    return NoKernel();
  }

 private:
  const Tensor& a() const { return to_.tensor(node_.inputs[0]); }
  const Tensor& b() const { return to_.tensor(node_.inputs[1]); }
  const Tensor& output() const { return to_.tensor(node_.outputs[0]); }
  static float Scale(const Tensor& tensor) { return tensor.quantization->scale[0]; }
  static int32_t ZeroPoint(const Tensor& tensor) { return tensor.quantization->zero_point[0]; }

  Error TooFarApart() const {
    return to_.graph().ErrorAt(node_, "the scales of inputs and output are too far apart");
  }
  Error NoKernel() const {
    return to_.graph().ErrorAt(node_, "no kernel for quantised tensors",
                               "multiply by the inverse instead, or keep the operator in float32");
  }

  template <typename T>
  Status AddFixedPoint(int32_t min, int32_t max) {
    auto params = MakeAddFixedPointParams<T>(Scale(a()), Scale(b()), Scale(output()));
    if (!params) return TooFarApart();
    params->shape = shape_;
    params->subtract = op_.kind == Kind::kSub;
    params->a_zero_point = ZeroPoint(a());
    params->b_zero_point = ZeroPoint(b());
    params->output_zero_point = ZeroPoint(output());
    params->min = min;
    params->max = max;
    Emit(*params);
    return Done{};
  }

  // An input as the output stores its numbers: as it is, or requantised for this node.
  Argument Requantized(TensorId id) {
    const Tensor& input = to_.tensor(id);
    if (input.IsStoredLike(output())) return to_.Read(id);
    const Argument requantized = to_.Scratch(BytesOf(input));
    if (input.dtype == DType::kInt16) {
      to_.Emit(node_, ScaleParams(input, *output().quantization), {to_.Read(id), requantized});
      return requantized;
    }
    const auto table = TableOf(DType::kInt8, DType::kInt8, [&](int32_t stored) {
      return RequantizeStored(stored, *input.quantization, *output().quantization, true);
    });
    to_.Emit(node_, Lookup8Params{static_cast<int32_t>(CountOf(input))},
             {to_.Read(id), to_.Constant(table), requantized});
    return requantized;
  }

  void Emit(KernelParams params) {
    Emit(std::move(params), {to_.Read(node_.inputs[0]), to_.Read(node_.inputs[1])});
  }

  // The output may replace an operand that is not repeated.
  void Emit(KernelParams params, std::vector<Argument> args) {
    std::vector<size_t> replaceable;
    for (size_t i = 0; i < args.size(); ++i) {
      if (CountOf(to_.tensor(node_.inputs[i])) == CountOf(output())) replaceable.push_back(i);
    }
    args.push_back(to_.Write(node_.outputs[0]));
    to_.Emit(node_, std::move(params), std::move(args), std::move(replaceable));
  }

  Lowering& to_;
  const Node& node_;
  const Binary& op_;
  const Broadcast& shape_;
};

}  // namespace

Status Lower(Lowering& to, const Node& node, const Binary& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0, 1}, kAllPrecisions));
  const Shape &a = to.tensor(node.inputs[0]).shape, &b = to.tensor(node.inputs[1]).shape;
  const std::optional<Broadcast> shape = BroadcastOf(a, b);
  if (!shape) {
    return to.graph().ErrorAt(node, "no kernel for shapes " + ToString(a) + " and " + ToString(b),
                              "supported: up to 6 dimensions along which they differ");
  }
  LowerBinary lower(to, node, op, *shape);
  if (dtype == DType::kFloat32) return lower.Float32();
  return dtype == DType::kInt8 ? lower.Int8() : lower.Int16();
}

}  // namespace wranglet
