// For tests: small ONNX models.

#ifndef WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_BUILDER_H_
#define WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "onnx/onnx.pb.h"

namespace wranglet {

class OnnxBuilder {
 public:
  explicit OnnxBuilder(int64_t opset = 13) {
    model.set_ir_version(8);
    model.add_opset_import()->set_version(opset);
  }

  onnx::GraphProto& graph() { return *model.mutable_graph(); }

  // A float input; a dimension of 0 is dynamic.
  OnnxBuilder& Input(const std::string& name, const std::vector<int64_t>& shape) {
    auto* input = graph().add_input();
    input->set_name(name);
    auto* type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    for (const int64_t size : shape) {
      auto* dim = type->mutable_shape()->add_dim();
      if (size == 0) {
        dim->set_dim_param("N");
      } else {
        dim->set_dim_value(size);
      }
    }
    return *this;
  }

  OnnxBuilder& Output(const std::string& name) {
    graph().add_output()->set_name(name);
    return *this;
  }

  OnnxBuilder& Floats(const std::string& name, const std::vector<int64_t>& shape,
                      const std::vector<float>& values) {
    auto* tensor = AddConstant(name, shape, onnx::TensorProto::FLOAT);
    for (const float value : values) tensor->add_float_data(value);
    return *this;
  }

  OnnxBuilder& Ints(const std::string& name, const std::vector<int64_t>& values) {
    auto* tensor =
        AddConstant(name, {static_cast<int64_t>(values.size())}, onnx::TensorProto::INT64);
    for (const int64_t value : values) tensor->add_int64_data(value);
    return *this;
  }

  // Of INT8, UINT8, INT16 or INT32.
  OnnxBuilder& Stored(const std::string& name, const std::vector<int64_t>& shape,
                      onnx::TensorProto::DataType type, const std::vector<int32_t>& values) {
    auto* tensor = AddConstant(name, shape, type);
    for (const int32_t value : values) tensor->add_int32_data(value);
    return *this;
  }

  onnx::TensorProto* AddConstant(const std::string& name, const std::vector<int64_t>& shape,
                                 onnx::TensorProto::DataType type) {
    auto* tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    for (const int64_t size : shape) tensor->add_dims(size);
    return tensor;
  }

  // A node; attributes are set with the With methods, on the last one.
  OnnxBuilder& Node(const std::string& op, const std::vector<std::string>& inputs,
                    const std::string& output) {
    auto* node = graph().add_node();
    node->set_op_type(op);
    node->set_name(output + "_node");
    for (const std::string& input : inputs) node->add_input(input);
    node->add_output(output);
    return *this;
  }

  OnnxBuilder& With(const std::string& name, int64_t value) {
    auto* attribute = AddAttribute(name, onnx::AttributeProto::INT);
    attribute->set_i(value);
    return *this;
  }
  OnnxBuilder& With(const std::string& name, float value) {
    auto* attribute = AddAttribute(name, onnx::AttributeProto::FLOAT);
    attribute->set_f(value);
    return *this;
  }
  OnnxBuilder& With(const std::string& name, const std::string& value) {
    auto* attribute = AddAttribute(name, onnx::AttributeProto::STRING);
    attribute->set_s(value);
    return *this;
  }
  OnnxBuilder& With(const std::string& name, const std::vector<int64_t>& values) {
    auto* attribute = AddAttribute(name, onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute->add_ints(value);
    return *this;
  }

  std::string Bytes() const { return model.SerializeAsString(); }

  onnx::ModelProto model;

 private:
  onnx::AttributeProto* AddAttribute(const std::string& name,
                                     onnx::AttributeProto::AttributeType type) {
    auto* node = graph().mutable_node(graph().node_size() - 1);
    auto* attribute = node->add_attribute();
    attribute->set_name(name);
    attribute->set_type(type);
    return attribute;
  }
};

inline std::span<const std::byte> BytesOf(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace wranglet

#endif  // WRANGLET_PLUGIN_COMPILER_IMPORT_ONNX_BUILDER_H_
