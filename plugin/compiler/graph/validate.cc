#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/graph/shapes.h"

namespace wranglet {
namespace {

// How many inputs an operator takes: at least, at most.
struct Arity {
  using Range = std::pair<size_t, size_t>;
  Range operator()(const Conv2D&) const { return {2, 3}; }
  Range operator()(const DepthwiseConv2D&) const { return {2, 3}; }
  Range operator()(const FullyConnected&) const { return {2, 3}; }
  Range operator()(const TransposeConv&) const { return {2, 3}; }
  Range operator()(const BatchMatMul&) const { return {2, 2}; }
  Range operator()(const Binary&) const { return {2, 2}; }
  Range operator()(const PRelu&) const { return {2, 2}; }
  Range operator()(const Concat&) const { return {1, kMaxNodes}; }
  Range operator()(const BatchNormalization&) const { return {5, 5}; }
  template <typename T>
  Range operator()(const T&) const {
    return {1, 1};
  }
};

class Validator {
 public:
  explicit Validator(const Graph& graph) : graph_(graph), written_(graph.tensors.size()) {}

  Status Run() {
    for (const Tensor& tensor : graph_.tensors) WRANGLET_RETURN_IF_ERROR(CheckTensor(tensor));
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      written_[i] = graph_.tensors[i].constant.has_value();
    }
    WRANGLET_RETURN_IF_ERROR(CheckInputs());
    if (graph_.nodes.size() > kMaxNodes) {
      return InFile("the network has " + std::to_string(graph_.nodes.size()) +
                    " nodes, more than " + std::to_string(kMaxNodes));
    }
    for (const Node& node : graph_.nodes) WRANGLET_RETURN_IF_ERROR(CheckNode(node));
    if (graph_.outputs.empty()) return InFile("the network has no output");
    for (const TensorId id : graph_.outputs) {
      if (!Exists(id) || !IsWritten(id))
        return InFile("an output of the network is never computed");
    }
    return Done{};
  }

 private:
  bool Exists(TensorId id) const {
    return id >= 0 && id < static_cast<TensorId>(graph_.tensors.size());
  }
  bool IsWritten(TensorId id) const { return written_[static_cast<size_t>(id)]; }
  Error InFile(std::string message) const {
    return {.message = std::move(message), .file = graph_.file};
  }

  Status CheckTensor(const Tensor& tensor) const {
    const auto error = [&](const std::string& what) {
      return InFile("tensor '" + tensor.name + "' has " + what);
    };
    const Result<int64_t> count = ElementCount(tensor.shape);
    if (!count.ok()) return error(count.error().message);
    if (tensor.constant &&
        tensor.constant->size() != static_cast<size_t>(*count) * SizeOf(tensor.dtype)) {
      return error(std::to_string(tensor.constant->size()) + " bytes for " +
                   ToString(tensor.shape) + " of " + NameOf(tensor.dtype));
    }
    if (!tensor.quantization) return Done{};
    const Quantization& q = *tensor.quantization;
    if (q.scale.empty() || q.scale.size() != q.zero_point.size()) {
      return error("unequal numbers of scales and zero points");
    }
    for (const float scale : q.scale) {
      // A constant's elements may all be 0, and its scale with them; activations are divided by
      // theirs.
      const bool fits = std::isfinite(scale) && (tensor.constant ? scale >= 0 : scale > 0);
      if (!fits) return error("a scale of " + std::to_string(scale));
    }
    if (q.scale.size() > 1 &&
        (q.axis < 0 || q.axis >= static_cast<int>(tensor.shape.size()) ||
         tensor.shape[static_cast<size_t>(q.axis)] != static_cast<int64_t>(q.scale.size()))) {
      return error("scales that fit no dimension of " + ToString(tensor.shape));
    }
    return Done{};
  }

  Status CheckInputs() {
    for (const TensorId id : graph_.inputs) {
      if (!Exists(id)) return InFile("an input of the network does not exist");
      if (IsWritten(id)) {
        return InFile("the network's input '" + graph_.tensor(id).name + "' is set twice");
      }
      written_[static_cast<size_t>(id)] = true;
    }
    return Done{};
  }

  Status CheckNode(const Node& node) {
    if (!names_.insert(node.name).second)
      return graph_.ErrorAt(node, "is not the first of its name");
    const auto [least, most] = std::visit(Arity{}, node.op);
    if (node.inputs.size() < least || node.inputs.size() > most || node.outputs.size() != 1) {
      return graph_.ErrorAt(node, "has " + std::to_string(node.inputs.size()) + " inputs and " +
                                      std::to_string(node.outputs.size()) + " outputs");
    }
    std::vector<Shape> shapes;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId id = node.inputs[i];
      if (id == kNoTensor && i >= least) continue;
      if (!Exists(id)) return graph_.ErrorAt(node, "reads a tensor that does not exist");
      if (!IsWritten(id)) {
        return graph_.ErrorAt(
            node, "reads '" + graph_.tensor(id).name + "', which nothing before it computes",
            "the file's nodes must be in an order in which they can run");
      }
      shapes.push_back(graph_.tensor(id).shape);
      if (graph_.tensor(id).constant) constant_bytes_ += graph_.tensor(id).constant->size();
    }
    if (constant_bytes_ > kMaxConstantBytes) {
      return graph_.ErrorAt(node,
                            "with this node's constants, the network has more than 1 GiB of them");
    }
    const TensorId out = node.outputs[0];
    if (!Exists(out)) return graph_.ErrorAt(node, "writes a tensor that does not exist");
    if (IsWritten(out)) {
      return graph_.ErrorAt(node, "writes '" + graph_.tensor(out).name + "', which is set already");
    }
    written_[static_cast<size_t>(out)] = true;
    return CheckOutput(node, shapes);
  }

  Status CheckOutput(const Node& node, const std::vector<Shape>& inputs) const {
    const Result<Shape> inferred = InferShape(node.op, inputs);
    if (!inferred.ok()) return graph_.ErrorAt(node, inferred.error().message);
    const Shape& actual = graph_.tensor(node.outputs[0]).shape;
    if (actual == *inferred) return Done{};
    const auto* mean = node.As<Mean>();
    if (mean != nullptr && actual == WithoutAxes(*inferred, mean->axes)) return Done{};
    const auto* arg_max = node.As<ArgMax>();
    if (arg_max != nullptr && actual == WithoutAxes(*inferred, {arg_max->axis})) return Done{};
    const auto* transpose_conv = node.As<TransposeConv>();
    if (transpose_conv != nullptr &&
        FitsTransposeConv(*transpose_conv, inputs[0], inputs[1], actual)) {
      return Done{};
    }
    if (node.As<Reshape>() != nullptr && *ElementCount(*inferred) == *ElementCount(actual)) {
      return Done{};
    }
    return graph_.ErrorAt(
        node, "its output is " + ToString(actual) + ", but its inputs give " + ToString(*inferred));
  }

  static Shape WithoutAxes(const Shape& shape, const std::vector<int32_t>& axes) {
    Shape left;
    for (size_t i = 0; i < shape.size(); ++i) {
      if (std::find(axes.begin(), axes.end(), static_cast<int32_t>(i)) == axes.end()) {
        left.push_back(shape[i]);
      }
    }
    return left;
  }

  const Graph& graph_;
  std::vector<bool> written_;
  std::set<std::string_view> names_;
  size_t constant_bytes_ = 0;
};

}  // namespace

Status Validate(const Graph& graph) { return Validator(graph).Run(); }

}  // namespace wranglet
