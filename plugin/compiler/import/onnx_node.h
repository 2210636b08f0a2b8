// OnnxNode: one node of an ONNX file while it is being translated: its attributes, its inputs, and
// the Graph that its translation adds to.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_NODE_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_NODE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "onnx/onnx.pb.h"
#include "plugin/compiler/base/result.h"
#include "plugin/compiler/graph/graph.h"

namespace wranglet {

class OnnxNode {
 public:
  // `inputs` are the tensors of the node's inputs, kNoTensor for absent ones; `constant_bytes`
  // counts the bytes of the constants that translations add, over all nodes.
  OnnxNode(const onnx::NodeProto& proto, std::string name, int64_t opset,
           std::vector<TensorId> inputs, Graph& graph, size_t& constant_bytes)
      : proto_(proto),
        name_(std::move(name)),
        opset_(opset),
        inputs_(std::move(inputs)),
        graph_(graph),
        constant_bytes_(constant_bytes) {}

  int64_t opset() const { return opset_; }
  Graph& graph() { return graph_; }

  // Attributes. A wrong type counts as absent, as in ONNX's own readers. Some writers leave a value
  // of 0 out and give only its type.
  int64_t Int(const char* attribute, int64_t otherwise) const;
  float Float(const char* attribute, float otherwise) const;
  std::string String(const char* attribute, const std::string& otherwise) const;
  std::optional<std::vector<int64_t>> Ints(const char* attribute) const;
  const onnx::AttributeProto* Attribute(const char* attribute) const;

  // Inputs. HasInput(i) is whether the i-th is there; input(i) may be asked only then.
  size_t input_count() const { return inputs_.size(); }
  bool HasInput(size_t i) const { return i < inputs_.size() && inputs_[i] != kNoTensor; }
  TensorId input(size_t i) const { return inputs_[i]; }
  const Tensor& tensor(size_t i) const { return graph_.tensor(inputs_[i]); }
  bool IsConstant(size_t i) const { return HasInput(i) && tensor(i).constant.has_value(); }
  // An Error unless the first `count` inputs are there.
  Status ExpectInputs(size_t count) const;
  // The constant integers of input i.
  Result<std::vector<int64_t>> ConstantIntegers(size_t i) const;
  // The constant floats of input i.
  Result<std::vector<float>> ConstantFloats(size_t i) const;

  // Adds a node; its output, of the shape its inputs give (or `shape`), is returned. It computes
  // with floats, unless the operator only moves elements or picks some: these keep their type and
  // quantisation.
  Result<TensorId> Emit(Operator op, std::vector<TensorId> inputs,
                        std::optional<Shape> shape = std::nullopt);
  // The same of an operator that changes how numbers are stored: as `like` stores them.
  Result<TensorId> EmitStoredLike(const Tensor& like, Operator op, std::vector<TensorId> inputs,
                                  std::optional<Shape> shape = std::nullopt);
  // Adds a constant; an Error when all that were added exceed kMaxConstantBytes: a file may give
  // one constant to any number of nodes, and each makes its own form of it.
  Result<TensorId> AddConstant(Tensor tensor);
  // The node's further outputs, by index; a translation returns the one of index 0.
  void SetOutput(size_t i, TensorId id) { further_outputs_[i] = id; }
  const std::map<size_t, TensorId>& further_outputs() const { return further_outputs_; }
  // How many outputs the file's node names, and whether it names the i-th.
  size_t output_count() const { return static_cast<size_t>(proto_.output_size()); }
  bool HasOutput(size_t i) const {
    return i < output_count() && !proto_.output(static_cast<int>(i)).empty();
  }
  // a op b, of floats, or of constants at once.
  Result<TensorId> EmitBinary(Binary::Kind kind, TensorId a, TensorId b);
  // `id` times `factor`.
  Result<TensorId> EmitScaled(TensorId id, float factor);
  // `id`, NCHW images or NCW rows, as NHWC images.
  Result<TensorId> ToChannelsLast(TensorId id);
  // `id`, NHWC images, as NCHW (rank 4) or, of height 1, as NCW (rank 3).
  Result<TensorId> ToChannelsFirst(TensorId id, size_t rank = 4);

 private:
  const onnx::NodeProto& proto_;
  std::string name_;
  int64_t opset_;
  std::vector<TensorId> inputs_;
  Graph& graph_;
  size_t& constant_bytes_;
  std::map<size_t, TensorId> further_outputs_;
  int emitted_ = 0, layouts_ = 0;  // nodes so far: that compute, that transpose
};

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_NODE_H_
