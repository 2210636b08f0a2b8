#include "plugin/compiler/import/onnx_node.h"

#include <utility>

#include "plugin/compiler/graph/shapes.h"
#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/graph/transposition.h"
#include "plugin/compiler/import/onnx_fold.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

// Whether an operator's output holds elements of its inputs, whatever they stand for.
bool MovesElements(const Operator& op) {
  if (const auto* pool = std::get_if<Pool2D>(&op)) return pool->kind == Pool2D::Kind::kMax;
  if (const auto* resize = std::get_if<Resize>(&op)) return resize->kind == Resize::Kind::kNearest;
  return std::holds_alternative<Reshape>(op) || std::holds_alternative<Transpose>(op) ||
         std::holds_alternative<Concat>(op) || std::holds_alternative<Slice>(op);
}

// Whether equal bytes in both stand for equal numbers. Floats stand for themselves.
bool IsStoredLike(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && (a.dtype == DType::kFloat32 || a.quantization == b.quantization);
}

}  // namespace

const onnx::AttributeProto* OnnxNode::Attribute(const char* attribute) const {
  for (const auto& candidate : proto_.attribute()) {
    if (candidate.name() == attribute) return &candidate;
  }
  return nullptr;
}

int64_t OnnxNode::Int(const char* attribute, int64_t otherwise) const {
  const auto* found = Attribute(attribute);
  const bool given = found && (found->has_i() || found->type() == onnx::AttributeProto::INT);
  return given ? found->i() : otherwise;
}

float OnnxNode::Float(const char* attribute, float otherwise) const {
  const auto* found = Attribute(attribute);
  const bool given = found && (found->has_f() || found->type() == onnx::AttributeProto::FLOAT);
  return given ? found->f() : otherwise;
}

std::string OnnxNode::String(const char* attribute, const std::string& otherwise) const {
  const auto* found = Attribute(attribute);
  return found != nullptr && found->has_s() ? found->s() : otherwise;
}

std::optional<std::vector<int64_t>> OnnxNode::Ints(const char* attribute) const {
  const auto* found = Attribute(attribute);
  if (found == nullptr) return std::nullopt;
  return std::vector<int64_t>(found->ints().begin(), found->ints().end());
}

Status OnnxNode::ExpectInputs(size_t count) const {
  for (size_t i = 0; i < count; ++i) {
    if (!HasInput(i)) return Error{.message = "lacks input " + std::to_string(i)};
  }
  return Done{};
}

Result<std::vector<int64_t>> OnnxNode::ConstantIntegers(size_t i) const {
  if (HasInput(i)) {
    if (auto values = wranglet::ConstantIntegers(tensor(i))) return *std::move(values);
  }
  return Error{.message = "input " + std::to_string(i) + " is not a constant of integers",
               .hint = "export the model with static shapes"};
}

Result<std::vector<float>> OnnxNode::ConstantFloats(size_t i) const {
  if (IsConstant(i) && tensor(i).dtype == DType::kFloat32) {
    const auto from = tensor(i).ConstantAs<float>();
    return std::vector<float>(from.begin(), from.end());
  }
  return Error{.message = "input " + std::to_string(i) + " is not a constant of floats"};
}

Result<TensorId> OnnxNode::Emit(Operator op, std::vector<TensorId> inputs,
                                std::optional<Shape> shape) {
  Tensor stored;
  const bool moves = MovesElements(op);
  for (const TensorId id : inputs) {
    if (id == kNoTensor) continue;
    const Tensor& input = graph_.tensor(id);
    if (moves && id == inputs[0]) {
      stored.dtype = input.dtype;
      if (input.dtype != DType::kFloat32) stored.quantization = input.quantization;
    }
    if (moves ? !IsStoredLike(input, stored) : input.dtype != DType::kFloat32) {
      return Error{.message = "reads '" + input.name + "' of " + NameOf(input.dtype),
                   .hint =
                       "export the model in float32, or quantised by QuantizeLinear and "
                       "DequantizeLinear"};
    }
  }
  if (stored.quantization && stored.quantization->scale.size() > 1) {
    return Error{.message = "moves a tensor of several scales"};
  }
  return EmitStoredLike(stored, std::move(op), std::move(inputs), std::move(shape));
}

Result<TensorId> OnnxNode::EmitStoredLike(const Tensor& like, Operator op,
                                          std::vector<TensorId> inputs,
                                          std::optional<Shape> shape) {
  if (graph_.nodes.size() >= kMaxNodes) {
    return Error{.message =
                     "is beyond the " + std::to_string(kMaxNodes) + " nodes a network may have"};
  }
  if (!shape) {
    std::vector<Shape> shapes;
    for (const TensorId id : inputs) {
      if (id != kNoTensor) shapes.push_back(graph_.tensor(id).shape);
    }
    WRANGLET_ASSIGN(shape, InferShape(op, shapes));
  }
  if (const Result<int64_t> count = ElementCount(*shape); !count.ok()) {
    return Error{.message = "makes " + count.error().message};
  }
  // One node of the file may become several; the first that computes has its name.
  const bool is_layout = std::holds_alternative<Transpose>(op);
  std::string name = name_ + (is_layout ? ".layout" : "");
  int& count = is_layout ? layouts_ : emitted_;
  if (count++ > 0) name += "#" + std::to_string(count);
  const TensorId output = graph_.Add({.name = name,
                                      .dtype = like.dtype,
                                      .shape = *std::move(shape),
                                      .quantization = like.quantization});
  graph_.nodes.push_back({.name = std::move(name),
                          .op = std::move(op),
                          .inputs = std::move(inputs),
                          .outputs = {output}});
  return output;
}

Result<TensorId> OnnxNode::AddConstant(Tensor tensor) {
  constant_bytes_ += tensor.constant->size();
  if (constant_bytes_ > kMaxConstantBytes) {
    return Error{.message = "makes the network's constants exceed 1 GiB"};
  }
  if (tensor.name.empty()) tensor.name = name_ + ".constant";
  return graph_.Add(std::move(tensor));
}

Result<TensorId> OnnxNode::EmitBinary(Binary::Kind kind, TensorId a, TensorId b) {
  const Tensor* const tensors[] = {&graph_.tensor(a), &graph_.tensor(b)};
  if (!AreFoldable(tensors)) return Emit(Binary{.kind = kind}, {a, b});
  WRANGLET_ASSIGN(Tensor folded, FoldedBinary(kind, *tensors[0], *tensors[1]));
  return AddConstant(std::move(folded));
}

Result<TensorId> OnnxNode::EmitScaled(TensorId id, float factor) {
  if (factor == 1.0f) return id;
  WRANGLET_ASSIGN(const TensorId constant, AddConstant(FloatTensor({{factor}}, {})));
  return EmitBinary(Binary::Kind::kMul, id, constant);
}

Result<TensorId> OnnxNode::ToChannelsLast(TensorId id) {
  Shape shape = graph_.tensor(id).shape;
  if (shape.size() == 3) {
    shape.insert(shape.begin() + 2, 1);
    WRANGLET_ASSIGN(id, Emit(Reshape{}, {id}, shape));
  }
  if (shape.size() != 4) {
    return Error{.message = "takes an image, not " + ToString(shape),
                 .hint = "only one- and two-dimensional images are supported"};
  }
  return Emit(Transpose{.permutation = {0, 2, 3, 1}}, {id});
}

Result<TensorId> OnnxNode::ToChannelsFirst(TensorId id, size_t rank) {
  WRANGLET_ASSIGN(const TensorId image, Emit(Transpose{.permutation = {0, 3, 1, 2}}, {id}));
  if (rank == 4) return image;
  Shape shape = graph_.tensor(image).shape;
  shape.erase(shape.begin() + 2);
  return Emit(Reshape{}, {image}, std::move(shape));
}

}  // namespace wranglet
