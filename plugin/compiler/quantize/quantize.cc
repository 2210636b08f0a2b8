#include "plugin/compiler/quantize/quantize.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/constants.h"
#include "plugin/compiler/quantize/lanes.h"
#include "plugin/compiler/quantize/parameters.h"

namespace wranglet {
namespace {

class Quantizer {
 public:
  Quantizer(const Graph& from, Scheme scheme)
      : from_(from), scheme_(std::move(scheme)), graph_(from) {}

  Result<Graph> Run() && {
    for (size_t i = 0; i < from_.tensors.size(); ++i) {
      const Scheme::Activation& activation = scheme_.activations[i];
      if (activation.dtype == DType::kFloat32) continue;
      graph_.tensors[i].dtype = activation.dtype;
      graph_.tensors[i].quantization = activation.quantization;
    }
    // Filters that stay float32 may lie on a grid, and need not.
    for (Tensor& tensor : graph_.tensors) {
      if (tensor.constant && IsFloat(tensor)) tensor.quantization.reset();
    }
    graph_.nodes.clear();
    for (size_t i = 0; i < from_.nodes.size(); ++i) {
      Node node = from_.nodes[i];
      Status status = QuantizeNode(node, scheme_.computes[i]);
      if (!status.ok()) {
        Error error = std::move(status).error();
        return from_.ErrorAt(node, std::move(error.message), std::move(error.hint));
      }
      graph_.nodes.push_back(std::move(node));
    }
    graph_.MakeNamesUnique();
    graph_.RemoveUnusedTensors();
    WRANGLET_RETURN_IF_ERROR(Validate(graph_));
    return std::move(graph_);
  }

 private:
  static bool IsFloat(const Tensor& tensor) { return tensor.dtype == DType::kFloat32; }

  Status QuantizeNode(Node& node, DType computes) {
    const std::optional<int> axis = FilterChannelAxis(node.op);
    // The filter follows from the input's scale, so the input comes first.
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNoTensor || (axis && i > 0)) continue;
      WRANGLET_RETURN_IF_ERROR(QuantizeInput(node, i, computes));
    }
    return axis && computes != DType::kFloat32 ? QuantizeFilter(node, *axis, computes) : Done{};
  }

  Status QuantizeInput(Node& node, size_t i, DType computes) {
    TensorId& input = node.inputs[i];
    const Tensor& tensor = from_.tensor(input);
    if (!IsFloat(tensor)) return Done{};
    const auto& output = scheme_.activations[static_cast<size_t>(node.outputs[0])].quantization;
    const bool shares = computes != DType::kFloat32 && SharesQuantization(node.op);
    if (tensor.constant) {
      if (computes == DType::kFloat32) return Done{};
      WRANGLET_RETURN_IF_ERROR(CheckFloatConstant(tensor));
      input = graph_.Add(shares ? QuantizeOperand(tensor, computes, *output)
                                : QuantizeOperand(tensor, computes));
      return Done{};
    }
    WRANGLET_ASSIGN(input, InType(input, computes, shares ? output : std::nullopt));
    return Done{};
  }

  // An activation as `dtype`, and of these parameters if any are asked for: itself, or a copy that
  // all who ask the same share.
  Result<TensorId> InType(TensorId id, DType dtype, const std::optional<Quantization>& asked) {
    const Scheme::Activation& stored = scheme_.activations[static_cast<size_t>(id)];
    if (stored.dtype == dtype && (!asked || asked == stored.quantization)) return id;
    Tensor copy = from_.tensor(id);
    copy.dtype = dtype;
    copy.quantization = asked;
    if (dtype != DType::kFloat32 && !asked) {
      if (!stored.range) {
        return Error{.message = "tensor '" + copy.name + "' has no range",
                     .hint = "give calibration samples"};
      }
      copy.quantization = ActivationQuantization(*stored.range, {}, dtype);
    }
    for (const TensorId made : copies_[id]) {
      if (graph_.tensor(made).IsStoredLike(copy)) return made;
    }
    copy.name += std::string(".") + NameOf(dtype);
    const std::string name = copy.name;
    const TensorId made = graph_.Add(std::move(copy));
    copies_[id].push_back(made);
    const Operator op = dtype == DType::kFloat32 ? Operator(Dequantize{}) : Operator(Quantize{});
    graph_.nodes.push_back({name, op, {id}, {made}});
    return made;
  }

  Status QuantizeFilter(Node& node, int axis, DType computes) {
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoTensor;
    const float input_scale = graph_.tensor(node.inputs[0]).quantization->scale[0];
    const Tensor& filter = from_.tensor(node.inputs[1]);
    const auto lanes = computes == DType::kInt8 ? LanesOf(graph_, node) : PairLanes();
    WRANGLET_ASSIGN(
        Weights weights,
        QuantizeWeights(filter, axis, lanes, has_bias ? &from_.tensor(node.inputs[2]) : nullptr,
                        input_scale, computes));
    // Nodes may share a constant and yet need it in different scales, so each gets its own.
    node.inputs[1] = graph_.Add(std::move(weights.filter));
    if (has_bias) node.inputs[2] = graph_.Add(std::move(weights.bias));
    return Done{};
  }

  const Graph& from_;
  const Scheme scheme_;
  Graph graph_;
  std::map<TensorId, std::vector<TensorId>> copies_;  // of a tensor, in other types
};

// The constants that quantised nodes read; MakeScheme takes them to be finite.
Status CheckConstants(const Graph& graph, const Precisions& precisions) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (precisions[i] == DType::kFloat32) continue;
    for (const TensorId id : node.inputs) {
      if (id == kNoTensor) continue;
      const Tensor& tensor = graph.tensor(id);
      if (!tensor.constant || tensor.dtype != DType::kFloat32) continue;
      const Status status = CheckFloatConstant(tensor);
      if (!status.ok()) return graph.ErrorAt(node, status.error().message, status.error().hint);
    }
  }
  return Done{};
}

}  // namespace

Result<Graph> QuantizeGraph(const Graph& float_graph, const Ranges& ranges,
                            const Precisions& precisions) {
  WRANGLET_RETURN_IF_ERROR(CheckConstants(float_graph, precisions));
  WRANGLET_ASSIGN(Scheme scheme, MakeScheme(float_graph, ranges, precisions));
  return Quantizer(float_graph, std::move(scheme)).Run();
}

Result<Graph> QuantizeGraph(const Graph& float_graph, const Ranges& ranges) {
  return QuantizeGraph(float_graph, ranges, Uniform(float_graph, DType::kInt8));
}

}  // namespace wranglet
