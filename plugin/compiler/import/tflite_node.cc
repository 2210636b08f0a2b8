#include "plugin/compiler/import/tflite_node.h"

#include <limits>
#include <optional>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/import/constant_folding.h"

namespace wranglet {
namespace {

// Whether an operator's output has another type than its first input.
bool ChangesType(const Operator& op) {
  return std::holds_alternative<Quantize>(op) || std::holds_alternative<Dequantize>(op) ||
         std::holds_alternative<Cast>(op) || std::holds_alternative<ArgMax>(op);
}

}  // namespace

Status TfliteNode::Expect(size_t least, size_t most, size_t outputs) const {
  if (inputs_.size() < least || inputs_.size() > most || outputs_.size() != outputs) {
    return Error{.message = "has " + std::to_string(inputs_.size()) + " inputs and " +
                            std::to_string(outputs_.size()) + " outputs"};
  }
  for (size_t i = 0; i < least; ++i) {
    if (!HasInput(i)) return Error{.message = "lacks input " + std::to_string(i)};
  }
  return Done{};
}

Status TfliteNode::ExpectAllInputs() const {
  const size_t count = inputs_.empty() ? 1 : inputs_.size();
  return Expect(count, count);
}

Status TfliteNode::ExpectRank(size_t i, size_t rank) const {
  if (in(i).shape.size() == rank) return Done{};
  return Error{.message = "takes '" + in(i).name + "' of " + std::to_string(rank) +
                          " dimensions, not " + ToString(in(i).shape)};
}

Result<std::vector<int64_t>> TfliteNode::Integers(size_t i) const {
  if (auto values = ConstantIntegers(in(i))) return *std::move(values);
  return Error{.message = "'" + in(i).name + "' is not a constant of integers",
               .hint = "export the model with static shapes"};
}

Result<std::vector<int32_t>> TfliteNode::SmallIntegers(size_t i, size_t count) const {
  WRANGLET_ASSIGN(const std::vector<int64_t> values, Integers(i));
  if (values.size() != count) {
    return Error{.message = "'" + in(i).name + "' has " + std::to_string(values.size()) +
                            " numbers, not " + std::to_string(count)};
  }
  std::vector<int32_t> small;
  for (const int64_t value : values) {
    if (value < std::numeric_limits<int32_t>::min() ||
        value > std::numeric_limits<int32_t>::max()) {
      return Error{.message = "'" + in(i).name + "' holds " + std::to_string(value)};
    }
    small.push_back(static_cast<int32_t>(value));
  }
  return small;
}

Result<int32_t> TfliteNode::Axis(size_t i, size_t rank) const {
  WRANGLET_ASSIGN(const std::vector<int32_t> axis, SmallIntegers(i, 1));
  return NormalizedAxis(axis[0], rank);
}

Status TfliteNode::Emit(Operator op, std::vector<TensorId> inputs, size_t output) {
  return Append(std::move(op), std::move(inputs), outputs_[output]);
}

Result<TensorId> TfliteNode::EmitLike(TensorId like, Shape shape, Operator op,
                                      std::vector<TensorId> inputs) {
  return EmitNew({.dtype = tensor(like).dtype,
                  .shape = std::move(shape),
                  .quantization = tensor(like).quantization},
                 std::move(op), std::move(inputs));
}

Result<TensorId> TfliteNode::EmitFloats(Shape shape, Operator op, std::vector<TensorId> inputs) {
  return EmitNew({.shape = std::move(shape)}, std::move(op), std::move(inputs));
}

Result<TensorId> TfliteNode::EmitNew(Tensor output, Operator op, std::vector<TensorId> inputs) {
  if (const Result<int64_t> count = ElementCount(output.shape); !count.ok()) {
    return Error{.message = "makes " + count.error().message};
  }
  output.name = name_ + "#" + std::to_string(emitted_ + 1);
  const TensorId id = graph_.Add(std::move(output));
  WRANGLET_RETURN_IF_ERROR(Append(std::move(op), std::move(inputs), id));
  return id;
}

Status TfliteNode::EmitReshape(TensorId from, const Shape& shape, size_t output) {
  if (out(output).shape != shape) {
    return Error{.message = "its output is " + ToString(out(output).shape) +
                            ", but its inputs give " + ToString(shape)};
  }
  return Emit(Reshape{}, {from}, output);
}

Status TfliteNode::SetOutput(std::vector<std::byte> elements) {
  return SetConstant(outputs_[0], std::move(elements));
}

Result<TensorId> TfliteNode::FloatFilter(size_t i) {
  const bool is_stored = in(i).constant && in(i).quantization && in(i).dtype != DType::kFloat32;
  if (in(0).dtype != DType::kFloat32 || !is_stored) return input(i);
  const TensorId filter = graph_.Add({.name = in(i).name + ".float32", .shape = in(i).shape});
  WRANGLET_RETURN_IF_ERROR(Append(Dequantize{}, {input(i)}, filter));
  return filter;
}

Status TfliteNode::ExpectTypes(const Operator& op, const std::vector<TensorId>& inputs,
                               const Tensor& output) const {
  const Tensor& input = tensor(inputs[0]);
  if (ChangesType(op) || input.dtype == output.dtype) return Done{};
  return Error{.message = "makes '" + output.name + "' of " + NameOf(output.dtype) + " from '" +
                          input.name + "' of " + NameOf(input.dtype)};
}

Status TfliteNode::Append(Operator op, std::vector<TensorId> inputs, TensorId output) {
  if (graph_.nodes.size() >= kMaxNodes) {
    return Error{.message =
                     "is beyond the " + std::to_string(kMaxNodes) + " nodes a network may have"};
  }
  WRANGLET_RETURN_IF_ERROR(ExpectTypes(op, inputs, tensor(output)));
  std::vector<const Tensor*> tensors;
  std::vector<Shape> shapes;
  bool are_constant = true;
  for (const TensorId id : inputs) {
    if (id == kNoTensor) continue;
    tensors.push_back(&tensor(id));
    shapes.push_back(tensor(id).shape);
    are_constant = are_constant && tensor(id).constant;
  }
  if (are_constant) {
    WRANGLET_ASSIGN(const Shape shape, InferShape(op, shapes));
    const bool fits = shape == tensor(output).shape || std::holds_alternative<Reshape>(op);
    if (fits && *ElementCount(shape) == CountOf(tensor(output))) {
      WRANGLET_RETURN_IF_ERROR(ExpectRoomFor(tensor(output)));
      if (auto folded = FoldConstants(op, tensors, tensor(output))) {
        return SetConstant(output, *std::move(folded));
      }
    }
  }
  // One operator of the file may become several; the first has its name.
  std::string name = name_;
  if (emitted_++ > 0) name += "#" + std::to_string(emitted_);
  graph_.nodes.push_back({.name = std::move(name),
                          .op = std::move(op),
                          .inputs = std::move(inputs),
                          .outputs = {output}});
  return Done{};
}

Status TfliteNode::ExpectRoomFor(const Tensor& constant) const {
  // A file may give one constant to any number of operators.
  const auto bytes = static_cast<uint64_t>(BytesOf(constant));
  if (bytes <= kMaxConstantBytes - constant_bytes_) return Done{};
  return Error{.message = "makes the network's constants exceed 1 GiB"};
}

Status TfliteNode::SetConstant(TensorId id, std::vector<std::byte> elements) {
  Tensor& tensor = graph_.tensor(id);
  if (tensor.constant) {
    return Error{.message = "writes '" + tensor.name + "', which is set already"};
  }
  WRANGLET_RETURN_IF_ERROR(ExpectRoomFor(tensor));
  constant_bytes_ += elements.size();
  tensor.constant = std::move(elements);
  return Done{};
}

}  // namespace wranglet
