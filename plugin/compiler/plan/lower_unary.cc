// Functions of each element by itself: Unary and Clamp.

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

#include "kernels/fixed_point.h"
#include "kernels/unary_float32.h"
#include "kernels/unary_int16.h"
#include "plugin/compiler/plan/lower.h"
#include "plugin/compiler/plan/lower_checks.h"
#include "plugin/compiler/plan/lower_lookup.h"
#include "plugin/compiler/plan/requantize.h"
#include "plugin/compiler/plan/unary_stored.h"

namespace wranglet {
namespace {

using Kind = Unary::Kind;

UnaryKind KindOf(Kind kind) {
  switch (kind) {
    case Kind::kAbs:
      return UnaryKind::kAbs;
    case Kind::kElu:
      return UnaryKind::kElu;
    case Kind::kExp:
      return UnaryKind::kExp;
    case Kind::kGelu:
      return UnaryKind::kGelu;
    case Kind::kGeluTanh:
      return UnaryKind::kGeluTanh;
    case Kind::kHardSigmoid:
      return UnaryKind::kHardSigmoid;
    case Kind::kHardSwish:
      return UnaryKind::kHardSwish;
    case Kind::kLeakyRelu:
      return UnaryKind::kLeakyRelu;
    case Kind::kLog:
      return UnaryKind::kLog;
    case Kind::kLogistic:
      return UnaryKind::kLogistic;
    case Kind::kNegate:
      return UnaryKind::kNegate;
    case Kind::kRsqrt:
      return UnaryKind::kRsqrt;
    case Kind::kSqrt:
      return UnaryKind::kSqrt;
    case Kind::kSquare:
      return UnaryKind::kSquare;
    case Kind::kTanh:
      return UnaryKind::kTanh;
  }
  return UnaryKind::kAbs;
}

// The output's scale for which TensorFlow Lite has tables of logistic and tanh.
constexpr float kSigmoidScale = 0x1p-15f;

// A step of one input to one output, which may take its place.
void Emit(Lowering& to, const Node& node, KernelParams params) {
  to.Emit(node, std::move(params), {to.Read(node.inputs[0]), to.Write(node.outputs[0])}, {0});
}

void LowerInt16(Lowering& to, const Node& node, const Unary& op) {
  const auto count = static_cast<int32_t>(CountOf(to.tensor(node.outputs[0])));
  const float from = to.tensor(node.inputs[0]).quantization->scale[0];
  const float into = to.tensor(node.outputs[0]).quantization->scale[0];
  const auto emit_lookup = [&](KernelParams params, Argument table) {
    to.Emit(node, std::move(params), {to.Read(node.inputs[0]), table, to.Write(node.outputs[0])},
            {0});
  };
  switch (op.kind) {
    case Kind::kLogistic:
    case Kind::kTanh:
      if (into != kSigmoidScale) break;
      if (auto newton = MakeSigmoidNewtonInt16Params(from, op.kind == Kind::kTanh)) {
        newton->count = count;
        return Emit(to, node, *newton);
      } else {
        SigmoidInt16Params params = MakeSigmoidInt16Params(from, op.kind == Kind::kTanh);
        params.count = count;
        return emit_lookup(params, to.Constant(MakeSigmoidTable()));
      }
    case Kind::kExp:
    case Kind::kGelu:
    case Kind::kGeluTanh:
    case Kind::kLog:
    case Kind::kRsqrt: {
      // TensorFlow Lite gives what log and rsqrt make of 0 the end of the output's range, but
      // computes with the infinity that exp may become.
      const auto function = [&op, into](float x) {
        const float y = UnaryOf(op, x);
        return std::isinf(y) && op.kind != Kind::kExp ? (y < 0 ? -32768 : 32767) * into : y;
      };
      return emit_lookup(Lookup16Params{count},
                         to.Constant(MakeLookup16<float>(from, 0, into, function)));
    }
    case Kind::kAbs:
    case Kind::kLeakyRelu: {
      ScaleInt16Params params{.count = count, .absolute = op.kind == Kind::kAbs};
      params.positive = params.negative = ToFixedPoint(double{from / into});
      if (op.kind == Kind::kLeakyRelu) {
        params.negative = ToFixedPoint(double{from * op.alpha / into});
      }
      return Emit(to, node, params);
    }
    default:
      break;
  }
  Emit(to, node, UnaryInt16Params{count, KindOf(op.kind), op.alpha, op.beta, from, into});
}

}  // namespace

Status Lower(Lowering& to, const Node& node, const Unary& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}, kAllPrecisions));
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  if (dtype == DType::kFloat32) {
    const auto count = static_cast<int32_t>(CountOf(output));
    Emit(to, node, UnaryFloat32Params{count, KindOf(op.kind), op.alpha, op.beta});
  } else if (dtype == DType::kInt8) {
    EmitLookup(to, node, [&](int32_t stored) {
      return UnaryStored(op, stored, *input.quantization, *output.quantization);
    });
  } else {
    LowerInt16(to, node, op);
  }
  return Done{};
}

Status Lower(Lowering& to, const Node& node, const Clamp& op) {
  WRANGLET_ASSIGN(const DType dtype, ActivationType(to.graph(), node, {0}, kAllPrecisions));
  const Tensor& input = to.tensor(node.inputs[0]);
  const Tensor& output = to.tensor(node.outputs[0]);
  const auto count = static_cast<int32_t>(CountOf(output));
  if (dtype == DType::kFloat32) {
    Emit(to, node, ClampFloat32Params{count, OutputOf(op.activation)});
  } else if (dtype == DType::kInt8) {
    EmitLookup(to, node, [&](int32_t stored) {
      return ClampStored(op.activation, stored, *input.quantization, *output.quantization);
    });
  } else {
    const FixedPoint scale =
        ToFixedPoint(double{input.quantization->scale[0] / output.quantization->scale[0]});
    Emit(to, node,
         ScaleInt16Params{.count = count,
                          .positive = scale,
                          .negative = scale,
                          .output = Int16OutputOf(*output.quantization, op.activation)});
  }
  return Done{};
}

}  // namespace wranglet
