#include "plugin/compiler/import/onnx_import.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "onnx/onnx.pb.h"
#include "plugin/compiler/import/onnx_gelu.h"
#include "plugin/compiler/import/onnx_node.h"
#include "plugin/compiler/import/onnx_operators.h"
#include "plugin/compiler/import/onnx_tensor.h"

namespace wranglet {
namespace {

// Deep enough for every model, shallow enough for every stack.
constexpr int kMostNesting = 100;

// The oldest operator set whose meaning the translations know.
constexpr int64_t kOldestOpset = 7;

class Importer {
 public:
  Importer(std::string_view file, const onnx::ModelProto& model) : model_(model) {
    graph_.file = file;
    graph_.channels_first = true;
  }

  Result<Graph> Import() && {
    WRANGLET_RETURN_IF_ERROR(Placed(ReadOpset()));
    for (const onnx::TensorProto& initializer : model_.graph().initializer()) {
      WRANGLET_RETURN_IF_ERROR(Placed(ReadInitializer(initializer)));
    }
    for (const onnx::ValueInfoProto& input : model_.graph().input()) {
      WRANGLET_RETURN_IF_ERROR(Placed(ReadInput(input)));
    }
    for (const onnx::NodeProto& node : model_.graph().node()) {
      WRANGLET_RETURN_IF_ERROR(Placed(ReadNode(node)));
    }
    for (const onnx::ValueInfoProto& output : model_.graph().output()) {
      const auto found = tensors_.find(output.name());
      if (found == tensors_.end() || found->second == kNoTensor) {
        return Placed<Graph>(Error{.message = "output '" + output.name() + "' is never computed"});
      }
      // Behind an Identity, an output may be an input too, or another output: the first name stays.
      const bool named =
          Contains(graph_.inputs, found->second) || Contains(graph_.outputs, found->second);
      if (!named) graph_.tensor(found->second).name = output.name();
      graph_.outputs.push_back(found->second);
    }
    graph_.MakeNamesUnique();
    graph_.RemoveUnusedTensors();
    WRANGLET_RETURN_IF_ERROR(Placed(Validate(graph_)));
    return std::move(graph_);
  }

 private:
  static bool Contains(const std::vector<TensorId>& ids, TensorId id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }

  // Errors get the file's name.
  template <typename T>
  Result<T> Placed(Result<T> result) const {
    if (!result.ok()) result.error().file = graph_.file;
    return result;
  }

  Status ReadOpset() {
    for (const auto& opset : model_.opset_import()) {
      if (opset.domain().empty() || opset.domain() == "ai.onnx") opset_ = opset.version();
    }
    if (opset_ >= kOldestOpset) return Done{};
    return Error{.message = "is of operator set " + std::to_string(opset_),
                 .hint = "export it with opset " + std::to_string(kOldestOpset) + " or newer"};
  }

  Status Define(const std::string& name, TensorId id) {
    if (tensors_.emplace(name, id).second) return Done{};
    return Error{.message = "'" + name + "' is defined twice"};
  }

  // Exporters write an empty constant for an optional input that is absent.
  Status ReadInitializer(const onnx::TensorProto& proto) {
    const auto& dims = proto.dims();
    if (std::find(dims.begin(), dims.end(), 0) != dims.end()) {
      return Define(proto.name(), kNoTensor);
    }
    WRANGLET_ASSIGN(Tensor tensor, ReadOnnxTensor(proto));
    return Define(proto.name(), graph_.Add(std::move(tensor)));
  }

  // Old files list initialisers among the inputs too.
  Status ReadInput(const onnx::ValueInfoProto& proto) {
    if (tensors_.contains(proto.name())) return Done{};
    const auto error = [&](std::string message) {
      return Error{.message = "input '" + proto.name() + "' " + std::move(message),
                   .hint = "export the model with a static shape"};
    };
    if (!proto.type().has_tensor_type()) return error("is no tensor");
    const auto& type = proto.type().tensor_type();
    const std::optional<DType> dtype = OnnxDType(type.elem_type());
    if (!dtype) {
      return Error{.message = "input '" + proto.name() + "' has type " +
                              std::to_string(type.elem_type()) + ", which is not supported",
                   .hint = "export the model in float32"};
    }
    Tensor tensor{.name = proto.name(), .dtype = *dtype};
    for (int i = 0; i < type.shape().dim_size(); ++i) {
      const auto& dim = type.shape().dim(i);
      int64_t size = dim.dim_value();
      // A Worker answers one request at a time: an open batch is 1.
      if (!dim.has_dim_value() && i == 0) size = 1;
      if (size < 1) {
        return error("has the dynamic dimension " + std::to_string(i) +
                     (dim.dim_param().empty() ? "" : " ('" + dim.dim_param() + "')"));
      }
      tensor.shape.push_back(size);
    }
    if (tensor.shape.empty()) return error("has no shape");
    const Result<int64_t> count = ElementCount(tensor.shape);
    if (!count.ok()) {
      return Error{.message = "input '" + proto.name() + "' has " + count.error().message};
    }
    const TensorId id = graph_.Add(std::move(tensor));
    graph_.inputs.push_back(id);
    return Define(proto.name(), id);
  }

  Status ReadNode(const onnx::NodeProto& proto) {
    // ONNX's nodes need no name.
    std::string name = proto.name();
    if (name.empty() && proto.output_size() > 0) name = proto.output(0);
    if (name.empty()) name = proto.op_type();
    const auto placed = [&](Error error) {
      error.node = name;
      error.op = proto.op_type();
      return error;
    };
    const bool standard = proto.domain().empty() || proto.domain() == "ai.onnx";
    const OnnxTranslation translate = standard ? FindOnnxTranslation(proto.op_type()) : nullptr;
    if (translate == nullptr) {
      return placed({.message = "this operator is not supported",
                     .hint = "docs/operators.md lists those that are"});
    }
    std::vector<TensorId> inputs;
    for (const std::string& input : proto.input()) {
      const auto found = tensors_.find(input);
      if (found == tensors_.end() && !input.empty()) {
        return placed({.message = "reads '" + input + "', which nothing before it computes",
                       .hint = "the file's nodes must be in an order in which they can run"});
      }
      inputs.push_back(input.empty() ? kNoTensor : found->second);
    }
    if (proto.output_size() < 1) return placed({.message = "has no output"});
    OnnxNode node(proto, name, opset_, std::move(inputs), graph_, constant_bytes_);
    Result<TensorId> output = translate(node);
    if (!output.ok()) return placed(output.error());
    std::map<size_t, TensorId> outputs = node.further_outputs();
    outputs[0] = *output;
    for (const auto& [i, id] : outputs) {
      if (!node.HasOutput(i)) continue;
      if (Status defined = Define(proto.output(static_cast<int>(i)), id); !defined.ok()) {
        return placed(defined.error());
      }
    }
    return Done{};
  }

  const onnx::ModelProto& model_;
  int64_t opset_ = 0;
  Graph graph_;
  std::map<std::string, TensorId> tensors_;
  size_t constant_bytes_ = 0;
};

}  // namespace

Result<Graph> ImportOnnx(std::string_view file, std::span<const std::byte> bytes) {
  const auto unreadable = [&](std::string message) {
    return Error{.message = std::move(message),
                 .hint = "export or download it again",
                 .file = std::string(file)};
  };
  if (bytes.size() > std::numeric_limits<int>::max()) return unreadable("is larger than 2 GiB");
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(kMostNesting);
  onnx::ModelProto model;
  if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) {
    return unreadable("is truncated or no ONNX model");
  }
  if (!model.has_graph() || model.graph().node_size() == 0) {
    return unreadable("is no ONNX model, or one without a graph");
  }
  RecognizeGelu(*model.mutable_graph());
  return Importer(file, model).Import();
}

}  // namespace wranglet
