#include "plugin/compiler/quantize/scheme.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/parameters.h"

namespace wranglet {
namespace {

// Limits pass on from tensor to tensor; they settle in as many rounds as there are sums of sums
// whose outputs are almost silent, of which no network has many.
constexpr int kLimitRounds = 4;

bool IsFloat(const Tensor& tensor) { return tensor.dtype == DType::kFloat32; }

Range RangeOf(const Tensor& constant) {
  const auto values = constant.ConstantAs<float>();
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  return {*min, *max};
}

class SchemeMaker {
 public:
  SchemeMaker(const Graph& graph, const Ranges& ranges, const Precisions& precisions)
      : graph_(graph),
        ranges_(ranges),
        parents_(graph.tensors.size()),
        groups_(graph.tensors.size()) {
    std::iota(parents_.begin(), parents_.end(), 0);
    Types types = DecideTypes(graph, precisions);
    scheme_.computes = std::move(types.computes);
    for (const DType stored : types.stored) scheme_.activations.push_back({.dtype = stored});
  }

  Result<Scheme> Run() && {
    for (const TensorId input : graph_.inputs) {
      Status status = AddRange(input, {});
      if (!status.ok()) return WithFile(std::move(status).error());
    }
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      Status status = Join(graph_.nodes[i], scheme_.computes[i]);
      if (!status.ok()) return AtNode(graph_.nodes[i], std::move(status).error());
    }
    for (int round = 0; round < kLimitRounds; ++round) {
      for (const Node& node : graph_.nodes) LimitScale(node);
    }
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      Scheme::Activation& activation = scheme_.activations[i];
      activation.range = GroupOf(static_cast<TensorId>(i)).range;
      if (activation.dtype == DType::kFloat32) continue;
      activation.quantization = QuantizationOf(static_cast<TensorId>(i));
    }
    return std::move(scheme_);
  }

 private:
  // Tensors that share their parameters.
  struct Group {
    std::optional<Range> range;
    std::optional<Quantization> fixed;
    ScaleLimits limits;
  };

  Error WithFile(Error error) const {
    error.file = graph_.file;
    return error;
  }
  Error AtNode(const Node& node, Error error) const {
    return graph_.ErrorAt(node, std::move(error.message), std::move(error.hint));
  }

  DType TypeOf(TensorId id) const { return scheme_.activations[static_cast<size_t>(id)].dtype; }

  TensorId RootOf(TensorId id) {
    TensorId& parent = parents_[static_cast<size_t>(id)];
    return parent == id ? id : parent = RootOf(parent);
  }
  Group& GroupOf(TensorId id) { return groups_[static_cast<size_t>(RootOf(id))]; }

  static void Widen(Group& group, Range range) {
    group.range = group.range ? Range{std::min(group.range->min, range.min),
                                      std::max(group.range->max, range.max)}
                              : range;
  }

  void Unite(TensorId a, TensorId b) {
    if (RootOf(a) == RootOf(b)) return;
    const Group other = GroupOf(b);
    if (other.range) Widen(GroupOf(a), *other.range);
    if (other.fixed) GroupOf(a).fixed = other.fixed;
    parents_[static_cast<size_t>(RootOf(b))] = RootOf(a);
  }

  // What was measured of an activation, within `fused`, becomes part of its group's range. One that
  // stays float32 may do without.
  Status AddRange(TensorId id, const Activation& fused) {
    const bool is_quantized = TypeOf(id) != DType::kFloat32;
    const std::string name = "tensor '" + graph_.tensor(id).name + "' ";
    const auto index = static_cast<size_t>(id);
    if (index >= ranges_.size() || !ranges_[index]) {
      if (!is_quantized) return Done{};
      return Error{.message = name + "has no range", .hint = "give calibration samples"};
    }
    const Range range = {std::clamp(ranges_[index]->min, fused.min, fused.max),
                         std::clamp(ranges_[index]->max, fused.min, fused.max)};
    if (!std::isfinite(range.min) || !std::isfinite(range.max)) {
      return Error{.message = name + "holds values that are not finite"};
    }
    Widen(GroupOf(id), range);
    return Done{};
  }

  // Puts the node's output into a group.
  Status Join(const Node& node, DType computes) {
    const TensorId output = node.outputs[0];
    if (!IsFloat(graph_.tensor(output))) return Done{};
    const bool is_quantized = computes != DType::kFloat32;
    if (is_quantized && KeepsQuantization(node.op) && !graph_.tensor(node.inputs[0]).constant) {
      Unite(node.inputs[0], output);
      const auto* pad = node.As<Pad>();
      if (pad != nullptr && pad->mode == Pad::Mode::kConstant) {
        Widen(GroupOf(output), {pad->value, pad->value});
      }
      return Done{};
    }
    if (is_quantized && SharesQuantization(node.op)) return JoinInputs(node, computes);
    if (is_quantized) GroupOf(output).fixed = PrescribedQuantization(node.op, computes);
    if (const auto& fixed = GroupOf(output).fixed) {
      Widen(GroupOf(output), {fixed->zero_point[0] < 0 ? 0.0f : -1.0f, 1.0f});
      return Done{};
    }
    const Activation* fused = FusedActivation(node.op);
    return AddRange(output, fused != nullptr ? *fused : Activation{});
  }

  // Inputs that cannot have the output's parameters will be converted to them.
  Status JoinInputs(const Node& node, DType computes) {
    const TensorId output = node.outputs[0];
    bool all_joined = true;
    for (const TensorId input : node.inputs) {
      if (graph_.tensor(input).constant) {
        Widen(GroupOf(output), RangeOf(graph_.tensor(input)));
      } else if (TypeOf(input) == computes && !GroupOf(input).fixed) {
        Unite(input, output);
      } else {
        all_joined = false;
      }
    }
    return all_joined ? Status(Done{}) : AddRange(output, {});
  }

  Quantization QuantizationOf(TensorId id) {
    const Group& group = GroupOf(id);
    if (group.fixed) return *group.fixed;
    return ActivationQuantization(group.range.value_or(Range{}), group.limits, TypeOf(id));
  }

  // The scale that an input of a node which computes in `dtype` will have.
  float ScaleOf(TensorId id, DType dtype) {
    const Tensor& tensor = graph_.tensor(id);
    if (tensor.constant) return ActivationQuantization(RangeOf(tensor), {}, dtype).scale[0];
    if (TypeOf(id) == dtype) return QuantizationOf(id).scale[0];
    return ActivationQuantization(GroupOf(id).range.value_or(Range{}), {}, dtype).scale[0];
  }

  // Keeps the scale of the node's output to what the kernel can express.
  void LimitScale(const Node& node) {
    const TensorId output = node.outputs[0];
    const DType dtype = TypeOf(output);
    if (dtype == DType::kFloat32 || KeepsQuantization(node.op) || SharesQuantization(node.op)) {
      return;
    }
    ScaleLimits limits;
    const auto* binary = node.As<Binary>();
    if (binary && (binary->kind == Binary::Kind::kAdd || binary->kind == Binary::Kind::kSub)) {
      limits = SumScaleLimits(ScaleOf(node.inputs[0], dtype), ScaleOf(node.inputs[1], dtype));
    } else if (!graph_.tensor(node.inputs[0]).constant) {
      limits.least = LeastScale(node, dtype);
    }
    Group& group = GroupOf(output);
    group.limits = {std::max(group.limits.least, limits.least),
                    std::min(group.limits.most, limits.most)};
    group.limits.most = std::max(group.limits.least, group.limits.most);
  }

  // Kernels multiply sums by the scales of input and filter over that of the output, which has to
  // be finite, and in int16 below 2^30, the largest multiplier of TensorFlow Lite.
  float LeastScale(const Node& node, DType dtype) {
    const float input = ScaleOf(node.inputs[0], dtype);
    float filter = 1.0f;
    if (FilterChannelAxis(node.op) && graph_.tensor(node.inputs[1]).constant &&
        IsFloat(graph_.tensor(node.inputs[1]))) {
      const Range weights = RangeOf(graph_.tensor(node.inputs[1]));
      filter = std::max(std::abs(weights.min), std::abs(weights.max)) / 127;
    }
    // A channel that is all zero has scale 1.
    return input * std::max(filter, 1.0f) * (dtype == DType::kInt16 ? 0x1p-24f : 0x1p-64f);
  }

  const Graph& graph_;
  const Ranges& ranges_;
  std::vector<TensorId> parents_;  // of a union-find forest
  std::vector<Group> groups_;      // by root
  Scheme scheme_;
};

}  // namespace

bool SharesQuantization(const Operator& op) {
  const auto* binary = std::get_if<Binary>(&op);
  return std::holds_alternative<Concat>(op) ||
         (binary != nullptr &&
          (binary->kind == Binary::Kind::kMaximum || binary->kind == Binary::Kind::kMinimum));
}

bool HasOwnRange(const Graph& graph, const Node& node) {
  return IsFloat(graph.tensor(node.outputs[0])) && !KeepsQuantization(node.op) &&
         !SharesQuantization(node.op) && !PrescribedQuantization(node.op, DType::kInt8);
}

Result<Scheme> MakeScheme(const Graph& graph, const Ranges& ranges, const Precisions& precisions) {
  return SchemeMaker(graph, ranges, precisions).Run();
}

}  // namespace wranglet
