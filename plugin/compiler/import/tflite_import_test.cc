#include "plugin/compiler/import/tflite_import.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "plugin/compiler/import/tflite_builder.h"
#include "plugin/compiler/import/tflite_schema_generated.h"

namespace wranglet {
namespace {

// One CONV_2D: an image of 1x5x5x2, int8, a filter of 3x3 to 4 channels with a scale each, stride
// 2, SAME, RELU6. Tests change what they are about.
struct Model {
  int operator_number = 3;
  std::vector<int32_t> image_shape = {1, 5, 5, 2};
  std::vector<float> filter_scales = {0.1f, 0.2f, 0.3f, 0.4f};
  size_t filter_bytes = 4 * 3 * 3 * 2;
  std::vector<int32_t> operator_inputs = {0, 1, -1};
  std::vector<int32_t> outputs = {2};
  int32_t stride = 2;
  tflite::TensorType image_type = tflite::TensorType_INT8;

  std::vector<std::byte> Bytes() const {
    TfliteBuilder file;
    const TfliteQuantization per_tensor = {.scale = {0.5f}, .zero_point = {-3}};
    const TfliteQuantization per_channel = {
        .scale = filter_scales, .zero_point = std::vector<int64_t>(filter_scales.size(), 0)};
    file.Activation(image_type, image_shape, per_tensor);
    file.Constant(tflite::TensorType_INT8, {4, 3, 3, 2}, std::vector<int8_t>(filter_bytes, 1),
                  per_channel);
    file.Activation(tflite::TensorType_INT8, {1, 3, 3, 4}, per_tensor);
    file.Operator(static_cast<tflite::BuiltinOperator>(operator_number), operator_inputs, {2},
                  tflite::CreateConv2DOptions(file.fbb, tflite::Padding_SAME, stride, stride,
                                              tflite::FusedActivation_RELU6));
    return file.Finish({0}, outputs);
  }
};

std::string ErrorOf(const Model& model) {
  const Result<Graph> graph = ImportTflite("m.tflite", model.Bytes());
  return graph.ok() ? "no error" : graph.error().ToString();
}

TEST(TfliteImport, ReadsAQuantisedConvolution) {
  const Result<Graph> graph = ImportTflite("m.tflite", Model().Bytes());
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 1u);
  const Node& node = graph->nodes[0];
  EXPECT_EQ(node.name, "CONV_2D 0");
  const auto* conv = node.As<Conv2D>();
  ASSERT_NE(conv, nullptr);
  EXPECT_EQ(conv->window.stride_h, 2);
  EXPECT_EQ(conv->window.padding.top, 1);
  EXPECT_EQ(conv->window.padding.bottom, 1);
  EXPECT_EQ(conv->activation.max, 6.0f);
  EXPECT_EQ(node.inputs[2], kNoTensor);
  const Tensor& image = graph->tensor(graph->inputs[0]);
  EXPECT_EQ(image.quantization->scale[0], 0.5f);
  EXPECT_EQ(image.quantization->zero_point[0], -3);
  EXPECT_EQ(graph->tensor(node.inputs[1]).quantization->scale.size(), 4u);
}

TEST(TfliteImport, ErrorsNameFileOperatorAndWhatToDo) {
  EXPECT_EQ(ErrorOf({.operator_number = 16}),
            "m.tflite: node 'LSTM 0' (LSTM): the operator LSTM is not supported; "
            "docs/operators.md lists those that are");
  EXPECT_EQ(ErrorOf({.operator_number = 9999}),
            "m.tflite: node 'operator 9999 0' (operator 9999): the operator operator 9999 is not "
            "supported; docs/operators.md lists those that are");
  EXPECT_EQ(ErrorOf({.filter_bytes = 71}),
            "m.tflite: tensor 't1' holds 71 bytes where its shape 4x3x3x2 needs 72; "
            "the file is damaged; export it again");
  EXPECT_EQ(ErrorOf({.image_shape = {1, -1, 5, 2}}),
            "m.tflite: tensor 't0' dimension 1 is -1; export the model with a static shape");
}

TEST(TfliteImport, RefusesWhatDoesNotFit) {
  EXPECT_NE(ErrorOf({.filter_scales = {1, 2, 3}}).find("3 scales"), std::string::npos);
  EXPECT_NE(ErrorOf({.operator_inputs = {0, 77}}).find("tensor 77"), std::string::npos);
  EXPECT_NE(ErrorOf({.operator_inputs = {0, -1}}).find("lacks input 1"), std::string::npos);
  EXPECT_NE(ErrorOf({.operator_inputs = {0}}).find("has 1 inputs"), std::string::npos);
  EXPECT_NE(ErrorOf({.outputs = {9}}).find("tensor 9"), std::string::npos);
  EXPECT_NE(ErrorOf({.stride = 0}).find("stride or dilation of 0"), std::string::npos);
  EXPECT_NE(ErrorOf({.image_type = tflite::TensorType_STRING}).find("STRING"), std::string::npos);
  EXPECT_NE(ErrorOf({.image_shape = {1, 1 << 30, 1 << 30, 2}}).find("too large"),
            std::string::npos);
  EXPECT_NE(ErrorOf({.image_shape = {1, 5, 5, 3}}), "no error");
  EXPECT_NE(ErrorOf({.image_shape = {5, 5, 2}}), "no error");
}

// The verifier lets elements of 8 bytes lie at any multiple of 4.
TEST(TfliteImport, ReadsMisalignedZeroPoints) {
  TfliteBuilder file;
  std::vector<int32_t> tensors;
  for (int i = 0; i < 4; ++i) {
    tensors.push_back(file.Activation(tflite::TensorType_INT8, {1, 2}, {{0.5f}, {3}}));
    file.fbb.CreateString(std::string(static_cast<size_t>(4 * i), 'x'));  // moves what follows
  }
  std::vector<std::byte> bytes = file.Finish(tensors, tensors);
  auto* records = tflite::GetMutableModel(bytes.data())->mutable_subgraphs()->GetMutableObject(0);
  int misaligned = 0;
  for (uint32_t i = 0; i < tensors.size(); ++i) {
    auto* parameters = records->mutable_tensors()->GetMutableObject(i)->mutable_quantization();
    const uint8_t* scales = reinterpret_cast<const uint8_t*>(parameters->scale());
    if (reinterpret_cast<uintptr_t>(scales + 4) % 8 == 0) continue;
    ++misaligned;
    reinterpret_cast<flatbuffers::Table*>(parameters)
        ->SetPointer(tflite::QuantizationParameters::VT_ZERO_POINT, scales);
  }
  ASSERT_GT(misaligned, 0);
  const Result<Graph> graph = ImportTflite("m.tflite", bytes);
  ASSERT_FALSE(graph.ok());
  EXPECT_NE(graph.error().message.find("has the zero point"), std::string::npos);
}

TEST(TfliteImport, FloatsHaveNoScale) {
  TfliteBuilder file;
  const int32_t x = file.Activation(tflite::TensorType_FLOAT32, {1, 2}, {{0.5f}, {3}});
  const int32_t y = file.Activation(tflite::TensorType_INT8, {1, 2}, {{0.5f}, {3}});
  file.Operator(tflite::BuiltinOperator_QUANTIZE, {x}, {y});
  const Result<Graph> graph = ImportTflite("m.tflite", file.Finish({x}, {y}));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_FALSE(graph->tensor(graph->inputs[0]).quantization.has_value());
  EXPECT_TRUE(graph->tensor(graph->outputs[0]).quantization.has_value());
}

TEST(TfliteImport, EveryTruncationIsRefused) {
  const std::vector<std::byte> whole = Model().Bytes();
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::vector<std::byte> part(whole.begin(),
                                      whole.begin() + static_cast<std::ptrdiff_t>(length));
    const Result<Graph> graph = ImportTflite("m.tflite", part);
    if (!graph.ok()) {
      EXPECT_EQ(graph.error().file, "m.tflite");
    }
  }
}

// Not to crash is all that can be asked; sanitizers watch.
TEST(TfliteImport, CorruptionNeverCrashes) {
  const std::vector<std::byte> whole = Model().Bytes();
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> bytes = whole;
    for (uint32_t changes = random() % 4 + 1; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    }
    const Result<Graph> graph = ImportTflite("m.tflite", bytes);
    if (!graph.ok()) {
      EXPECT_EQ(graph.error().file, "m.tflite");
    }
  }
}

}  // namespace
}  // namespace wranglet
