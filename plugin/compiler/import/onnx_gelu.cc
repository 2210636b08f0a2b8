#include "plugin/compiler/import/onnx_gelu.h"

#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

class Recognizer {
 public:
  explicit Recognizer(onnx::GraphProto& graph) : graph_(graph) {
    for (auto& node : *graph.mutable_node()) {
      if (node.output_size() == 1) producers_[node.output(0)] = &node;
      for (const std::string& input : node.input()) readers_[input].push_back(&node);
    }
    // The network itself reads its outputs.
    for (const auto& output : graph.output()) readers_[output.name()].push_back(nullptr);
    for (const auto& constant : graph.initializer()) constants_[constant.name()] = &constant;
  }

  void Run() {
    for (auto& node : *graph_.mutable_node()) {
      if (node.op_type() == "Erf" && node.input_size() == 1 && node.output_size() == 1) Match(node);
    }
    auto& nodes = *graph_.mutable_node();
    for (int i = nodes.size(); i-- > 0;) {
      if (gone_.contains(&nodes.Get(i))) nodes.DeleteSubrange(i, 1);
    }
  }

 private:
  using Node = onnx::NodeProto;

  std::optional<float> NumberIn(const std::string& name) const {
    const onnx::TensorProto* proto = nullptr;
    if (const auto found = constants_.find(name); found != constants_.end()) {
      proto = found->second;
    } else if (const Node* node = Producer(name, "Constant")) {
      for (const auto& attribute : node->attribute()) {
        if (attribute.name() == "value" && attribute.has_t()) proto = &attribute.t();
      }
    }
    if (proto == nullptr) return std::nullopt;
    const Result<Tensor> tensor = ReadOnnxTensor(*proto);
    if (!tensor.ok() || tensor->dtype != DType::kFloat32 || tensor->constant->size() != 4) {
      return std::nullopt;
    }
    return tensor->ConstantAs<float>()[0];
  }

  const Node* Producer(const std::string& name, const char* op) const {
    const auto found = producers_.find(name);
    return found != producers_.end() && found->second->op_type() == op ? found->second : nullptr;
  }

  // The node of kind `op` with two inputs that alone reads `name`.
  Node* SoleReader(const std::string& name, const char* op) const {
    const auto& readers = readers_.at(name);
    const bool fits = readers.size() == 1 && readers[0] != nullptr && readers[0]->op_type() == op &&
                      readers[0]->input_size() == 2 && readers[0]->output_size() == 1;
    return fits && readers_.contains(readers[0]->output(0)) ? readers[0] : nullptr;
  }

  // The input of `node` that is not `name`.
  static const std::string& Other(const Node& node, const std::string& name) {
    return node.input(node.input(0) == name ? 1 : 0);
  }

  bool IsNumber(const std::string& name, float wanted) const {
    const auto number = NumberIn(name);
    return number && std::fabs(*number - wanted) <= 1e-3f * wanted;
  }

  // x, if `name` is `op`(x, number), or of a product (number, x).
  std::optional<std::string> Without(const std::string& name, const char* op, float number) const {
    const Node* node = Producer(name, op);
    if (node == nullptr || node->input_size() != 2) return std::nullopt;
    if (IsNumber(node->input(1), number)) return node->input(0);
    if (std::string(op) == "Mul" && IsNumber(node->input(0), number)) return node->input(1);
    return std::nullopt;
  }

  // From the Erf on: what its sum with 1 is multiplied with, until it is 0.5 and x.
  void Match(const Node& erf) {
    auto x = Without(erf.input(0), "Div", 1.41421356f);
    if (!x) x = Without(erf.input(0), "Mul", 0.70710678f);
    if (!x || !readers_.contains(erf.output(0))) return;
    const Node* sum = SoleReader(erf.output(0), "Add");
    if (sum == nullptr || !IsNumber(Other(*sum, erf.output(0)), 1)) return;
    bool has_x = false, has_half = false;
    std::vector<const Node*> inner = {&erf, sum};
    for (std::string product = sum->output(0);;) {
      Node* node = SoleReader(product, "Mul");
      if (node == nullptr) return;
      const std::string& factor = Other(*node, product);
      if (const auto halved = Without(factor, "Mul", 0.5f); halved && *halved == *x) {
        has_x = has_half = true;
      } else if (factor == *x && !has_x) {
        has_x = true;
      } else if (IsNumber(factor, 0.5f) && !has_half) {
        has_half = true;
      } else {
        return;
      }
      if (has_x && has_half) {
        gone_.insert(inner.begin(), inner.end());
        node->set_op_type("Gelu");
        node->clear_input();
        node->add_input(*x);
        return;
      }
      inner.push_back(node);
      product = node->output(0);
    }
  }

  onnx::GraphProto& graph_;
  std::map<std::string, Node*> producers_;
  std::map<std::string, std::vector<Node*>> readers_;
  std::map<std::string, const onnx::TensorProto*> constants_;
  std::set<const Node*> gone_;
};

}  // namespace

void RecognizeGelu(onnx::GraphProto& graph) { Recognizer(graph).Run(); }

}  // namespace wranglet
