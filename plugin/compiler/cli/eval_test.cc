// What evaluations are made of: metrics, tables of labels, lists of images, pairs of layers.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "plugin/compiler/cli/eval_csv.h"
#include "plugin/compiler/cli/eval_float.h"
#include "plugin/compiler/cli/eval_images.h"
#include "plugin/compiler/cli/eval_layers.h"
#include "plugin/compiler/cli/eval_metrics.h"
#include "plugin/compiler/cli/eval_report.h"

namespace wranglet {
namespace {

namespace fs = std::filesystem;

std::vector<Class> ClassesOf(const std::vector<int8_t>& stored) {
  const PlacedTensor output = {.dtype = DType::kInt8, .quantization = Quantization{{0.5f}, {-3}}};
  return *Classify(output, std::as_bytes(std::span(stored)), "probabilities", {});
}

TEST(Rank, OfEqualScoresTheLowerIndexIsFirst) {
  const std::vector<Class> classes = ClassesOf({4, 9, 4, 9, 4, 4, -128});
  EXPECT_EQ(RankOf(classes, 1), 0u);
  EXPECT_EQ(RankOf(classes, 3), 1u);
  EXPECT_EQ(RankOf(classes, 0), 2u);
  EXPECT_EQ(RankOf(classes, 2), 3u);
  EXPECT_EQ(RankOf(classes, 5), 5u);
  EXPECT_EQ(RankOf(classes, 6), 6u);
}

TEST(Score, CountsTheFirstAndTheFirstFive) {
  Score score;
  for (const size_t rank : {0, 1, 4, 5, 0}) score.Add(rank);
  EXPECT_EQ(score.images, 5u);
  EXPECT_EQ(score.top1, 2u);
  EXPECT_EQ(score.top5, 4u);
  EXPECT_DOUBLE_EQ(Percent(score.top1, score.images), 40.0);
  EXPECT_DOUBLE_EQ(Percent(0, 0), 0.0);
}

TEST(SignalToNoise, IsTheRatioOfPowersInDecibels) {
  SignalToNoise error;
  error.Add(std::vector<double>{3, -4}, std::vector<double>{3.3, -4.4});
  EXPECT_NEAR(error.Decibels(), 20.0, 1e-9) << "25 to 0.25";
  SignalToNoise both = error;
  both += error;
  EXPECT_NEAR(both.Decibels(), 20.0, 1e-9);
}

TEST(SignalToNoise, HasItsEnds) {
  SignalToNoise exact;
  exact.Add(std::vector<double>{1, 2}, std::vector<double>{1, 2});
  EXPECT_EQ(exact.Decibels(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(DecibelsOf(exact), "exact");
  SignalToNoise noise;
  noise.Add(std::vector<double>{0}, std::vector<double>{1});
  EXPECT_EQ(noise.Decibels(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(SignalToNoise().Decibels(), std::numeric_limits<double>::infinity()) << "nothing";
}

TEST(CsvRow, FieldsMayBeQuoted) {
  const auto fields = [](const std::string& line) { return *ParseCsvRow(line); };
  using Fields = std::vector<std::string>;
  EXPECT_EQ(fields("a,b"), (Fields{"a", "b"}));
  EXPECT_EQ(fields(""), (Fields{""}));
  EXPECT_EQ(fields(","), (Fields{"", ""}));
  EXPECT_EQ(fields("\"a,b\",\"say \"\"hi\"\"\","), (Fields{"a,b", "say \"hi\"", ""}));
  EXPECT_EQ(fields("\"\""), (Fields{""}));
  for (const char* bad : {"\"a", "\"a\"b", "\"a\"\"", "x,\""}) {
    EXPECT_FALSE(ParseCsvRow(bad).ok()) << bad;
  }
}

// Tests with files, in a folder of their own.
class Images : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        (std::string("eval_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  void Write(const std::string& name, const std::string& text = "") const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  // "cat/1.jpg 3, ...": paths from the folder, and labels.
  std::string List(const ImageSource& source, const LabelMeaning& meaning) const {
    const auto images = ListEvalImages(source, meaning);
    if (!images.ok()) return Shortened(images.error().ToString());
    std::string text;
    for (const EvalImage& image : *images) {
      text +=
          (text.empty() ? "" : ", ") + fs::path(image.path).lexically_relative(folder_).string();
      text += image.label ? " " + std::to_string(*image.label) : "";
    }
    return text;
  }

  // With "$T" for the folder.
  std::string Shortened(std::string text) const {
    const std::string folder = folder_.string();
    for (size_t at; (at = text.find(folder)) != std::string::npos;) {
      text.replace(at, folder.size(), "$T");
    }
    return text;
  }

 private:
  fs::path folder_;
};

TEST_F(Images, SubFoldersAreLabels) {
  for (const char* name : {"in/dog/2.jpg", "in/dog/1.JPEG", "in/cat/9.jpg", "in/dog/notes.txt",
                           "in/loose.jpg", "in/.git/x.jpg"}) {
    Write(name);
  }
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 2, .labels = {"cat", "dog"}}),
            "in/cat/9.jpg 0, in/dog/1.JPEG 1, in/dog/2.jpg 1");
  EXPECT_EQ(List({.paths = {Path("in")}, .unlabelled = true}, {.classes = 2}),
            "in/cat/9.jpg, in/dog/1.JPEG, in/dog/2.jpg");
}

TEST_F(Images, ImagesAndPlainFoldersHaveNoLabels) {
  Write("in/b.jpg");
  Write("in/a.jpg");
  Write("c.jpg");
  EXPECT_EQ(List({.paths = {Path("in"), Path("c.jpg")}}, {.classes = 2}),
            "in/a.jpg, in/b.jpg, c.jpg");
}

TEST_F(Images, NumbersAreClassesToo) {
  Write("in/0/a.jpg");
  Write("in/7/a.jpg");
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 9, .class_offset = 1}),
            "in/0/a.jpg 1, in/7/a.jpg 8");
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 8, .class_offset = 1}),
            "$T/in/7: class 7 with offset 1 is not one of the network's, 0 to 7; see --class-map "
            "and --class-offset");
}

TEST_F(Images, AMapTellsWhatLabelsMean) {
  Write("in/cat/a.jpg");
  Write("in/dog/a.jpg");
  Write("map.csv", "dog,250\n\"cat\",281\n\n");
  const LabelMeaning meaning = {
      .classes = 1001, .labels = {"cat"}, .class_map = Path("map.csv"), .class_offset = 1};
  EXPECT_EQ(List({.paths = {Path("in")}}, meaning), "in/cat/a.jpg 282, in/dog/a.jpg 251");
  Write("map.csv", "dog,250\n");
  EXPECT_EQ(List({.paths = {Path("in")}}, meaning), "$T/in/cat: label 'cat' is not in $T/map.csv");
  Write("map.csv", "dog,1\ncat,two\n");
  EXPECT_EQ(List({.paths = {Path("in")}}, meaning),
            "$T/map.csv: line 2 is not a label, a comma and a number");
  Write("map.csv", "dog,1\ndog,2\n");
  EXPECT_EQ(List({.paths = {Path("in")}}, meaning), "$T/map.csv: line 2 repeats a label");
}

TEST_F(Images, LabelsWithoutAClassAreNamed) {
  Write("in/bird/a.jpg");
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 2, .labels = {"cat", "dog"}}),
            "$T/in/bird: label 'bird' means no class of the network; give --labels with it, or "
            "--class-map, or a number, or --unlabelled");
  Write("t.csv", "file,label\na.jpg,cat\nb.jpg,cow\n");
  EXPECT_EQ(List({.labels_csv = Path("t.csv")}, {.classes = 2, .labels = {"cat", "dog"}}),
            "$T/t.csv: line 3: label 'cow' means no class of the network; give --labels with it, "
            "or --class-map, or a number, or --unlabelled");
}

TEST_F(Images, FoldersWithoutImagesAreNamed) {
  Write("in/cat/a.jpg");
  fs::create_directories(Path("in/dog"));
  EXPECT_EQ(List({.paths = {Path("in")}}, {.classes = 2, .labels = {"cat", "dog"}}),
            "$T/in/dog: has no JPEG images (*.jpg, *.jpeg)");
  EXPECT_EQ(List({.paths = {Path("out")}}, {.classes = 2}),
            "$T/out: there is no such file or folder");
}

TEST_F(Images, ATableTellsFilesAndLabels) {
  Write("t/labels.csv", "split,file,class_index\r\nval,b.jpg,1\r\ntrain,a.jpg,0\r\n");
  const std::string table = Path("t/labels.csv");
  const LabelMeaning meaning = {.classes = 2};
  EXPECT_EQ(List({.labels_csv = table}, meaning), "t/b.jpg 1, t/a.jpg 0");
  EXPECT_EQ(List({.paths = {Path("x")}, .labels_csv = table}, meaning), "x/b.jpg 1, x/a.jpg 0");
  EXPECT_EQ(List({.labels_csv = table, .only = "split=val"}, meaning), "t/b.jpg 1");
  EXPECT_EQ(List({.labels_csv = table, .unlabelled = true}, meaning), "t/b.jpg, t/a.jpg");
  EXPECT_EQ(List({.labels_csv = table, .only = "split=test"}, meaning),
            "$T/t/labels.csv: has no row with split=test");
  EXPECT_EQ(List({.labels_csv = table, .only = "split"}, meaning),
            "--only cannot be 'split'; give COLUMN=VALUE");
  EXPECT_EQ(List({.labels_csv = table, .label_column = "person"}, meaning),
            "$T/t/labels.csv: has no column 'person'; it has split, file, class_index");
}

TEST_F(Images, TablesThatAreNoneAreErrors) {
  const auto list = [&](const std::string& text) {
    Write("t.csv", text);
    return List({.labels_csv = Path("t.csv")}, {.classes = 2});
  };
  EXPECT_EQ(list(""), "$T/t.csv: is empty");
  EXPECT_EQ(list("file,label\n"), "$T/t.csv: has no row");
  EXPECT_EQ(list("file,label\na.jpg\n"), "$T/t.csv: line 2 has 1 fields, and the first 2");
  EXPECT_EQ(list("file,label\n\"a.jpg,1\n"),
            "$T/t.csv: line 2 has a double quote that is not closed");
  EXPECT_EQ(list("name,label\n"), "$T/t.csv: has no column 'file'; it has name, label");
  EXPECT_EQ(list("file,person\na,1\n"),
            "$T/t.csv: has no column 'label'; it has file, person; give --label-column");
}

TEST_F(Images, ALimitTakesOfAll) {
  Write("t.csv", "file,label\n0,0\n1,0\n2,0\n3,1\n4,1\n5,1\n");
  const auto list = [&](size_t limit) {
    return List({.labels_csv = Path("t.csv"), .limit = limit}, {.classes = 2});
  };
  EXPECT_EQ(list(2), "0 0, 3 1");
  EXPECT_EQ(list(4), "0 0, 1 0, 3 1, 4 1");
  EXPECT_EQ(list(6), list(0));
  EXPECT_EQ(list(100), list(0));
}

Graph GraphOf(const std::vector<Tensor>& outputs) {
  Graph graph;
  TensorId last = graph.Add({.name = "x", .shape = {1, 4}});
  graph.inputs = {last};
  for (const Tensor& output : outputs) {
    const TensorId id = graph.Add(output);
    graph.nodes.push_back(
        {.name = "make " + output.name, .op = Clamp{}, .inputs = {last}, .outputs = {id}});
    last = id;
  }
  return graph;
}

TEST(Layers, ArePairsOfTheSameNameAndShape) {
  const Quantization q = {{0.5f}, {0}};
  const Graph graph =
      GraphOf({{.name = "b", .dtype = DType::kInt8, .shape = {4}, .quantization = q},
               {.name = "", .shape = {4}},
               {.name = "c", .shape = {2, 2}},
               {.name = "index", .dtype = DType::kInt32, .shape = {4}},
               {.name = "only here", .shape = {4}},
               {.name = "a", .shape = {4}}});
  const Graph reference = GraphOf({{.name = "a", .shape = {4}},
                                   {.name = "b", .shape = {4}},
                                   {.name = "", .shape = {4}},
                                   {.name = "c", .shape = {4}},
                                   {.name = "index", .dtype = DType::kInt32, .shape = {4}}});
  const std::vector<LayerPair> pairs = PairLayers(graph, reference);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].node, "make b");
  EXPECT_EQ(pairs[0].tensor, 1);
  EXPECT_EQ(pairs[0].reference, 2);
  EXPECT_EQ(pairs[1].node, "make a");
}

TEST(Layers, AreComparedAsRealNumbers) {
  const Graph graph = GraphOf({{.name = "a",
                                .dtype = DType::kInt8,
                                .shape = {2},
                                .quantization = Quantization{{0.5f}, {1}}}});
  const Graph reference = GraphOf({{.name = "a", .shape = {2}}});
  const std::vector<LayerPair> pairs = PairLayers(graph, reference);
  LayerComparison comparison(graph, reference, pairs);
  const std::vector<float> wanted = {3.0f, -4.0f};
  const std::vector<int8_t> got = {7, -6};  // 3 and -3.5
  comparison.Keep()(1, std::as_bytes(std::span(wanted)));
  comparison.Compare()(0, std::as_bytes(std::span(got)));
  comparison.Compare()(1, std::as_bytes(std::span(got)));
  const std::vector<SignalToNoise> layers = std::move(comparison).Take();
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_DOUBLE_EQ(layers[0].signal, 25.0);
  EXPECT_DOUBLE_EQ(layers[0].noise, 0.25);
}

template <typename T>
std::vector<std::byte> BytesOf(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

// x float -> Quantize -> fully connected, of two channels with scales of their own -> Dequantize.
Graph QuantizedGraph() {
  const Quantization q = {{0.5f}, {-28}};
  Graph graph;
  const TensorId x = graph.Add({.name = "x", .shape = {1, 2}});
  const TensorId stored =
      graph.Add({.name = "stored", .dtype = DType::kInt8, .shape = {1, 2}, .quantization = q});
  const TensorId filter = graph.Add({.name = "filter",
                                     .dtype = DType::kInt8,
                                     .shape = {2, 2},
                                     .quantization = Quantization{{0.25f, 2.0f}, {0, 0}, 0},
                                     .constant = BytesOf<int8_t>({4, -8, 1, 3})});
  const TensorId bias = graph.Add({.name = "bias",
                                   .dtype = DType::kInt32,
                                   .shape = {2},
                                   .constant = BytesOf<int32_t>({8, -1})});
  const TensorId sum =
      graph.Add({.name = "sum", .dtype = DType::kInt8, .shape = {1, 2}, .quantization = q});
  const TensorId y = graph.Add({.name = "y", .shape = {1, 2}});
  graph.nodes = {
      {"quantize", Quantize{}, {x}, {stored}},
      {"sum", FullyConnected{.activation = {.min = 0.0f}}, {stored, filter, bias}, {sum}},
      {"dequantize", Dequantize{}, {sum}, {y}}};
  graph.inputs = {x};
  graph.outputs = {y};
  return graph;
}

TEST(FloatForm, HasTheRealNumbersOfTheStoredOnes) {
  const Graph graph = QuantizedGraph();
  ASSERT_TRUE(Validate(graph).ok());
  const Result<Graph> real = FloatForm(graph);
  ASSERT_TRUE(real.ok()) << real.error().ToString();
  for (const Tensor& tensor : real->tensors) {
    EXPECT_EQ(tensor.dtype, DType::kFloat32) << tensor.name;
    EXPECT_FALSE(tensor.quantization) << tensor.name;
  }
  const auto constant = [&](TensorId id) {
    const auto values = real->tensor(id).ConstantAs<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  EXPECT_EQ(constant(2), (std::vector<float>{1, -2, 2, 6}));
  EXPECT_EQ(constant(3), (std::vector<float>{1, -1})) << "in units of 0.5 * 0.25 and 0.5 * 2";
  EXPECT_TRUE(real->nodes[0].As<Reshape>());
  EXPECT_TRUE(real->nodes[2].As<Reshape>());
}

TEST(FloatForm, SaturatesWhereTheStoredNumbersDo) {
  const Result<Graph> real = FloatForm(QuantizedGraph());
  ASSERT_TRUE(real.ok()) << real.error().ToString();
  const Activation& activation = real->nodes[1].As<FullyConnected>()->activation;
  EXPECT_EQ(activation.min, 0.0f) << "its own";
  EXPECT_EQ(activation.max, 77.5f) << "(127 + 28) / 2";
}

}  // namespace
}  // namespace wranglet
