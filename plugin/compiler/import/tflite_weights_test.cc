// Constants: weights that are stored in other types than they are computed in, and what a file
// computes from constants alone.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "plugin/compiler/import/tflite_builder.h"
#include "plugin/compiler/import/tflite_import.h"
#include "plugin/compiler/import/tflite_seeds.h"

namespace wranglet {
namespace {

std::vector<std::byte> SeedFile(const std::string& name) {
  for (const TfliteSeed& seed : TfliteSeeds()) {
    if (seed.name == name) return seed.file;
  }
  ADD_FAILURE() << "no seed " << name;
  return {};
}

// A network of one operator on constants, whose output a Reshape then reads, as a constant.
template <typename T>
std::vector<T> Folded(TfliteBuilder& file, tflite::TensorType type,
                      const std::vector<int32_t>& shape, tflite::BuiltinOperator op,
                      const std::vector<int32_t>& inputs,
                      flatbuffers::Offset<tflite::AnyTable> options = {}) {
  const int32_t folded = file.Activation(type, shape);
  const int32_t x = file.Activation(type, shape), y = file.Activation(type, shape);
  file.Operator(op, inputs, {folded}, options);
  file.Operator(tflite::BuiltinOperator_MAXIMUM, {x, folded}, {y});
  Result<Graph> graph = ImportTflite("m.tflite", file.Finish({x}, {y}));
  EXPECT_TRUE(graph.ok()) << graph.error().ToString();
  if (!graph.ok() || graph->nodes.size() != 1) return {};
  const Tensor& constant = graph->tensor(graph->nodes[0].inputs[1]);
  EXPECT_TRUE(constant.constant.has_value());
  const auto values = constant.ConstantAs<T>();
  return {values.begin(), values.end()};
}

TEST(TfliteWeights, Float16IsReadAsFloat32) {
  const std::vector<uint16_t> halves = {0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff,
                                        0x0001, 0x0400, 0x3555, 0x7c00, 0x7e00};
  TfliteBuilder file;
  const int32_t stored = file.Constant(tflite::TensorType_FLOAT16, {10}, halves);
  const std::vector<float> values = Folded<float>(file, tflite::TensorType_FLOAT32, {10},
                                                  tflite::BuiltinOperator_DEQUANTIZE, {stored});
  ASSERT_EQ(values.size(), 10u);
  EXPECT_EQ(values[0], 0.0f);
  EXPECT_TRUE(std::signbit(values[1]));
  EXPECT_EQ(values[2], 1.0f);
  EXPECT_EQ(values[3], -2.0f);
  EXPECT_EQ(values[4], 65504.0f);
  EXPECT_EQ(values[5], 0x1p-24f);
  EXPECT_EQ(values[6], 0x1p-14f);
  EXPECT_EQ(values[7], 0x1.554p-2f);
  EXPECT_TRUE(std::isinf(values[8]));
  EXPECT_TRUE(std::isnan(values[9]));
}

TEST(TfliteWeights, Int8IsDequantizedByItsChannels) {
  TfliteBuilder file;
  const int32_t stored =
      file.Constant<int8_t>(tflite::TensorType_INT8, {2, 3}, {1, 2, 3, -1, -2, -128},
                            {{0.5f, 2.0f, 1.0f}, {0, 1, 0}, /*axis=*/1});
  EXPECT_EQ(Folded<float>(file, tflite::TensorType_FLOAT32, {2, 3},
                          tflite::BuiltinOperator_DEQUANTIZE, {stored}),
            (std::vector<float>{0.5f, 2, 3, -0.5f, -6, -128}));
}

TEST(TfliteWeights, DynamicRangeFiltersBecomeFloats) {
  for (const char* name : {"dynamic range filter", "int8 filter", "float16 filter"}) {
    SCOPED_TRACE(name);
    Result<Graph> graph = ImportTflite("m.tflite", SeedFile(name));
    ASSERT_TRUE(graph.ok()) << graph.error().ToString();
    ASSERT_EQ(graph->nodes.size(), 1u);
    EXPECT_EQ(graph->tensor(graph->nodes[0].inputs[1]).dtype, DType::kFloat32);
    EXPECT_TRUE(graph->tensor(graph->nodes[0].inputs[1]).constant.has_value());
  }
}

TEST(TfliteWeights, Float16ActivationsAreRefused) {
  TfliteBuilder file;
  const int32_t x = file.Activation(tflite::TensorType_FLOAT16, {4});
  const Result<Graph> graph = ImportTflite("m.tflite", file.Finish({x}, {x}));
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().ToString(),
            "m.tflite: tensor 't0' has the type FLOAT16, which is not supported");
}

TEST(TfliteWeights, ComputedShapesAreGone) {
  Result<Graph> graph = ImportTflite("m.tflite", SeedFile("computed shape"));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_EQ(graph->nodes.size(), 1u);
  EXPECT_EQ(graph->nodes[0].name, "RESHAPE 5");
}

TEST(TfliteWeights, ConstantsAreTransposed) {
  TfliteBuilder file;
  const int32_t x = file.Constant<int32_t>(tflite::TensorType_INT32, {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(Folded<int32_t>(file, tflite::TensorType_INT32, {3, 2},
                            tflite::BuiltinOperator_TRANSPOSE, {x, file.Indices({1, 0})}),
            (std::vector<int32_t>{1, 4, 2, 5, 3, 6}));
}

TEST(TfliteWeights, ConstantsAreSliced) {
  TfliteBuilder file;
  const int32_t x = file.Constant<int32_t>(tflite::TensorType_INT32, {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(
      Folded<int32_t>(file, tflite::TensorType_INT32, {2, 2}, tflite::BuiltinOperator_STRIDED_SLICE,
                      {x, file.Indices({1, 2}), file.Indices({-3, -4}), file.Indices({-1, -2})}),
      (std::vector<int32_t>{6, 4, 3, 1}));
}

TEST(TfliteWeights, ConstantsAreConcatenated) {
  TfliteBuilder file;
  const int32_t a = file.Constant<int32_t>(tflite::TensorType_INT32, {2, 1}, {1, 2});
  const int32_t b = file.Constant<int32_t>(tflite::TensorType_INT32, {2, 2}, {3, 4, 5, 6});
  const auto options = tflite::CreateConcatenationOptions(file.fbb, 1);
  EXPECT_EQ(Folded<int32_t>(file, tflite::TensorType_INT32, {2, 3},
                            tflite::BuiltinOperator_CONCATENATION, {a, b}, options.o),
            (std::vector<int32_t>{1, 3, 4, 2, 5, 6}));
}

TEST(TfliteWeights, IntegersAreCastToTheNearest) {
  TfliteBuilder file;
  const int32_t x = file.Constant<int64_t>(tflite::TensorType_INT64, {3}, {-7, 1LL << 40, 3});
  EXPECT_EQ(Folded<int32_t>(file, tflite::TensorType_INT32, {3}, tflite::BuiltinOperator_CAST, {x}),
            (std::vector<int32_t>{-7, INT32_MAX, 3}));
}

TEST(TfliteWeights, IntegerArithmeticWraps) {
  TfliteBuilder file;
  const int32_t x = file.Constant<int32_t>(tflite::TensorType_INT32, {2}, {3, INT32_MAX});
  const int32_t two = file.Constant<int32_t>(tflite::TensorType_INT32, {1}, {2});
  EXPECT_EQ(
      Folded<int32_t>(file, tflite::TensorType_INT32, {2}, tflite::BuiltinOperator_MUL, {x, two}),
      (std::vector<int32_t>{6, -2}));
}

// A constant beside itself, and what comes of it again.
TEST(TfliteWeights, ConstantsThatGrowWithoutEndAreRefused) {
  TfliteBuilder file;
  int32_t size = 1 << 20;
  int32_t last = file.Constant(tflite::TensorType_INT8, {size},
                               std::vector<int8_t>(static_cast<size_t>(size)));
  for (const int32_t times : {8, 128}) {
    size *= times;
    const int32_t next = file.Activation(tflite::TensorType_INT8, {size});
    file.Operator(tflite::BuiltinOperator_CONCATENATION,
                  std::vector<int32_t>(static_cast<size_t>(times), last), {next});
    last = next;
  }
  const Result<Graph> graph = ImportTflite("m.tflite", file.Finish({}, {last}));
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().ToString(),
            "m.tflite: node 'CONCATENATION 1' (CONCATENATION): makes the network's constants "
            "exceed 1 GiB");
}

TEST(TfliteWeights, AConstantIsNotWritten) {
  TfliteBuilder file;
  const int32_t x = file.Indices({1, 2}), y = file.Indices({3, 4});
  file.Operator(tflite::BuiltinOperator_RESHAPE, {x}, {y});
  const Result<Graph> graph = ImportTflite("m.tflite", file.Finish({}, {y}));
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().message, "writes 't1', which is set already");
}

}  // namespace
}  // namespace wranglet
