#include "plugin/compiler/plan/support.h"

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include "plugin/compiler/graph/traits.h"
#include "plugin/compiler/plan/plan.h"

namespace wranglet {
namespace {

// An image, and what a convolution of 3x3, padded, makes of it.
const Shape kImage = {1, 8, 8, 8};
const Window kPadded = {.padding = {1, 1, 1, 1}};

// A node of some operator: its operands' shapes, activations first, then as many constants.
struct Sample {
  Operator op;
  std::vector<Shape> activations;
  std::vector<Shape> constants;
  Shape output;
};

// One kind of an operator that has kinds: kinds are counted from 0 to `last`.
template <typename Op>
std::vector<Sample> EachKind(Sample sample, typename Op::Kind last) {
  std::vector<Sample> samples;
  for (int kind = 0; kind <= static_cast<int>(last); ++kind) {
    std::get<Op>(sample.op).kind = static_cast<typename Op::Kind>(kind);
    samples.push_back(sample);
  }
  return samples;
}

// A sample of each alternative of Operator: one without an overload does not compile.
std::vector<Sample> SamplesOf(const Conv2D&) {
  return {{Conv2D{.window = kPadded}, {kImage}, {{8, 3, 3, 8}, {8}}, kImage}};
}
std::vector<Sample> SamplesOf(const DepthwiseConv2D&) {
  return {{DepthwiseConv2D{.window = kPadded}, {kImage}, {{1, 3, 3, 8}, {8}}, kImage}};
}
std::vector<Sample> SamplesOf(const FullyConnected&) {
  return {{FullyConnected{}, {{1, 8}}, {{8, 8}, {8}}, {1, 8}}};
}
std::vector<Sample> SamplesOf(const TransposeConv&) {
  const Window window = {.stride_h = 2, .stride_w = 2};
  return {{TransposeConv{.window = window}, {kImage}, {{8, 2, 2, 8}, {8}}, {1, 16, 16, 8}}};
}
std::vector<Sample> SamplesOf(const BatchMatMul&) {
  return {{BatchMatMul{}, {{2, 4, 8}, {2, 8, 4}}, {}, {2, 4, 4}}};
}
std::vector<Sample> SamplesOf(const Pool2D&) {
  const Pool2D pool = {.kernel_h = 3, .kernel_w = 3, .window = kPadded};
  return EachKind<Pool2D>({pool, {kImage}, {}, kImage}, Pool2D::Kind::kMax);
}
std::vector<Sample> SamplesOf(const Binary&) {
  return EachKind<Binary>({Binary{}, {kImage, kImage}, {}, kImage}, Binary::Kind::kDiv);
}
std::vector<Sample> SamplesOf(const Clamp&) {
  return {{Clamp{{.min = 0.0f, .max = 6.0f}}, {kImage}, {}, kImage}};
}
std::vector<Sample> SamplesOf(const Unary&) {
  return EachKind<Unary>({Unary{}, {kImage}, {}, kImage}, Unary::Kind::kTanh);
}
std::vector<Sample> SamplesOf(const PRelu&) { return {{PRelu{}, {kImage}, {{8}}, kImage}}; }
std::vector<Sample> SamplesOf(const Mean&) {
  return {{Mean{.axes = {1, 2}}, {kImage}, {}, {1, 1, 1, 8}}};
}
std::vector<Sample> SamplesOf(const ArgMax&) { return {{ArgMax{.axis = 1}, {{1, 8}}, {}, {1}}}; }
std::vector<Sample> SamplesOf(const L2Normalization&) {
  return {{L2Normalization{}, {kImage}, {}, kImage}};
}
std::vector<Sample> SamplesOf(const Softmax&) { return {{Softmax{}, {{1, 8}}, {}, {1, 8}}}; }
std::vector<Sample> SamplesOf(const Reshape&) { return {{Reshape{}, {kImage}, {}, {1, 512}}}; }
std::vector<Sample> SamplesOf(const Transpose&) {
  return {{Transpose{{0, 3, 1, 2}}, {kImage}, {}, kImage}};
}
std::vector<Sample> SamplesOf(const Pad&) {
  return {{Pad{.before = {0, 1, 1, 0}, .after = {0, 1, 1, 0}}, {kImage}, {}, {1, 10, 10, 8}}};
}
std::vector<Sample> SamplesOf(const Concat&) {
  return {{Concat{.axis = 3}, {kImage, kImage}, {}, {1, 8, 8, 16}}};
}
std::vector<Sample> SamplesOf(const Slice&) {
  return {{Slice{{0, 1, 1, 0}, {1, 3, 3, 8}, {1, 2, 2, 1}}, {kImage}, {}, {1, 3, 3, 8}}};
}
std::vector<Sample> SamplesOf(const Resize&) {
  return EachKind<Resize>({Resize{.height = 16, .width = 16}, {kImage}, {}, {1, 16, 16, 8}},
                          Resize::Kind::kBilinear);
}
std::vector<Sample> SamplesOf(const BatchNormalization&) { return {}; }
std::vector<Sample> SamplesOf(const Quantize&) { return {{Quantize{}, {kImage}, {}, kImage}}; }
std::vector<Sample> SamplesOf(const Dequantize&) { return {{Dequantize{}, {kImage}, {}, kImage}}; }
std::vector<Sample> SamplesOf(const Cast&) { return {{Cast{}, {kImage}, {}, kImage}}; }

// The activations' usual scale and zero point.
std::optional<Quantization> UsualQuantization(DType dtype) {
  if (dtype == DType::kInt8) return Quantization{{1.0f / 32}, {-3}};
  if (dtype == DType::kInt16) return Quantization{{1.0f / 4096}, {0}};
  return std::nullopt;
}

class SampleGraph {
 public:
  // The sample with activations of this type. Quantize starts from, and Dequantize ends in,
  // float32.
  SampleGraph(const Sample& sample, DType dtype) : dtype_(dtype) {
    Node node{.name = "sample", .op = sample.op};
    const bool quantizes = std::holds_alternative<Quantize>(sample.op);
    for (const Shape& shape : sample.activations) {
      graph_.inputs.push_back(AddActivation(shape, quantizes ? DType::kFloat32 : dtype));
    }
    node.inputs = graph_.inputs;
    for (size_t i = 0; i < sample.constants.size(); ++i) {
      node.inputs.push_back(AddConstant(sample, i));
    }
    const TensorId output = AddActivation(sample.output, OutputType(sample.op));
    if (const auto prescribed = PrescribedQuantization(sample.op, dtype)) {
      graph_.tensor(output).quantization = prescribed;
    }
    node.outputs = graph_.outputs = {output};
    graph_.nodes.push_back(std::move(node));
  }

  bool HasPlan() const { return Validate(graph_).ok() && MakePlan(graph_).ok(); }

 private:
  DType OutputType(const Operator& op) const {
    if (std::holds_alternative<ArgMax>(op) || std::holds_alternative<Cast>(op)) {
      return DType::kInt32;
    }
    return std::holds_alternative<Dequantize>(op) ? DType::kFloat32 : dtype_;
  }

  TensorId AddActivation(const Shape& shape, DType dtype) {
    return graph_.Add({.name = "t" + std::to_string(graph_.tensors.size()),
                       .dtype = dtype,
                       .shape = shape,
                       .quantization = UsualQuantization(dtype)});
  }

  // Zeros: constant 0 of an operator with a filter is the filter, constant 1 its bias. Filters of
  // quantised networks are int8, and biases as wide as the sums.
  TensorId AddConstant(const Sample& sample, size_t index) {
    Tensor tensor{.name = "c" + std::to_string(index), .shape = sample.constants[index]};
    tensor.quantization = UsualQuantization(dtype_);
    tensor.dtype = dtype_;
    if (const auto axis = FilterChannelAxis(sample.op); axis && tensor.quantization) {
      const bool is_int8 = dtype_ == DType::kInt8;
      tensor.dtype = index == 0 ? DType::kInt8 : is_int8 ? DType::kInt32 : DType::kInt64;
      const auto channels = static_cast<size_t>(sample.output.back());
      tensor.quantization = Quantization{std::vector<float>(channels, 1.0f / 64),
                                         std::vector<int32_t>(channels, 0), index == 0 ? *axis : 0};
    }
    tensor.constant.emplace(static_cast<size_t>(BytesOf(tensor)));
    return graph_.Add(std::move(tensor));
  }

  DType dtype_;
  Graph graph_{.file = "sample"};
};

template <size_t... i>
std::vector<Sample> AllSamples(std::index_sequence<i...>) {
  std::vector<Sample> all;
  const auto append = [&all](std::vector<Sample> samples) {
    all.insert(all.end(), samples.begin(), samples.end());
  };
  (append(SamplesOf(std::variant_alternative_t<i, Operator>())), ...);
  return all;
}

}  // namespace

std::vector<OperatorSupport> SupportOfOperators() {
  std::vector<OperatorSupport> table;
  constexpr size_t kAlternatives = std::variant_size_v<Operator>;
  for (const Sample& sample : AllSamples(std::make_index_sequence<kAlternatives>())) {
    OperatorSupport& row = table.emplace_back(NameOf(sample.op));
    for (const DType dtype : kPrecisions) {
      row.by_precision.push_back(SampleGraph(sample, dtype).HasPlan());
    }
  }
  std::ranges::sort(table, {}, &OperatorSupport::name);
  return table;
}

}  // namespace wranglet
