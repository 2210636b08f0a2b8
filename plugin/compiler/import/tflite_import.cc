#include "plugin/compiler/import/tflite_import.h"

#include <string>
#include <utility>
#include <vector>

#include "flatbuffers/flatbuffers.h"
#include "plugin/compiler/import/tflite_node.h"
#include "plugin/compiler/import/tflite_operators.h"
#include "plugin/compiler/import/tflite_reader.h"

namespace wranglet {
namespace {

using Indices = flatbuffers::Vector<int32_t>;

// One import: the file's records on one side, the Graph that grows on the other. A tensor's index
// in the file is its id in the Graph.
class Importer {
 public:
  Importer(std::string_view file, std::span<const std::byte> bytes, const tflite::Model& model)
      : bytes_(bytes), model_(model) {
    graph_.file = file;
  }

  Result<Graph> Import() && {
    WRANGLET_ASSIGN(const tflite::SubGraph* subgraph, FindSubGraph());
    WRANGLET_RETURN_IF_ERROR(Placed(ReadTensors(*subgraph)));
    WRANGLET_ASSIGN(graph_.inputs, Placed(ReadIds(subgraph->inputs(), "the network's inputs")));
    WRANGLET_ASSIGN(graph_.outputs, Placed(ReadIds(subgraph->outputs(), "the network's outputs")));
    for (size_t i = 0; subgraph->operators() != nullptr && i < subgraph->operators()->size(); ++i) {
      WRANGLET_RETURN_IF_ERROR(Placed(ReadOperator(*subgraph->operators()->Get(i), i)));
    }
    graph_.RemoveUnusedTensors();
    WRANGLET_RETURN_IF_ERROR(Placed(Validate(graph_)));
    return std::move(graph_);
  }

 private:
  // Errors get the file's name.
  template <typename T>
  Result<T> Placed(Result<T> result) const {
    if (!result.ok()) result.error().file = graph_.file;
    return result;
  }

  Result<const tflite::SubGraph*> FindSubGraph() const {
    const size_t count = model_.subgraphs() != nullptr ? model_.subgraphs()->size() : 0;
    if (count == 1) return model_.subgraphs()->Get(0);
    return Error{.message = "has " + std::to_string(count) + " subgraphs, one is supported",
                 .hint = "export the model without control flow",
                 .file = graph_.file};
  }

  Status ReadTensors(const tflite::SubGraph& subgraph) {
    for (size_t i = 0; subgraph.tensors() != nullptr && i < subgraph.tensors()->size(); ++i) {
      WRANGLET_ASSIGN(Tensor tensor, ReadTfliteTensor(*subgraph.tensors()->Get(i), model_, i));
      // Any number of tensors may share a buffer of the file.
      if (tensor.constant) constant_bytes_ += tensor.constant->size();
      if (constant_bytes_ > kMaxConstantBytes) {
        return Error{.message = "has constants of more than 1 GiB"};
      }
      graph_.Add(std::move(tensor));
    }
    return Done{};
  }

  // Indices of tensors; -1, an absent optional input, only where `allow_absent`.
  Result<std::vector<TensorId>> ReadIds(const Indices* indices, const std::string& what,
                                        bool allow_absent = false) const {
    std::vector<TensorId> ids;
    for (size_t i = 0; indices != nullptr && i < indices->size(); ++i) {
      const int32_t id = indices->Get(i);
      const bool exists = id >= 0 && id < static_cast<int32_t>(graph_.tensors.size());
      if (!exists && !(allow_absent && id == kNoTensor)) {
        return Error{.message = what + " name tensor " + std::to_string(id) +
                                ", which the file does not have"};
      }
      ids.push_back(id);
    }
    return ids;
  }

  Status ReadOperator(const tflite::Operator& record, size_t index) {
    const auto* codes = model_.operator_codes();
    if (codes == nullptr || record.opcode_index() >= codes->size()) {
      return Error{.message = "operator " + std::to_string(index) + " has no code"};
    }
    const tflite::OperatorCode& code = *codes->Get(record.opcode_index());
    const std::string name = TfliteOperatorName(code);
    const std::string node_name = name + " " + std::to_string(index);
    const auto placed = [&](Error error) {
      error.node = node_name;
      error.op = name;
      return error;
    };
    const TfliteTranslation translate = FindTfliteTranslation(TfliteOperatorNumber(code));
    if (translate == nullptr) {
      return placed({.message = "the operator " + name + " is not supported",
                     .hint = "docs/operators.md lists those that are"});
    }
    auto inputs = ReadIds(record.inputs(), "its inputs", /*allow_absent=*/true);
    if (!inputs.ok()) return placed(inputs.error());
    auto outputs = ReadIds(record.outputs(), "its outputs");
    if (!outputs.ok()) return placed(outputs.error());
    TfliteNode node(record, bytes_, node_name, std::move(*inputs), std::move(*outputs), graph_,
                    constant_bytes_);
    if (Status done = translate(node); !done.ok()) return placed(done.error());
    return Done{};
  }

  std::span<const std::byte> bytes_;
  const tflite::Model& model_;
  Graph graph_;
  size_t constant_bytes_ = 0;
};

}  // namespace

bool LooksLikeTflite(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && tflite::ModelBufferHasIdentifier(bytes.data());
}

Result<Graph> ImportTflite(std::string_view file, std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size());
  if (!LooksLikeTflite(bytes) || !tflite::VerifyModelBuffer(verifier)) {
    return Error{.message = "is truncated or no TensorFlow Lite model",
                 .hint = "export or download it again",
                 .file = std::string(file)};
  }
  return Importer(file, bytes, *tflite::GetModel(data)).Import();
}

}  // namespace wranglet
