#include "plugin/compiler/passes/on_base.h"

#include <cstddef>
#include <variant>

namespace wranglet {
namespace {

// What an operator has for each dimension, in the order of the base.
std::vector<int32_t> OfBase(const std::vector<int32_t>& values, const Permutation& permutation) {
  std::vector<int32_t> moved(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    moved[static_cast<size_t>(permutation[i])] = values[i];
  }
  return moved;
}

struct Move {
  using Moved = std::optional<Operator>;
  const Permutation& permutation;

  // Operators along the last dimension: if it is the base's last too.
  Moved IfLastStays(Operator op) const {
    const bool stays =
        !permutation.empty() && permutation.back() == static_cast<int32_t>(permutation.size()) - 1;
    return stays ? Moved(std::move(op)) : std::nullopt;
  }

  Moved operator()(const Binary& op) const { return op; }
  Moved operator()(const Clamp& op) const { return op; }
  Moved operator()(const Unary& op) const { return op; }
  Moved operator()(const PRelu& op) const { return op; }
  Moved operator()(const Cast& op) const { return op; }
  Moved operator()(const Quantize& op) const { return op; }
  Moved operator()(const Dequantize& op) const { return op; }
  Moved operator()(const Softmax& op) const { return IfLastStays(op); }
  Moved operator()(const L2Normalization& op) const { return IfLastStays(op); }
  Moved operator()(Concat op) const {
    op.axis = permutation[static_cast<size_t>(op.axis)];
    return op;
  }
  Moved operator()(Pad op) const {
    op.before = OfBase(op.before, permutation);
    op.after = OfBase(op.after, permutation);
    return op;
  }
  Moved operator()(Slice op) const {
    op.begin = OfBase(op.begin, permutation);
    op.size = OfBase(op.size, permutation);
    op.stride = OfBase(op.stride, permutation);
    return op;
  }
  template <typename T>
  Moved operator()(const T&) const {
    return std::nullopt;
  }
};

}  // namespace

std::optional<Operator> OnBase(const Operator& op, const Permutation& permutation) {
  return std::visit(Move{permutation}, op);
}

bool IsOfSingleElements(const Operator& op) {
  return std::holds_alternative<Clamp>(op) || std::holds_alternative<Unary>(op) ||
         std::holds_alternative<Cast>(op) || std::holds_alternative<Quantize>(op) ||
         std::holds_alternative<Dequantize>(op);
}

}  // namespace wranglet
