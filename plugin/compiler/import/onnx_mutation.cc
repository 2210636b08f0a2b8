#include "plugin/compiler/import/onnx_mutation.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "plugin/compiler/import/onnx_operators.h"

namespace wranglet {
namespace {

// Constants larger than this are not filled: the file would be longer than fuzzing likes.
constexpr int64_t kMostFilled = 2048;

constexpr int64_t kNumbers[] = {-1,
                                0,
                                1,
                                2,
                                3,
                                4,
                                5,
                                6,
                                7,
                                8,
                                -2,
                                16,
                                100,
                                1 << 15,
                                1 << 16,
                                int64_t{1} << 31,
                                int64_t{1} << 40,
                                std::numeric_limits<int64_t>::min(),
                                std::numeric_limits<int64_t>::max()};
constexpr const char* kAttributes[] = {"allowzero",
                                       "alpha",
                                       "auto_pad",
                                       "axes",
                                       "axis",
                                       "beta",
                                       "blocksize",
                                       "ceil_mode",
                                       "coordinate_transformation_mode",
                                       "count_include_pad",
                                       "dilations",
                                       "end",
                                       "ends",
                                       "epsilon",
                                       "gamma",
                                       "group",
                                       "keepdims",
                                       "kernel_shape",
                                       "max",
                                       "min",
                                       "mode",
                                       "nearest_mode",
                                       "noop_with_empty_axes",
                                       "num_outputs",
                                       "output_padding",
                                       "output_shape",
                                       "p",
                                       "pads",
                                       "perm",
                                       "scales",
                                       "split",
                                       "start",
                                       "starts",
                                       "steps",
                                       "strides",
                                       "to",
                                       "transA",
                                       "transB",
                                       "value",
                                       "value_int",
                                       "value_ints"};
constexpr const char* kStrings[] = {
    "SAME_UPPER", "SAME_LOWER", "VALID",         "NOTSET",     "?",       "linear",
    "nearest",    "reflect",    "edge",          "asymmetric", "CRD",     "tanh",
    "ceil",       "floor",      "align_corners", "half_pixel", "bilinear"};

class Mutator {
 public:
  Mutator(onnx::ModelProto& model, std::minstd_rand& random)
      : model_(model), graph_(*model.mutable_graph()), random_(random) {}

  void Mutate() {
    static constexpr void (Mutator::* kChanges[])() = {
        &Mutator::ChangeOperator,  &Mutator::ChangeReader,   &Mutator::ChangeAttribute,
        &Mutator::ChangeAttribute, &Mutator::ChangeConstant, &Mutator::ChangeConstant,
        &Mutator::InsertNode,      &Mutator::ChangeInput,    &Mutator::ChangeOpset,
        &Mutator::ChangeOutput,    &Mutator::InsertNode};
    (this->*Pick(kChanges))();
  }

 private:
  size_t Below(size_t count) { return random_() % count; }
  template <typename T, size_t count>
  T Pick(const T (&choices)[count]) {
    return choices[Below(count)];
  }
  // One of a repeated field, or null when it is empty.
  template <typename Repeated>
  auto* PickOf(Repeated* field) {
    return field->empty() ? nullptr
                          : field->Mutable(static_cast<int>(Below(size_t(field->size()))));
  }

  std::string PickName() {
    std::vector<std::string> names;
    for (const auto& input : graph_.input()) names.push_back(input.name());
    for (const auto& constant : graph_.initializer()) names.push_back(constant.name());
    for (const auto& node : graph_.node()) {
      names.insert(names.end(), node.output().begin(), node.output().end());
    }
    return names.empty() ? "" : names[Below(names.size())];
  }

  void ChangeOperator() {
    if (auto* node = PickOf(graph_.mutable_node())) {
      const std::vector<std::string> operators = OnnxOperators();
      node->set_op_type(operators[Below(operators.size())]);
    }
  }

  void ChangeReader() {
    auto* node = PickOf(graph_.mutable_node());
    if (node == nullptr) return;
    std::string* input = PickOf(node->mutable_input());
    if (input == nullptr || Below(8) == 0) input = node->add_input();
    *input = Below(16) == 0 ? "" : PickName();
  }

  // Puts a node behind another, which then is read instead of it.
  void InsertNode() {
    const std::vector<std::string> operators = OnnxOperators();
    const std::string to = "i" + std::to_string(Below(1000));
    const std::string from = PickName();
    const size_t at = Below(static_cast<size_t>(graph_.node_size()) + 1);
    for (size_t i = at; i < static_cast<size_t>(graph_.node_size()); ++i) {
      for (std::string& input : *graph_.mutable_node(static_cast<int>(i))->mutable_input()) {
        if (input == from && Below(4) != 0) input = to;
      }
    }
    auto* node = graph_.add_node();
    node->set_op_type(operators[Below(operators.size())]);
    node->add_input(from);
    if (Below(2) == 0) node->add_input(PickName());
    node->add_output(to);
    if (Below(8) == 0) node->add_output(to + ".2");
    for (size_t i = static_cast<size_t>(graph_.node_size()) - 1; i > at; --i) {
      graph_.mutable_node()->SwapElements(static_cast<int>(i), static_cast<int>(i) - 1);
    }
  }

  void ChangeAttribute() {
    auto* node = PickOf(graph_.mutable_node());
    if (node == nullptr) return;
    onnx::AttributeProto* attribute = PickOf(node->mutable_attribute());
    if (attribute == nullptr || Below(3) == 0) {
      attribute = node->add_attribute();
      attribute->set_name(Pick(kAttributes));
    }
    switch (Below(5)) {
      case 0:
        return attribute->set_i(Pick(kNumbers));
      case 1:
        return attribute->set_f(static_cast<float>(Pick(kNumbers)) / 4);
      case 2:
        return attribute->set_s(Pick(kStrings));
      case 3:
        return attribute->add_ints(Pick(kNumbers));
      default:
        if (!attribute->ints().empty()) {
          attribute->set_ints(static_cast<int>(Below(size_t(attribute->ints_size()))),
                              Pick(kNumbers));
        }
    }
  }

  // Another shape, mostly with as many elements as it wants.
  void ChangeConstant() {
    onnx::TensorProto* constant = PickOf(graph_.mutable_initializer());
    if (constant == nullptr) return;
    if (Below(4) == 0 && !constant->int64_data().empty()) {
      constant->set_int64_data(static_cast<int>(Below(size_t(constant->int64_data_size()))),
                               Pick(kNumbers));
      return;
    }
    if (constant->dims().empty() || Below(8) == 0) {
      constant->add_dims(Pick(kNumbers));
    } else if (Below(8) == 0) {
      constant->mutable_dims()->RemoveLast();
    } else {
      constant->set_dims(static_cast<int>(Below(size_t(constant->dims_size()))), Pick(kNumbers));
    }
    int64_t count = 1;
    for (const int64_t size : constant->dims()) {
      if (size < 1 || size > kMostFilled / count) return;
      count *= size;
    }
    if (constant->data_type() == onnx::TensorProto::FLOAT && !constant->has_raw_data()) {
      constant->mutable_float_data()->Resize(static_cast<int>(count), 0.5f);
    }
    if (!constant->int32_data().empty()) {
      constant->mutable_int32_data()->Resize(static_cast<int>(count), 1);
    }
  }

  void ChangeInput() {
    auto* input = PickOf(graph_.mutable_input());
    if (input == nullptr) return;
    auto* shape = input->mutable_type()->mutable_tensor_type()->mutable_shape();
    auto* dim = Below(8) == 0 ? shape->add_dim() : PickOf(shape->mutable_dim());
    if (dim != nullptr) dim->set_dim_value(Pick(kNumbers));
  }

  void ChangeOpset() {
    if (auto* opset = PickOf(model_.mutable_opset_import())) {
      opset->set_version(static_cast<int64_t>(Below(24)));
    }
  }

  void ChangeOutput() {
    auto* output = Below(2) == 0 ? graph_.add_output() : PickOf(graph_.mutable_output());
    if (output != nullptr) output->set_name(PickName());
  }

  onnx::ModelProto& model_;
  onnx::GraphProto& graph_;
  std::minstd_rand& random_;
};

}  // namespace

void MutateModel(onnx::ModelProto& model, std::minstd_rand& random) {
  Mutator(model, random).Mutate();
}

}  // namespace wranglet
