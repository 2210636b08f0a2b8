// For tests: small random networks that use every operator the planner knows.

#ifndef WRANGLET_PLUGIN_COMPILER_RUN_RANDOM_NETWORK_H_
#define WRANGLET_PLUGIN_COMPILER_RUN_RANDOM_NETWORK_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "plugin/compiler/graph/graph.h"

namespace wranglet {

class RandomNetwork {
 public:
  // Of what operators: all, or windows on an image alone, one after the other.
  enum class Kind { kAny, kWindows };

  // A network whose activations are float32, int8 or int16; the seed decides all else.
  RandomNetwork(uint32_t seed, DType dtype, Kind kind = Kind::kAny);

  const Graph& graph() const { return graph_; }

  // Random bytes that are a valid value of input 0.
  std::vector<std::byte> RandomInput();

 private:
  int64_t Pick(int64_t low, int64_t high);
  float PickReal(float low, float high);
  std::vector<std::byte> RandomElements(DType dtype, int64_t count);

  // An activation of this shape; quantised ones get a scale under which values of `deviation` do
  // not all saturate.
  TensorId NewActivation(const Shape& shape, float deviation);
  bool IsQuantized() const { return dtype_ != DType::kFloat32; }
  DType BiasType();
  // A constant that is an activation's like, for operators of two.
  TensorId NewOperand(const Shape& shape);
  // Gives the output of `op` the parameters that it prescribes, if it is quantised.
  void Prescribe(TensorId id, const Operator& op);
  TensorId NewFilter(const Shape& shape, size_t channel_axis);
  TensorId NewBias(TensorId x, TensorId filter, int64_t channels);
  TensorId Append(Operator op, std::vector<TensorId> inputs, const Shape& shape, float deviation);
  // The same of an operator that keeps stored values.
  TensorId AppendMove(Operator op, TensorId x, const Shape& shape);
  float Deviation(TensorId id) const { return deviations_[static_cast<size_t>(id)]; }
  Shape ShapeOf(TensorId id) const { return graph_.tensor(id).shape; }
  Activation RandomActivation();
  Arithmetic RandomArithmetic() { return static_cast<Arithmetic>(Pick(0, 2)); }

  void AppendAny();
  void AppendWindows();

  // Each appends an operator that reads x, and returns what it makes.
  TensorId AppendConv2D(TensorId x);
  TensorId AppendPointwise(TensorId x);
  TensorId AppendDepthwise(TensorId x);
  TensorId AppendTransposeConv(TensorId x);
  TensorId AppendBatchMatMul(TensorId x);
  TensorId AppendResidual(TensorId x);
  TensorId AppendPool(TensorId x);
  TensorId AppendClamp(TensorId x);
  TensorId AppendTranspose(TensorId x);
  TensorId AppendReshape(TensorId x);
  TensorId AppendPad(TensorId x);
  TensorId AppendSlice(TensorId x);
  TensorId AppendConcat(TensorId x);
  TensorId AppendUnary(TensorId x);
  TensorId AppendBinary(TensorId x);
  TensorId AppendPRelu(TensorId x);
  TensorId AppendNormalization(TensorId x);
  TensorId AppendMean(TensorId x);
  TensorId AppendResize(TensorId x);
  TensorId AppendHead(TensorId x);
  TensorId AppendArgMax(TensorId x);

  std::mt19937 random_;
  DType dtype_;
  Graph graph_;
  std::vector<float> deviations_;  // about how large each tensor's values are
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_RUN_RANDOM_NETWORK_H_
