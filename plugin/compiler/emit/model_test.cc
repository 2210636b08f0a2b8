#include "plugin/compiler/emit/model.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "plugin/compiler/base/file.h"
#include "plugin/compiler/base/sha256.h"

namespace wranglet {
namespace {

using Json = nlohmann::ordered_json;

// An int8 image, a Clamp, a Reshape, and Softmax on request.
class ModelTest : public testing::Test {
 protected:
  ModelTest() {
    info_.name = "person";
    info_.compiler = "wranglet 0.1.0";
    const TensorId image = Tensor8("image", {1, 1, 2, 3}, 0.5f, -1);
    const TensorId clamped = Tensor8("clamped", {1, 1, 2, 3}, 0.5f, -1);
    const TensorId scores = Tensor8("scores", {1, 6}, 0.5f, -1);
    graph_.inputs = {image};
    graph_.nodes = {{"relu", Clamp{{.min = 0.0f}}, {image}, {clamped}},
                    {"flatten", Reshape{}, {clamped}, {scores}}};
    graph_.outputs = {scores};
  }

  TensorId Tensor8(std::string name, Shape shape, float scale, int32_t zero_point) {
    return graph_.Add({.name = std::move(name),
                       .dtype = DType::kInt8,
                       .shape = std::move(shape),
                       .quantization = Quantization{{scale}, {zero_point}}});
  }
  void AppendSoftmax() {
    const TensorId output = Tensor8("probabilities", {1, 6}, 0.00390625f, -128);
    graph_.nodes.push_back({"softmax", Softmax{}, {graph_.outputs[0]}, {output}});
    graph_.outputs = {output};
  }

  std::map<std::string, std::string> Emit() {
    const Result<Plan> plan = MakePlan(graph_);
    EXPECT_TRUE(plan.ok()) << plan.error().ToString();
    std::map<std::string, std::string> files;
    for (const EmittedFile& file : EmitModel(graph_, *plan, info_)) files[file.name] = file.content;
    return files;
  }
  Json EmitManifest() { return Json::parse(Emit()["model.json"]); }

  Graph graph_;
  ModelInfo info_;
};

TEST_F(ModelTest, TheManifestIsWhatTheArchitectureSays) {
  info_.labels = {"no person", "person"};
  info_.images = {ImageInput{2, 1, "rgb", "center", {std::byte{'f'}, std::byte{'o'}}}};
  const Json manifest = EmitManifest();
  const std::string weights = Emit()["weights.bin"];
  const Json expected = {
      {"format", 1},
      {"name", "person"},
      {"version", manifest["version"]},
      {"precision", "int8"},
      {"simd", "relaxed"},
      {"weights",
       {{"storage", "embedded"}, {"bytes", 256}, {"sha256", Sha256().Update(weights).HexDigest()}}},
      {"memory", {{"arena", 16}, {"arenaLowerBound", 16}}},
      {"macs", 0},
      {"inputs",
       {{{"name", "image"},
         {"shape", {1, 1, 2, 3}},
         {"dtype", "int8"},
         {"scale", 0.5},
         {"zeroPoint", -1},
         {"image",
          {{"width", 2},
           {"height", 1},
           {"color", "rgb"},
           {"crop", "center"},
           {"table", "Zm8="}}}}}},
      {"outputs",
       {{{"name", "scores"},
         {"shape", {1, 6}},
         {"dtype", "int8"},
         {"scale", 0.5},
         {"zeroPoint", -1},
         {"kind", "logits"}}}},
      {"labels", {"no person", "person"}},
      {"compiler", "wranglet 0.1.0"},
  };
  EXPECT_EQ(manifest.dump(2), expected.dump(2)) << "the order of keys counts";
}

TEST_F(ModelTest, WhatIsNotThereIsAbsent) {
  const Json manifest = EmitManifest();
  EXPECT_FALSE(manifest.contains("labels"));
  EXPECT_FALSE(manifest["inputs"][0].contains("image"));
}

TEST_F(ModelTest, AVectorThatSoftmaxMadeIsProbabilities) {
  EXPECT_EQ(EmitManifest()["outputs"][0]["kind"], "logits");
  AppendSoftmax();
  EXPECT_EQ(EmitManifest()["outputs"][0]["kind"], "probabilities");
  graph_.outputs = {1};
  EXPECT_EQ(EmitManifest()["outputs"][0]["kind"], "tensor") << "1x1x2x3 is no vector";
}

TEST_F(ModelTest, IndicesAreATensor) {
  for (const DType dtype : {DType::kInt32, DType::kInt64}) {
    const TensorId indices = graph_.Add({.name = "indices", .dtype = dtype, .shape = {6}});
    graph_.nodes.resize(2);
    graph_.nodes.push_back({"argmax", ArgMax{.axis = 0}, {2}, {indices}});
    graph_.outputs = {indices};
    const Json output = EmitManifest()["outputs"][0];
    EXPECT_EQ(
        output,
        Json({{"name", "indices"}, {"shape", {6}}, {"dtype", NameOf(dtype)}, {"kind", "tensor"}}));
  }
}

TEST_F(ModelTest, TheVersionChangesWithStepsAndWeightsOnly) {
  const std::string version = EmitManifest()["version"];
  EXPECT_EQ(version.size(), 16u);
  EXPECT_EQ(version.find_first_not_of("0123456789abcdef"), std::string::npos);
  info_.labels = {"another"};
  EXPECT_EQ(EmitManifest()["version"], version);
  graph_.nodes[0].op = Clamp{{0.0f, 6.0f}};
  EXPECT_NE(EmitManifest()["version"], version) << "another lookup table";
}

TEST_F(ModelTest, ANameThatIsNotUtf8IsRepaired) {
  graph_.tensor(0).name =
      "im\xff"
      "age";
  EXPECT_EQ(EmitManifest()["inputs"][0]["name"],
            "im\xef\xbf\xbd"
            "age");
}

TEST_F(ModelTest, TheEsModuleExportsManifestAndModule) {
  auto files = Emit();
  EXPECT_EQ(files["index.js"],
            "export { default as manifest } from \"./manifest.js\";\n"
            "export { default as module } from \"./model.wasm\";\n");
  const std::string json = files["model.json"];
  EXPECT_EQ(files["manifest.js"], "export default " + json.substr(0, json.size() - 1) + ";\n");
  EXPECT_EQ(files["index.d.ts"].find("const weights"), std::string::npos);
}

TEST_F(ModelTest, ExternalWeightsAreExportedToo) {
  info_.storage = WeightsStorage::kExternal;
  auto files = Emit();
  EXPECT_NE(files["index.js"].find("export { default as weights } from \"./weights.bin\";\n"),
            std::string::npos);
  EXPECT_NE(files["index.d.ts"].find("export const weights: ArrayBuffer;"), std::string::npos);
  EXPECT_EQ(Json::parse(files["model.json"])["weights"]["storage"], "external");
}

TEST_F(ModelTest, FilesAreWritten) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "model_test";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(WriteModel({{"a.txt", "a"}, {"b.txt", "bb"}}, folder).ok());
  EXPECT_EQ(ReadFile(folder / "a.txt")->size(), 1u);
  EXPECT_EQ(ReadFile(folder / "b.txt")->size(), 2u);
  std::filesystem::remove_all(folder);
  EXPECT_NE(WriteModel({{"a.txt", "a"}}, folder).error().ToString().find("a.txt: cannot create"),
            std::string::npos);
}

}  // namespace
}  // namespace wranglet
