#include "plugin/compiler/graph/graph.h"

#include <map>
#include <set>
#include <utility>

namespace wranglet {
namespace {

struct DTypeInfo {
  DType dtype;
  size_t bytes;
  const char* name;
};

constexpr DTypeInfo kDTypes[] = {
    {DType::kFloat32, 4, "float32"}, {DType::kInt8, 1, "int8"},   {DType::kUint8, 1, "uint8"},
    {DType::kInt16, 2, "int16"},     {DType::kInt32, 4, "int32"}, {DType::kInt64, 8, "int64"},
    {DType::kBool, 1, "bool"},
};

const DTypeInfo& InfoOf(DType dtype) { return kDTypes[static_cast<size_t>(dtype)]; }

// What the kinds of an operator are called, in their enumerations' order.
constexpr const char* kBinaryNames[] = {"Add", "Sub", "Mul", "Maximum", "Minimum", "Div"};
constexpr const char* kPoolNames[] = {"AveragePool2D", "MaxPool2D"};
constexpr const char* kResizeNames[] = {"ResizeNearest", "ResizeBilinear"};
constexpr const char* kUnaryNames[] = {
    "Abs", "Elu",      "Exp",    "Gelu",  "GeluTanh", "HardSigmoid", "HardSwish", "LeakyRelu",
    "Log", "Logistic", "Negate", "Rsqrt", "Sqrt",     "Square",      "Tanh"};

struct NameOfOperator {
  const char* operator()(const Binary& op) const { return kBinaryNames[int(op.kind)]; }
  const char* operator()(const Pool2D& op) const { return kPoolNames[int(op.kind)]; }
  const char* operator()(const Resize& op) const { return kResizeNames[int(op.kind)]; }
  const char* operator()(const Unary& op) const { return kUnaryNames[int(op.kind)]; }
  template <typename T>
  const char* operator()(const T&) const {
    return T::kName;
  }
};

}  // namespace

size_t SizeOf(DType dtype) { return InfoOf(dtype).bytes; }

const char* NameOf(DType dtype) { return InfoOf(dtype).name; }

Result<int64_t> ElementCount(const Shape& shape) {
  if (shape.size() > kMaxRank) {
    return Error{.message = "a shape of " + std::to_string(shape.size()) +
                            " dimensions, more than " + std::to_string(kMaxRank)};
  }
  int64_t count = 1;
  for (const int64_t dimension : shape) {
    if (dimension < 1) {
      return Error{.message = "a shape of " + ToString(shape) + ", not all of it positive"};
    }
    if (dimension > kMaxElements / count) {
      return Error{.message = "a shape of " + ToString(shape) + " is too large"};
    }
    count *= dimension;
  }
  return count;
}

std::string ToString(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const int64_t dimension : shape) {
    if (!text.empty()) text += "x";
    text += std::to_string(dimension);
  }
  return text;
}

const char* NameOf(const Operator& op) { return std::visit(NameOfOperator{}, op); }

TensorId Graph::Add(Tensor tensor) {
  tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(tensors.size() - 1);
}

Error Graph::ErrorAt(const Node& node, std::string message, std::string hint) const {
  return {.message = std::move(message),
          .hint = std::move(hint),
          .file = file,
          .node = node.name,
          .op = NameOf(node.op)};
}

std::vector<int32_t> Graph::Producers() const {
  std::vector<int32_t> producers(tensors.size(), -1);
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const TensorId id : nodes[i].outputs) {
      producers[static_cast<size_t>(id)] = static_cast<int32_t>(i);
    }
  }
  return producers;
}

std::vector<std::vector<int32_t>> Graph::Consumers() const {
  std::vector<std::vector<int32_t>> consumers(tensors.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const TensorId id : nodes[i].inputs) {
      if (id != kNoTensor) consumers[static_cast<size_t>(id)].push_back(static_cast<int32_t>(i));
    }
  }
  return consumers;
}

void Graph::MakeNamesUnique() {
  std::set<std::string> taken;
  std::map<std::string, int> uses;
  for (Node& node : nodes) {
    const std::string name = node.name;
    int& count = uses[name];
    while (!taken.insert(node.name).second) node.name = name + "@" + std::to_string(++count + 1);
  }
}

void Graph::RemoveUnusedTensors() {
  std::vector<TensorId> renumbered(tensors.size(), kNoTensor);
  std::vector<Tensor> kept;
  const auto renumber = [&](std::vector<TensorId>& ids) {
    for (TensorId& id : ids) {
      if (id == kNoTensor) continue;
      TensorId& to = renumbered[static_cast<size_t>(id)];
      if (to == kNoTensor) {
        to = static_cast<TensorId>(kept.size());
        kept.push_back(std::move(tensors[static_cast<size_t>(id)]));
      }
      id = to;
    }
  };
  renumber(inputs);
  for (Node& node : nodes) {
    renumber(node.inputs);
    renumber(node.outputs);
  }
  renumber(outputs);
  tensors = std::move(kept);
}

}  // namespace wranglet
