// Exporters that have no operator for a function write it with those they have. Found here are
// HardSigmoid, HardSwish, and Gelu by tanh.

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/passes/pass.h"

namespace wranglet {
namespace {

// Constants are rounded, sometimes by hand.
bool IsNear(double value, double wanted) { return std::fabs(value - wanted) <= 1e-3 * wanted; }

// Deeper products are left alone.
constexpr int kMostDepth = 6;

class Recognizer {
 public:
  explicit Recognizer(Graph& graph) : graph_(graph), producers_(graph.Producers()) {}

  void Run() {
    for (Node& node : graph_.nodes) {
      if (node.As<Binary>() == nullptr) continue;
      const Product product = ProductOf(node.outputs[0]);
      std::optional<Match> match = MatchHardFunction(product);
      if (!match) match = MatchGelu(product);
      if (!match) continue;
      node.op = match->function;
      node.inputs = {match->x};
    }
  }

 private:
  // What a tensor is, if it is made by multiplications.
  struct Product {
    double constant = 1;
    std::vector<TensorId> factors;  // sorted
  };
  struct Match {
    Unary function;
    TensorId x;
  };

  template <typename T>
  const Node* MadeBy(TensorId id) const {
    const int32_t producer = producers_[static_cast<size_t>(id)];
    if (producer < 0) return nullptr;
    const Node& node = graph_.nodes[static_cast<size_t>(producer)];
    return node.As<T>() != nullptr ? &node : nullptr;
  }

  const Node* MadeBy(TensorId id, Binary::Kind kind) const {
    const Node* node = MadeBy<Binary>(id);
    const bool plain = node != nullptr && node->As<Binary>()->kind == kind &&
                       node->As<Binary>()->activation.IsIdentity();
    return plain ? node : nullptr;
  }

  // The input of the function that makes `id`.
  std::optional<TensorId> ArgumentOf(TensorId id, Unary::Kind kind) const {
    const Node* node = MadeBy<Unary>(id);
    if (node == nullptr || node->As<Unary>()->kind != kind) return std::nullopt;
    return node->inputs[0];
  }

  // The number that a constant is.
  std::optional<double> NumberIn(TensorId id) const {
    const Tensor& tensor = graph_.tensor(id);
    if (!tensor.constant || tensor.dtype != DType::kFloat32 || CountOf(tensor) != 1) {
      return std::nullopt;
    }
    return tensor.ConstantAs<float>()[0];
  }

  Product ProductOf(TensorId id) const {
    Product product;
    Multiply(id, kMostDepth, product);
    std::ranges::sort(product.factors);
    return product;
  }

  void Multiply(TensorId id, int depth, Product& product) const {
    if (const auto number = NumberIn(id)) {
      product.constant *= *number;
      return;
    }
    const Node* node = depth > 0 ? MadeBy(id, Binary::Kind::kMul) : nullptr;
    const auto squared = depth > 0 ? ArgumentOf(id, Unary::Kind::kSquare) : std::nullopt;
    if (node != nullptr) {
      for (const TensorId input : node->inputs) Multiply(input, depth - 1, product);
    } else if (squared) {
      for (int i = 0; i < 2; ++i) Multiply(*squared, depth - 1, product);
    } else {
      product.factors.push_back(id);
    }
  }

  // x, if `id` is x + `number`.
  std::optional<TensorId> WithoutAdded(TensorId id, double number) const {
    const Node* node = MadeBy(id, Binary::Kind::kAdd);
    if (node == nullptr) return std::nullopt;
    for (size_t i = 0; i < 2; ++i) {
      const auto added = NumberIn(node->inputs[1 - i]);
      if (added && IsNear(*added, number)) return node->inputs[i];
    }
    return std::nullopt;
  }

  // x, if `id` is min(max(x + 3, 0), 6), and so 6 times a HardSigmoid.
  std::optional<TensorId> InHardSigmoid(TensorId id) const {
    const Node* clamp = MadeBy<Clamp>(id);
    if (clamp == nullptr) return std::nullopt;
    const Activation& range = clamp->As<Clamp>()->activation;
    if (range.min != 0 || range.max != 6) return std::nullopt;
    return WithoutAdded(clamp->inputs[0], 3);
  }

  std::optional<Match> MatchHardFunction(const Product& product) const {
    const auto& factors = product.factors;
    for (size_t i = 0; i < factors.size() && factors.size() <= 2; ++i) {
      double constant = product.constant * 6;
      std::optional<TensorId> x = InHardSigmoid(factors[i]);
      if (!x) {
        x = ArgumentOf(factors[i], Unary::Kind::kHardSigmoid);
        const Unary* op = x ? MadeBy<Unary>(factors[i])->As<Unary>() : nullptr;
        if (op == nullptr || !IsNear(op->alpha, 1.0 / 6) || op->beta != 0.5f) continue;
        constant = product.constant;
      }
      if (!IsNear(constant, 1)) continue;
      if (factors.size() == 1) {
        return Match{{.kind = Unary::Kind::kHardSigmoid, .alpha = 1.0f / 6, .beta = 0.5f}, *x};
      }
      if (factors[1 - i] == *x) return Match{{.kind = Unary::Kind::kHardSwish}, *x};
    }
    return std::nullopt;
  }

  // 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
  std::optional<Match> MatchGelu(const Product& product) const {
    if (product.factors.size() != 2 || !IsNear(product.constant, 0.5)) return std::nullopt;
    for (size_t i = 0; i < 2; ++i) {
      const TensorId x = product.factors[1 - i];
      const auto tanh = WithoutAdded(product.factors[i], 1);
      const auto argument = tanh ? ArgumentOf(*tanh, Unary::Kind::kTanh) : std::nullopt;
      if (!argument) continue;
      const Product scaled = ProductOf(*argument);
      if (scaled.factors.size() != 1 || !IsNear(scaled.constant, 0.7978846)) continue;
      const Node* sum = MadeBy(scaled.factors[0], Binary::Kind::kAdd);
      if (sum == nullptr) continue;
      const TensorId cube = sum->inputs[sum->inputs[0] == x ? 1 : 0];
      const Product cubed = ProductOf(cube);
      if ((sum->inputs[0] == x || sum->inputs[1] == x) && IsNear(cubed.constant, 0.044715) &&
          cubed.factors == std::vector<TensorId>{x, x, x}) {
        return Match{{.kind = Unary::Kind::kGeluTanh}, x};
      }
    }
    return std::nullopt;
  }

  Graph& graph_;
  std::vector<int32_t> producers_;
};

}  // namespace

Status RecognizeFunctions(Graph& graph) {
  Recognizer(graph).Run();
  return RemoveDeadNodes(graph);
}

}  // namespace wranglet
