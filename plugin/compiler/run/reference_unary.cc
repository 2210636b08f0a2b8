#include "plugin/compiler/run/reference_unary.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace wranglet {

double ReferenceUnary(const Unary& op, double x) {
  const double alpha = op.alpha, beta = op.beta;
  switch (op.kind) {
    case Unary::Kind::kAbs:
      return std::abs(x);
    case Unary::Kind::kElu:
      return x < 0 ? alpha * std::expm1(x) : x;
    case Unary::Kind::kExp:
      return std::exp(x);
    case Unary::Kind::kGelu:
      return x * std::erfc(-x / std::numbers::sqrt2) / 2;
    case Unary::Kind::kGeluTanh:
      return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    case Unary::Kind::kHardSigmoid:
      return std::clamp(alpha * x + beta, 0.0, 1.0);
    case Unary::Kind::kHardSwish:
      return x * std::clamp(x + 3, 0.0, 6.0) / 6;
    case Unary::Kind::kLeakyRelu:
      return x < 0 ? alpha * x : x;
    case Unary::Kind::kLog:
      return std::log(x);
    case Unary::Kind::kLogistic:
      return 1 / (1 + std::exp(-x));
    case Unary::Kind::kNegate:
      return -x;
    case Unary::Kind::kRsqrt:
      return 1 / std::sqrt(x);
    case Unary::Kind::kSqrt:
      return std::sqrt(x);
    case Unary::Kind::kSquare:
      return x * x;
    case Unary::Kind::kTanh:
      return std::tanh(x);
  }
  return x;
}

}  // namespace wranglet
