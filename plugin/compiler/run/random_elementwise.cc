// RandomNetwork's operators that take each element, or each row, by itself.

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/run/random_network.h"

namespace wranglet {
namespace {

// Those that have a value everywhere, and grow no faster than a square.
constexpr Unary::Kind kUnaryKinds[] = {
    Unary::Kind::kAbs,       Unary::Kind::kElu,         Unary::Kind::kGelu,
    Unary::Kind::kGeluTanh,  Unary::Kind::kHardSigmoid, Unary::Kind::kHardSwish,
    Unary::Kind::kLeakyRelu, Unary::Kind::kLogistic,    Unary::Kind::kNegate,
    Unary::Kind::kSquare,    Unary::Kind::kTanh,
};
constexpr Binary::Kind kBinaryKinds[] = {Binary::Kind::kAdd,     Binary::Kind::kSub,
                                         Binary::Kind::kMul,     Binary::Kind::kMaximum,
                                         Binary::Kind::kMinimum, Binary::Kind::kDiv};

// Beyond that, a square says nothing that a number does not.
constexpr float kMostSquared = 30.0f;

}  // namespace

TensorId RandomNetwork::NewOperand(const Shape& shape) {
  const TensorId operand = NewActivation(shape, 2.0f);
  int64_t count = 1;
  for (const int64_t d : shape) count *= d;
  graph_.tensor(operand).constant = RandomElements(dtype_, count);
  return operand;
}

void RandomNetwork::Prescribe(TensorId id, const Operator& op) {
  if (auto prescribed = PrescribedQuantization(op, dtype_)) {
    graph_.tensor(id).quantization = std::move(prescribed);
  }
}

TensorId RandomNetwork::AppendUnary(TensorId x) {
  Unary op{.kind = kUnaryKinds[static_cast<size_t>(Pick(0, std::size(kUnaryKinds) - 1))],
           .alpha = PickReal(0.05f, 0.9f),
           .beta = PickReal(-0.5f, 0.5f)};
  const float from = Deviation(x);
  if (op.kind == Unary::Kind::kSquare && from > kMostSquared) op.kind = Unary::Kind::kNegate;
  const bool is_logistic = op.kind == Unary::Kind::kLogistic,
             is_tanh = op.kind == Unary::Kind::kTanh;
  const float into = is_logistic || is_tanh || op.kind == Unary::Kind::kHardSigmoid ? 0.5f
                     : op.kind == Unary::Kind::kSquare                              ? from * from
                                                                                    : from;
  const TensorId y = Append(op, {x}, ShapeOf(x), into);
  if (is_logistic || (is_tanh && Pick(0, 1) == 0)) Prescribe(y, op);
  return y;
}

TensorId RandomNetwork::AppendBinary(TensorId x) {
  const Shape in = ShapeOf(x);
  const std::vector<Shape> shapes = {{},         {in[3]}, {in[1], 1, in[3]}, {in[0], 1, 1, in[3]},
                                     {in[2], 1}, in};
  // The last kind is of float32 alone.
  const int64_t last =
      static_cast<int64_t>(std::size(kBinaryKinds)) - (dtype_ == DType::kFloat32 ? 1 : 2);
  const Binary op{.kind = kBinaryKinds[static_cast<size_t>(Pick(0, last))],
                  .activation = RandomActivation()};
  const TensorId operand =
      NewOperand(shapes[static_cast<size_t>(Pick(0, static_cast<int64_t>(shapes.size()) - 1))]);
  const bool is_product = op.kind == Binary::Kind::kMul;
  const bool compares = op.kind == Binary::Kind::kMaximum || op.kind == Binary::Kind::kMinimum;
  if (op.kind == Binary::Kind::kDiv) {
    // Away from zero.
    for (float& value : graph_.tensor(operand).MutableConstantAs<float>()) {
      value += value < 0 ? -0.5f : 0.5f;
    }
  }
  std::vector<TensorId> inputs = {x, operand};
  if (Pick(0, 1) == 0) std::swap(inputs[0], inputs[1]);
  if (op.kind == Binary::Kind::kDiv) inputs = {x, operand};
  const float deviation = is_product ? 2 * Deviation(x) : 2 + Deviation(x);
  const TensorId y = Append(op, inputs, in, deviation);
  if (compares && (dtype_ == DType::kInt16 || Pick(0, 1) == 0)) {
    graph_.tensor(y).quantization = graph_.tensor(operand).quantization =
        graph_.tensor(x).quantization;
  }
  return y;
}

TensorId RandomNetwork::AppendPRelu(TensorId x) {
  const Shape in = ShapeOf(x);
  const TensorId slopes = NewOperand(Pick(0, 1) == 0 ? Shape{1, 1, in[3]} : in);
  return Append(PRelu{}, {x, slopes}, in, 2 * Deviation(x));
}

TensorId RandomNetwork::AppendNormalization(TensorId x) {
  const TensorId y = Append(L2Normalization{}, {x}, ShapeOf(x), 0.5f);
  Prescribe(y, L2Normalization{});
  return y;
}

}  // namespace wranglet
