// Graph: tensors and nodes in topological order, float or quantised. Importers make one, passes
// rewrite it, the quantiser changes its types, and the planner reads it.
//
// Operators have TensorFlow Lite's meaning whatever file they came from: activations are NHWC,
// convolution filters OHWI, depthwise filters 1HWC, fully connected filters OI. Tensors an importer
// could not bring into this form are put right with Transpose nodes, which a pass then cancels.

#ifndef WRANGLET_PLUGIN_COMPILER_GRAPH_GRAPH_H_
#define WRANGLET_PLUGIN_COMPILER_GRAPH_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "plugin/compiler/base/result.h"

namespace wranglet {

enum class DType { kFloat32, kInt8, kUint8, kInt16, kInt32, kInt64, kBool };

// Bytes an element takes.
size_t SizeOf(DType dtype);
// "float32", "int8", ... as the manifest spells it.
const char* NameOf(DType dtype);

// Dimensions, outermost first; empty for a scalar. Every dimension of a valid Graph is static and
// >= 1.
using Shape = std::vector<int64_t>;

// Beyond these a file is no network's but an attack on memory, time or arithmetic.
inline constexpr int64_t kMaxElements = int64_t{1} << 31;
inline constexpr size_t kMaxRank = 8;
inline constexpr size_t kMaxNodes = size_t{1} << 14;
// Of all constants, each counted as often as nodes read it: passes give each reader its own.
inline constexpr size_t kMaxConstantBytes = size_t{1} << 30;

// The product of the dimensions, or an Error when one of them is not positive, or they exceed
// kMaxElements or kMaxRank.
Result<int64_t> ElementCount(const Shape& shape);
// "1x96x96x3"
std::string ToString(const Shape& shape);

// real = scale * (stored - zero_point). One scale for the tensor, or one for each index of `axis`.
struct Quantization {
  std::vector<float> scale;
  std::vector<int32_t> zero_point;  // as many as scale
  int axis = 0;                     // meaningful when scale.size() > 1

  bool operator==(const Quantization& other) const {
    return scale == other.scale && zero_point == other.zero_point &&
           (scale.size() == 1 || axis == other.axis);
  }
};

using TensorId = int32_t;
inline constexpr TensorId kNoTensor = -1;  // an optional input that is absent

struct Tensor {
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;
  // Of floats, which only a constant of an ONNX file has until FuseQuantization, and a filter from
  // RoundFilters to QuantizeGraph: the int8 grid that its values lie on.
  std::optional<Quantization> quantization;
  // A constant's elements, little-endian, row-major; absent for an activation.
  std::optional<std::vector<std::byte>> constant;

  template <typename T>
  std::span<const T> ConstantAs() const {
    return {reinterpret_cast<const T*>(constant->data()), constant->size() / sizeof(T)};
  }
  template <typename T>
  std::span<T> MutableConstantAs() {
    return {reinterpret_cast<T*>(constant->data()), constant->size() / sizeof(T)};
  }

  // Whether equal bytes in both stand for equal numbers.
  bool IsStoredLike(const Tensor& other) const {
    return dtype == other.dtype && quantization == other.quantization;
  }
};

// A fused activation, as the range of real values it lets through.
struct Activation {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
  bool IsIdentity() const { return min == -std::numeric_limits<float>::infinity() && max == -min; }
};

struct Padding {
  int32_t top = 0, left = 0, bottom = 0, right = 0;
};

// How a window moves over an image: shared by convolutions and pools.
struct Window {
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  Padding padding;
};

// Whose roundings an int8 result has, where LiteRT leaves some nodes to other kernels than
// XNNPACK's: to TensorFlow Lite's own of int8, or of uint8, which the file's tensors were.
enum class Arithmetic { kXnnpack, kTfliteInt8, kTfliteUint8 };

// Operators. Each states its inputs; the output's shape is the node's output tensor's.

// x [N,H,W,I], filter [O,KH,KW,I/groups], bias [O] or none.
struct Conv2D {
  static constexpr char kName[] = "Conv2D";
  Window window;
  int32_t groups = 1;
  Activation activation;
};

// x [N,H,W,C], filter [1,KH,KW,C*multiplier], bias [C*multiplier] or none. Output channel
// c*multiplier+m reads input channel c.
struct DepthwiseConv2D {
  static constexpr char kName[] = "DepthwiseConv2D";
  Window window;
  int32_t multiplier = 1;
  Activation activation;
  Arithmetic arithmetic = Arithmetic::kXnnpack;
};

// x [..., I], filter [O,I], bias [O] or none.
struct FullyConnected {
  static constexpr char kName[] = "FullyConnected";
  Activation activation;
};

// x [N,H,W,I], filter [O,KH,KW,I], bias [O] or none. Every input pixel adds the filter, times its
// value, to the output around it; the window is that of the convolution which would take the output
// back to the input's size, so its padding is what is cut off the output.
struct TransposeConv {
  static constexpr char kName[] = "TransposeConv";
  Window window;
  Activation activation;
  Arithmetic arithmetic = Arithmetic::kXnnpack;
};

// a [..., M,K] ([..., K,M] when adj_a), b [..., K,N] ([..., N,K] when adj_b); the dimensions before
// the last two broadcast.
struct BatchMatMul {
  static constexpr char kName[] = "BatchMatMul";
  bool adj_a = false, adj_b = false;
};

// x [N,H,W,C]. Every window holds a pixel. The average is of those that lie in the image, or of the
// whole window when the padding counts.
struct Pool2D {
  static constexpr char kName[] = "Pool2D";
  enum class Kind { kAverage, kMax };
  Kind kind = Kind::kAverage;
  int32_t kernel_h = 1, kernel_w = 1;
  Window window;
  bool counts_padding = false;
  int32_t origin = 0;  // integers' averages round halves away from this stored value
  Activation activation;
};

// a, b: equal shapes, or numpy broadcasting.
struct Binary {
  static constexpr char kName[] = "Binary";
  enum class Kind { kAdd, kSub, kMul, kMaximum, kMinimum, kDiv };
  Kind kind = Kind::kAdd;
  Activation activation;
};

// x. Relu, Relu6, Clip: min(max(x, activation.min), activation.max).
struct Clamp {
  static constexpr char kName[] = "Clamp";
  Activation activation;
};

// x. A function of each element by itself. `alpha` and `beta` are parameters of some kinds.
struct Unary {
  static constexpr char kName[] = "Unary";
  enum class Kind {
    kAbs,
    kElu,  // x < 0 ? alpha * (exp(x) - 1) : x
    kExp,
    kGelu,         // x * Phi(x), Phi of the normal distribution
    kGeluTanh,     // its approximation by tanh
    kHardSigmoid,  // min(max(alpha * x + beta, 0), 1)
    kHardSwish,    // x * min(max(x + 3, 0), 6) / 6
    kLeakyRelu,    // x < 0 ? alpha * x : x
    kLog,
    kLogistic,
    kNegate,
    kRsqrt,
    kSqrt,
    kSquare,
    kTanh,
  };
  Kind kind = Kind::kLogistic;
  float alpha = 1.0f, beta = 0.0f;
};

// x, alpha (a constant, broadcast to x): x < 0 ? alpha * x : x.
struct PRelu {
  static constexpr char kName[] = "PRelu";
};

// x. The mean over `axes` (non-negative, ascending). The output tensor's shape tells whether they
// are kept.
struct Mean {
  static constexpr char kName[] = "Mean";
  std::vector<int32_t> axes;
};

// x. The index, int32 or int64, of the greatest (least) element along `axis`; of equal ones that of
// the first (last). The output tensor's shape tells whether the axis is kept.
struct ArgMax {
  static constexpr char kName[] = "ArgMax";
  int32_t axis = 0;
  bool is_min = false, is_last = false;
};

// x. x / max(sqrt(sum of squares), 1e-6) over the last dimension.
struct L2Normalization {
  static constexpr char kName[] = "L2Normalization";
  Arithmetic arithmetic = Arithmetic::kTfliteInt8;
};

// x. exp(beta * (x - max)) / sum, over the last dimension.
struct Softmax {
  static constexpr char kName[] = "Softmax";
  float beta = 1.0f;
};

// x. Same elements in the same order; the output tensor's shape is the new one.
struct Reshape {
  static constexpr char kName[] = "Reshape";
};

// x. Output dimension i is input dimension permutation[i].
struct Transpose {
  static constexpr char kName[] = "Transpose";
  std::vector<int32_t> permutation;
};

// x. Elements added around it: `before` and `after`, each as many as x has dimensions.
struct Pad {
  static constexpr char kName[] = "Pad";
  // kReflect mirrors x without repeating its edge, kSymmetric with; kEdge repeats the edge alone.
  enum class Mode { kConstant, kReflect, kSymmetric, kEdge };
  Mode mode = Mode::kConstant;
  std::vector<int32_t> before, after;
  float value = 0.0f;  // the real value of a constant
};

// One or more tensors, side by side along `axis`.
struct Concat {
  static constexpr char kName[] = "Concat";
  int32_t axis = 0;
};

// x. Output element i is x's element begin + i * stride, along each dimension; strides may be
// negative. Each list has as many entries as x has dimensions.
struct Slice {
  static constexpr char kName[] = "Slice";
  std::vector<int32_t> begin, size, stride;
};

// x [N,H,W,C] -> [N,height,width,C].
struct Resize {
  static constexpr char kName[] = "Resize";
  enum class Kind { kNearest, kBilinear };
  // Where output index i lies in the input, in units of its pixels; scale is in / out.
  enum class Coordinates {
    kAsymmetric,    // i * scale
    kHalfPixel,     // (i + 0.5) * scale - 0.5
    kAlignCorners,  // i * (in - 1) / (out - 1)
  };
  // Which pixel is nearest to a place between two.
  enum class Rounding { kFloor, kCeil, kHalfDown, kHalfUp };
  Kind kind = Kind::kNearest;
  Coordinates coordinates = Coordinates::kAsymmetric;
  Rounding rounding = Rounding::kFloor;
  int32_t height = 1, width = 1;
};

// x [..., C], scale [C], bias [C], mean [C], variance [C]. Inference form; folded by a pass.
struct BatchNormalization {
  static constexpr char kName[] = "BatchNormalization";
  float epsilon = 1e-5f;
};

// x. float -> quantised, quantised -> float, or quantised -> quantised by the tensors' own
// parameters.
struct Quantize {
  static constexpr char kName[] = "Quantize";
};
struct Dequantize {
  static constexpr char kName[] = "Dequantize";
};

// x. Its numbers as another type's: floats go towards zero, and saturate; integers keep their
// lowest bits; everything but 0 is true.
struct Cast {
  static constexpr char kName[] = "Cast";
};

using Operator = std::variant<Conv2D, DepthwiseConv2D, FullyConnected, TransposeConv, BatchMatMul,
                              Pool2D, Binary, Clamp, Unary, PRelu, Mean, ArgMax, L2Normalization,
                              Softmax, Reshape, Transpose, Pad, Concat, Slice, Resize,
                              BatchNormalization, Quantize, Dequantize, Cast>;

// The operator's kName; of those that have kinds the kind's: "Add", "AveragePool2D", "Tanh", ...
const char* NameOf(const Operator& op);

struct Node {
  std::string name;  // unique; from the file, or made from the operator and its position
  Operator op;
  std::vector<TensorId> inputs;  // kNoTensor for an absent optional input
  std::vector<TensorId> outputs;

  template <typename T>
  T* As() {
    return std::get_if<T>(&op);
  }
  template <typename T>
  const T* As() const {
    return std::get_if<T>(&op);
  }
};

struct Graph {
  std::string file;  // where it came from, for errors
  // Whether the file's images are NCHW, which ours never are: an input that is one may become NHWC.
  bool channels_first = false;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  // topological order
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;

  Tensor& tensor(TensorId id) { return tensors[static_cast<size_t>(id)]; }
  const Tensor& tensor(TensorId id) const { return tensors[static_cast<size_t>(id)]; }
  TensorId Add(Tensor tensor);

  // An Error placed at `node`.
  Error ErrorAt(const Node& node, std::string message, std::string hint = "") const;

  // Index of the node that writes each tensor (-1 for inputs and constants), and those that read
  // it.
  std::vector<int32_t> Producers() const;
  std::vector<std::vector<int32_t>> Consumers() const;

  // Gives a number to every node whose name an earlier node has.
  void MakeNamesUnique();

  // Drops tensors no node, input or output refers to, and renumbers the rest.
  void RemoveUnusedTensors();
};

// Checks what every stage trusts: indices, topological order, one writer a tensor, arity, unique
// names of nodes, static shapes that agree with the operator (output sizes of windows, broadcast,
// element counts), constants' sizes, quantisation arity, and the limits above. Run after import and
// after every pass.
Status Validate(const Graph& graph);

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_GRAPH_GRAPH_H_
