// TfliteNode: one operator of a TensorFlow Lite file while it is being translated: its options, its
// tensors, and the Graph that its translation adds to.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_NODE_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_NODE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"
#include "plugin/compiler/import/tflite_reader.h"
#include "plugin/compiler/import/tflite_schema_generated.h"

namespace wranglet {

class TfliteNode {
 public:
  // `inputs` and `outputs` are ids in `graph`, kNoTensor for absent inputs; `file` is what `record`
  // lies in; `constant_bytes` counts the bytes of the constants that translations add, over all
  // operators.
  TfliteNode(const tflite::Operator& record, std::span<const std::byte> file, std::string name,
             std::vector<TensorId> inputs, std::vector<TensorId> outputs, Graph& graph,
             size_t& constant_bytes)
      : record_(record),
        file_(file),
        name_(std::move(name)),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)),
        graph_(graph),
        constant_bytes_(constant_bytes) {}

  // Its options, with the schema's defaults where the file has none.
  template <typename T>
  Result<const T*> Options() const {
    return ReadTfliteOptions<T>(record_, file_);
  }

  // An Error unless it has so many inputs and outputs, and the first `least` inputs are there.
  Status Expect(size_t least, size_t most, size_t outputs = 1) const;
  // The same of all inputs, whose number is free.
  Status ExpectAllInputs() const;
  // An Error unless input i has `rank` dimensions.
  Status ExpectRank(size_t i, size_t rank) const;

  // Tensors. HasInput(i) is whether the i-th is there; the others may be asked only of those.
  // References to tensors last until the next Emit.
  size_t input_count() const { return inputs_.size(); }
  size_t output_count() const { return outputs_.size(); }
  bool HasInput(size_t i) const { return i < inputs_.size() && inputs_[i] != kNoTensor; }
  const std::vector<TensorId>& inputs() const { return inputs_; }
  TensorId input(size_t i) const { return inputs_[i]; }
  TensorId output(size_t i = 0) const { return outputs_[i]; }
  const Tensor& in(size_t i) const { return graph_.tensor(inputs_[i]); }
  const Tensor& out(size_t i = 0) const { return graph_.tensor(outputs_[i]); }
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }

  // The constant integers of input i; each within int32 where a graph wants them so.
  Result<std::vector<int64_t>> Integers(size_t i) const;
  Result<std::vector<int32_t>> SmallIntegers(size_t i, size_t count) const;
  // The one constant integer of input i, an axis of a tensor of `rank` dimensions.
  Result<int32_t> Axis(size_t i, size_t rank) const;

  // Adds a node that writes the operator's output `output`, or computes it when all that it reads
  // is constant.
  Status Emit(Operator op, std::vector<TensorId> inputs, size_t output = 0);
  // The same to a new tensor of `shape`, which is of `like`'s type and scale.
  Result<TensorId> EmitLike(TensorId like, Shape shape, Operator op, std::vector<TensorId> inputs);
  // The same to a new tensor of floats.
  Result<TensorId> EmitFloats(Shape shape, Operator op, std::vector<TensorId> inputs);
  // Adds a Reshape of `from` that writes the operator's output `output`, which has to be `shape`.
  Status EmitReshape(TensorId from, const Shape& shape, size_t output = 0);
  // Gives the operator's output its elements.
  Status SetOutput(std::vector<std::byte> elements);
  // The operator's input i, for one that computes in float32: a constant of integers with scales
  // comes as its real numbers. Files quantised by "dynamic range" have such filters.
  Result<TensorId> FloatFilter(size_t i);

 private:
  Result<TensorId> EmitNew(Tensor output, Operator op, std::vector<TensorId> inputs);
  Status Append(Operator op, std::vector<TensorId> inputs, TensorId output);
  Status SetConstant(TensorId id, std::vector<std::byte> elements);
  Status ExpectRoomFor(const Tensor& constant) const;
  Status ExpectTypes(const Operator& op, const std::vector<TensorId>& inputs,
                     const Tensor& output) const;

  const tflite::Operator& record_;
  std::span<const std::byte> file_;
  std::string name_;
  std::vector<TensorId> inputs_;
  std::vector<TensorId> outputs_;
  Graph& graph_;
  size_t& constant_bytes_;
  int emitted_ = 0;  // nodes so far
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_TFLITE_NODE_H_
