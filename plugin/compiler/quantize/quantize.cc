#include "plugin/compiler/quantize/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/quantize/parameters.h"

namespace wranglet {
namespace {

template <typename T>
std::vector<std::byte> BytesOf(const std::vector<T>& values) {
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  return {bytes, bytes + values.size() * sizeof(T)};
}

bool AllFinite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

// Of the filter's channel c, whose elements lie strided: f(index into the filter) for each.
template <typename F>
void ForEachOfChannel(const Shape& shape, int axis, int64_t channel, F&& f) {
  int64_t inner = 1, outer = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (static_cast<int>(i) < axis) outer *= shape[i];
    if (static_cast<int>(i) > axis) inner *= shape[i];
  }
  const int64_t channels = shape[static_cast<size_t>(axis)];
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      f(static_cast<size_t>((o * channels + channel) * inner + i));
    }
  }
}

class Quantizer {
 public:
  Quantizer(const Graph& from, const Ranges& ranges) : from_(from), ranges_(ranges), graph_(from) {}

  Result<Graph> Run() && {
    for (const TensorId input : graph_.inputs) {
      Status status = QuantizeActivation(input, {}, {});
      if (!status.ok()) return InFile(std::move(status).error());
    }
    for (Node& node : graph_.nodes) {
      Status status = QuantizeNode(node);
      if (!status.ok()) return AtNode(node, std::move(status).error());
    }
    graph_.RemoveUnusedTensors();
    WRANGLET_RETURN_IF_ERROR(Validate(graph_));
    return std::move(graph_);
  }

 private:
  static Error Problem(const Tensor& tensor, const std::string& what, std::string hint = "") {
    return {.message = "tensor '" + tensor.name + "' " + what, .hint = std::move(hint)};
  }

  Error InFile(Error error) const {
    error.file = graph_.file;
    return error;
  }

  Error AtNode(const Node& node, Error error) const {
    return graph_.ErrorAt(node, std::move(error.message), std::move(error.hint));
  }

  Status QuantizeNode(Node& node) {
    if (const std::optional<int> axis = FilterChannelAxis(node.op)) {
      WRANGLET_RETURN_IF_ERROR(QuantizeFilterAndBias(node, *axis));
    } else {
      for (TensorId& input : node.inputs) {
        if (graph_.tensor(input).constant) WRANGLET_RETURN_IF_ERROR(QuantizeConstant(input));
      }
    }
    return QuantizeOutput(node);
  }

  Status QuantizeOutput(const Node& node) {
    Tensor& output = graph_.tensor(node.outputs[0]);
    if (KeepsQuantization(node.op)) {
      output.dtype = DType::kInt8;
      output.quantization = graph_.tensor(node.inputs[0]).quantization;
      return Done{};
    }
    if (node.As<Softmax>()) {
      // Probabilities lie in [0, 1] whatever the samples gave; LiteRT asks for just these.
      output.dtype = DType::kInt8;
      output.quantization = Quantization{{1.0f / 256}, {-128}};
      return Done{};
    }
    const Activation* fused = FusedActivation(std::as_const(node.op));
    return QuantizeActivation(node.outputs[0], fused ? *fused : Activation{}, LimitsFor(node));
  }

  // Scales of the output for which the kernel can express how the inputs' relate to it.
  ScaleLimits LimitsFor(const Node& node) const {
    const auto scales = [&](size_t input) -> const std::vector<float>& {
      return graph_.tensor(node.inputs[input]).quantization->scale;
    };
    const Binary* binary = node.As<Binary>();
    if (binary && (binary->kind == Binary::Kind::kAdd || binary->kind == Binary::Kind::kSub)) {
      return SumScaleLimits(scales(0)[0], scales(1)[0]);
    }
    // Kernels multiply by scales of inputs over scale of output, which has to be finite.
    const float filter = FilterChannelAxis(node.op) ? *std::ranges::max_element(scales(1)) : 1.0f;
    return {.least = scales(0)[0] * filter * 0x1p-64f};
  }

  Status QuantizeActivation(TensorId id, const Activation& activation, ScaleLimits limits) {
    Tensor& tensor = graph_.tensor(id);
    if (tensor.dtype != DType::kFloat32) {
      return Problem(tensor,
                     std::string("is ") + NameOf(tensor.dtype) + ", and only float32 becomes int8",
                     "compile with precision float32");
    }
    const auto index = static_cast<size_t>(id);
    if (index >= ranges_.size() || !ranges_[index]) {
      return Problem(tensor, "has no range", "give calibration samples");
    }
    const Range range = {std::clamp(ranges_[index]->min, activation.min, activation.max),
                         std::clamp(ranges_[index]->max, activation.min, activation.max)};
    if (!std::isfinite(range.min) || !std::isfinite(range.max)) {
      return Problem(tensor, "holds values that are not finite");
    }
    tensor.dtype = DType::kInt8;
    tensor.quantization = ActivationQuantization(range, limits);
    return Done{};
  }

  // A constant that is an operand like any activation.
  Status QuantizeConstant(TensorId& id) {
    Tensor tensor = from_.tensor(id);
    WRANGLET_RETURN_IF_ERROR(CheckConstant(tensor));
    const std::span<const float> values = tensor.ConstantAs<float>();
    const auto [min, max] = std::minmax_element(values.begin(), values.end());
    const Quantization q = ActivationQuantization({*min, *max});
    std::vector<int8_t> stored;
    for (const float v : values) {
      const float nearest = std::nearbyint(v / q.scale[0]) + static_cast<float>(q.zero_point[0]);
      stored.push_back(static_cast<int8_t>(std::clamp(nearest, -128.0f, 127.0f)));
    }
    id = AddConstant(std::move(tensor), DType::kInt8, BytesOf(stored), q);
    return Done{};
  }

  Status QuantizeFilterAndBias(Node& node, int axis) {
    const Quantization& input = *graph_.tensor(node.inputs[0]).quantization;
    Tensor filter = from_.tensor(node.inputs[1]);
    WRANGLET_RETURN_IF_ERROR(CheckConstant(filter));
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoTensor;
    const auto channels = static_cast<size_t>(filter.shape[static_cast<size_t>(axis)]);
    std::vector<float> bias(channels, 0.0f);
    if (has_bias) {
      const Tensor& tensor = from_.tensor(node.inputs[2]);
      WRANGLET_RETURN_IF_ERROR(CheckConstant(tensor));
      std::ranges::copy(tensor.ConstantAs<float>(), bias.begin());
    }

    const std::span<const float> weights = filter.ConstantAs<float>();
    std::vector<int8_t> stored(weights.size());
    std::vector<int32_t> stored_bias;
    Quantization per_channel{.zero_point = std::vector<int32_t>(channels, 0), .axis = axis};
    Quantization bias_units{.zero_point = std::vector<int32_t>(channels, 0), .axis = 0};
    for (size_t c = 0; c < channels; ++c) {
      const auto for_each = [&](auto&& f) {
        ForEachOfChannel(filter.shape, axis, static_cast<int64_t>(c), f);
      };
      std::vector<float> of_channel;
      for_each([&](size_t i) { of_channel.push_back(weights[i]); });
      const float scale = ChannelScale(of_channel, bias[c], input.scale[0]);
      if (!std::isfinite(scale)) {
        return Problem(filter, "or its bias holds values that are too large for int8");
      }
      for_each([&](size_t i) { stored[i] = QuantizeWeight(weights[i], scale); });
      stored_bias.push_back(QuantizeBias(bias[c], input.scale[0], scale));
      per_channel.scale.push_back(scale);
      bias_units.scale.push_back(input.scale[0] * scale);
    }
    node.inputs[1] = AddConstant(std::move(filter), DType::kInt8, BytesOf(stored), per_channel);
    if (has_bias) {
      node.inputs[2] = AddConstant(from_.tensor(node.inputs[2]), DType::kInt32,
                                   BytesOf(stored_bias), bias_units);
    }
    return Done{};
  }

  static Status CheckConstant(const Tensor& tensor) {
    if (!tensor.constant || tensor.dtype != DType::kFloat32) {
      return Problem(tensor, "has to be a constant of float32", "compile with precision float32");
    }
    if (!AllFinite(tensor.ConstantAs<float>())) {
      return Problem(tensor, "holds values that are not finite", "export the network again");
    }
    return Done{};
  }

  // Nodes may share a constant and yet need it in different scales, so each gets its own.
  TensorId AddConstant(Tensor like, DType dtype, std::vector<std::byte> bytes, Quantization q) {
    like.dtype = dtype;
    like.constant = std::move(bytes);
    like.quantization = std::move(q);
    return graph_.Add(std::move(like));
  }

  const Graph& from_;
  const Ranges& ranges_;
  Graph graph_;
};

}  // namespace

bool IsQuantized(const Graph& graph) {
  return std::any_of(graph.tensors.begin(), graph.tensors.end(),
                     [](const Tensor& tensor) { return tensor.quantization.has_value(); });
}

Result<Graph> QuantizeGraph(const Graph& float_graph, const Ranges& ranges) {
  return Quantizer(float_graph, ranges).Run();
}

}  // namespace wranglet
